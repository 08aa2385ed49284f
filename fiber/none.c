// No fibers: for libraries that ask whether they run on one, in a program without.
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
    return false;
}

bool weft__fiber_suspend(weft_poll poll, const weft_place *at)
{
    (void)poll, (void)at;
    return false;
}

void weft__fiber_wait_shielded(weft_poll poll, const weft_place *at)
{
    (void)poll;
    (void)weft__fiber_refuse(at);
}
