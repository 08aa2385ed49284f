// FIBERS none: no fibers, for a program that asks whether it runs on one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"

weft_fiber *weft__fiber_running;

weft_coro *weft_fiber_co(void)
{
    return NULL;
}

bool weft__fiber_refuse(const weft_place *at)
{
    WEFT__CHECK(true, no_fiber, at->function, 0);
    (void)at;
    return false;
}

bool weft__fiber_suspend(weft_poll poll, const weft_place *at)
{
    (void)poll;
    return weft__fiber_refuse(at);
}

// So its body does not run, and what is below is for none.
weft_stepped weft__fiber_step(weft_coro *co, const weft_fiber_type *type)
{
    (void)type;
    weft_step_fail(co, WEFT_ENOTSUP);
    return weft_step_end(co);
}

void weft__fiber_until_end(void (*run)(void *of), void *of)
{
    (void)run, (void)of;
}

void weft__fiber_end(void)
{
}

void weft__fiber_wait_shielded(weft_poll poll, const weft_place *at)
{
    (void)poll;
    (void)weft__fiber_refuse(at);
}
