// The worlds of fibers.wit in coroutines.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../weft/memory_hooks.h"
#include "fibers.h"
#include <weft/weft.h>

enum { DEPTH = 10 };

typedef struct {
    weft_coro co;
    uint32_t times;
} awaits;

WEFT_ASYNC(awaits)
{
    WEFT_BEGIN;
    while (self->times--)
        WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t depth;
} level;

WEFT_ASYNC(level)
{
    WEFT_BEGIN;
    if (self->depth)
        WEFT_CALL(level, self + 1, .depth = self->depth - 1);
    else
        WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t times;
    level levels[DEPTH];
} deep;

WEFT_ASYNC(deep)
{
    WEFT_BEGIN;
    while (self->times--)
        WEFT_CALL(level, self->levels, .depth = DEPTH - 1);
    WEFT_END;
}

static weft_event go;

typedef struct {
    weft_coro co;
} asleep;

WEFT_ASYNC(asleep)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &go));
    WEFT_END;
}

#include "awaits.h"
