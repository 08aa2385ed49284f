// A start-up that is shared: the turn is a lock that nobody needs when the start-up is done.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/error.h>
#include <weft/once.h>
#include "internal.h"

weft_poll weft_once_begin(weft_coro *co, weft_once *once, weft_permit *turn)
{
    return once->done ? weft_breathe(co) : weft_acquire(co, &once->running, turn);
}

void weft_once_done(weft_once *once, weft_permit *turn)
{
    WEFT__CHECK(!weft_held(turn), not_held, "weft_once_done", 0);
    once->done = true;
    weft__wake_unserved(&once->running.waiters);
    weft_release(turn);
}

// The child may have succeeded although this coroutine was cancelled: so the finaliser looks.
static weft_stepped attempt_run(weft_coro *co)
{
    weft_attempt *self = weft_frame(co, weft_attempt);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_once_begin(co, self->once, &self->turn));
    if (!weft_held(&self->turn))
        WEFT_FINISH;
    self->begun = true;
    WEFT_AWAIT(weft_call(co, self->child, self->run));
    if (weft_outcome_of(self->child) != WEFT_DONE)
        self->error = weft_outcome_of(self->child) == WEFT_FAILED ? weft_failure(self->child) : WEFT_ECANCELED;
    WEFT_FINALLY;
    if (self->begun && weft_outcome_of(self->child) == WEFT_DONE)
        weft_once_done(self->once, &self->turn);
    weft_release(&self->turn);
    WEFT_END;
}

weft_poll weft_once_call(weft_coro *co, weft_attempt *attempt, weft_once *once, weft_coro *child,
                         weft_step *run)
{
    WEFT__CHECK(attempt->co.state > WEFT__ENDED || child->state > WEFT__ENDED, child_busy, "weft_once_call", 0);
    attempt->error = 0;
    attempt->begun = false;
    attempt->once = once;
    attempt->turn = (weft_permit){0};
    attempt->child = child;
    attempt->run = run;
    return weft_call(co, &attempt->co, attempt_run);
}
