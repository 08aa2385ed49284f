// Every macro of weft/fiber.h once, for compilers to warn about.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/fiber.h>

typedef struct {
    weft_coro co;
    uint32_t before;
    weft_fiber fiber;
    weft_timer timer;
    uint32_t times;
    uint8_t stack[4096];
} ticks;
WEFT_UNZEROED(ticks, stack);

extern weft_clock host_clock;

bool tick(weft_timer *timer);
bool tick(weft_timer *timer)
{
    weft_coro *co = weft_fiber_co();
    return WEFT_FIBER_AWAIT(weft_sleep(co, &host_clock, timer, 1000));
}

WEFT_ASYNC_DECLARE(ticks);

WEFT_FIBER(ticks)
{
    while (self->times && tick(&self->timer))
        self->times--;
    if (WEFT_FIBER_AWAIT(weft_yield(co)) && self->times)
        weft_step_fail(co, 1);
    WEFT_FIBER_CLEANUP(weft_timer_stop(co, &self->timer));
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    weft_deadline deadline;
    ticks one, two;
} caller;

WEFT_ASYNC(caller)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(ticks, &self->one, .times = 3, .fiber.stack = self->one.stack,
                  .fiber.stack_size = sizeof self->one.stack);
    WEFT_CALL_WITHIN(ticks, &self->one, &self->deadline, &host_clock, 1000, .times = 3);
    WEFT_SPAWN(ticks, &self->two, &self->scope, &self->handle, .times = 3, .fiber.stack_size = 8192);
    weft_detach(weft_child_of(WEFT_SPAWN_NEW(ticks, &self->scope)));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

weft_outcome run(void);
weft_outcome run(void)
{
    static caller it;
    static ticks other;
    WEFT_BLOCK_ON(ticks, &other);
    return WEFT_BLOCK_ON(caller, &it);
}
