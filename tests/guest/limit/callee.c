// The peer of the tests of limits: an export under load.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

static uint32_t inside, highest;

uint64_t exports_weft_limit_peer_probe(void)
{
    weft_trim();
    return probe();
}

void exports_weft_limit_peer_set_limit(uint32_t limit)
{
    WEFT_LIMIT(exports_weft_limit_peer_work, limit);
}

uint32_t exports_weft_limit_peer_highest(void)
{
    uint32_t most = highest;
    highest = inside;
    return most;
}

uint32_t exports_weft_limit_peer_inside(void)
{
    return inside;
}

uint32_t exports_weft_limit_peer_pages(void)
{
    return (uint32_t)__builtin_wasm_memory_size(0);
}

typedef struct {
    weft_coro co;
    uint32_t turns, left;
    bool entered;
    uint8_t weight[8192];
} work;

WEFT_ASYNC(work)
{
    WEFT_BEGIN;
    self->entered = true;
    inside++;
    if (inside > highest)
        highest = inside;
    for (self->left = self->turns; self->left; self->left--)
        WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_limit_peer_work, self->turns);
    WEFT_FINALLY;
    inside -= self->entered;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_limit_peer_work, work, (uint32_t turns), .turns = turns);

typedef struct {
    weft_coro co;
} other;

WEFT_ASYNC(other)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_weft_limit_peer_other, 1);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_limit_peer_other, other, (void));
