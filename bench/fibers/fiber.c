// The worlds of fibers.wit in fibers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../weft/memory_hooks.h"
#include "fibers.h"
#include <weft/fiber.h>
#include <weft/weft.h>

enum { DEPTH = 10 };

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t times;
} awaits;

WEFT_FIBER(awaits)
{
    while (self->times-- && WEFT_FIBER_AWAIT(weft_yield(co))) {
    }
}

__attribute__((noinline)) static uint32_t level(uint32_t depth)
{
    return 1 + (depth ? level(depth - 1) : WEFT_FIBER_AWAIT(weft_yield(weft_fiber_co())));
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t times;
} deep;

WEFT_FIBER(deep)
{
    while (self->times-- && level(DEPTH - 1) > DEPTH) {
    }
}

static weft_event go;

typedef struct {
    weft_coro co;
    weft_fiber fiber;
} asleep;

WEFT_FIBER(asleep)
{
    (void)WEFT_FIBER_AWAIT(weft_event_wait(co, &go));
}

#include "awaits.h"
