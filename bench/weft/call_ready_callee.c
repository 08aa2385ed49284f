// call-ready, the callee on Weft: it returns at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_ready_callee.h"
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    uint32_t a, b;
} add;

WEFT_ASYNC(add)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_bench_aio_call_ready_add, self->a + self->b);
    WEFT_END;
}

WEFT_EXPORT(call_ready_callee, exports_bench_aio_call_ready_add, add, (uint32_t a, uint32_t b), .a = a, .b = b);
