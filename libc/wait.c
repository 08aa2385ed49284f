// How a call of libc waits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include <errno.h>
#include <weft/fiber.h>

typedef struct {
    weft_coro co;
    weft__libc_wait *wait;
    void *of;
} blocked;

WEFT_ASYNC(blocked)
{
    WEFT_BEGIN;
    WEFT_AWAIT(self->wait(co, self->of));
    WEFT_END;
}

int weft__libc_block(weft__libc_wait *wait, void *of)
{
    int kept = errno, error = 0;
    weft_coro *co = weft_fiber_co();
    if (co) {
        if (!WEFT_FIBER_AWAIT(wait(co, of)))
            error = ECANCELED;
    } else {
        blocked frame = {0};
        if (WEFT_BLOCK_ON(blocked, &frame, .wait = wait, .of = of) != WEFT_DONE)
            error = ENOMEM;
    }
    errno = kept;
    return error;
}
