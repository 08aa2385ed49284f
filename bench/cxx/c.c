// The worlds of cxx.wit in C.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cxx.h"
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    uint32_t n, i;
} awaits;

WEFT_ASYNC(awaits)
{
    WEFT_BEGIN;
    for (self->i = 0; self->i < self->n; self->i++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_cxx_run_awaits, self->n);
    WEFT_END;
}

WEFT_EXPORT(cxx, exports_cxx_run_awaits, awaits, (uint32_t n), .n = n);

typedef struct {
    weft_coro co;
    uint32_t in, out;
} same;

WEFT_ASYNC(same)
{
    WEFT_BEGIN;
    self->out = self->in;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t n, i;
    uint64_t sum;
    same child;
} calls;

WEFT_ASYNC(calls)
{
    WEFT_BEGIN;
    for (self->i = 0; self->i < self->n; self->i++) {
        WEFT_CALL(same, &self->child, .in = 1);
        self->sum += self->child.out;
    }
    WEFT_RETURN(co, exports_cxx_run_calls, self->sum);
    WEFT_END;
}

WEFT_EXPORT(cxx, exports_cxx_run_calls, calls, (uint32_t n), .n = n);
