// The peer of the calls' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

uint64_t exports_weft_calls_peer_probe(void)
{
    return probe();
}

typedef struct {
    weft_coro co;
    uint32_t a, b;
} add;

static weft_poll add_run(weft_coro *co)
{
    add *self = weft_frame(co, add);
    WEFT_BEGIN(co);
    WEFT_RETURN(co, exports_weft_calls_peer_add, self->a + self->b);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

WEFT_EXPORT(callee, exports_weft_calls_peer_add, add, add_run, (uint32_t a, uint32_t b), self->a = a,
            self->b = b);

static weft_poll add_later_run(weft_coro *co)
{
    add *self = weft_frame(co, add);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_calls_peer_add_later, self->a + self->b);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

WEFT_EXPORT(callee, exports_weft_calls_peer_add_later, add, add_later_run, (uint32_t a, uint32_t b),
            self->a = a, self->b = b);
