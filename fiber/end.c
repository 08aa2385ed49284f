// The end of a fiber from any depth, where its stack can be left for good.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"

void weft__fiber_until_end(void (*run)(void *of), void *of)
{
    run(of);
}

// Not inlined: the function around it would get none of the code of asyncify.
__attribute__((noinline)) void weft__fiber_end(void)
{
    weft_fiber *fiber = weft__fiber_running;
    weft__fiber_ended(fiber);
    weft__fiber_leave(fiber);
}
