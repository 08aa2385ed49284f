// The back end of a build without FIBERS: it asks the host for what none has, which component.py puts into
// words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"

__attribute__((import_module("weft"), import_name("fibers"))) void weft__fiber_missing(weft_fiber *fiber);

char *weft__fiber_low(const weft_fiber *fiber)
{
    return fiber->base;
}

char *weft__fiber_top(const weft_fiber *fiber)
{
    return fiber->base;
}

void weft__fiber_prepare(weft_fiber *fiber)
{
    weft__fiber_missing(fiber);
}

void weft__fiber_enter(weft_fiber *fiber)
{
    weft__fiber_missing(fiber);
}

void weft__fiber_leave(weft_fiber *fiber)
{
    weft__fiber_missing(fiber);
}

void weft__fiber_until_end(void (*run)(void *of), void *of)
{
    run(of);
}

void weft__fiber_end(void)
{
    weft__fiber_missing(weft__fiber_running);
}
