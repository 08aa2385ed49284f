// The cancel sweep: a test is run again and again, and cancelled a round later each time, until it ends
// untouched.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SWEEP(test) makes the test sweep_test of an async function `test`. What a cancelled run leaves behind shows
// in the probes of the harness. Rounds are turns of the host, so each moment at which the test waits is met.
#ifndef SWEEP_H
#define SWEEP_H

#include "check.h"
#include <stdlib.h>
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    int rounds;
    int i;
} settle;

// Peers see that an end or a call is gone in their next turn.
static weft_stepped settle_run(weft_coro *co)
{
    settle *self = weft_frame(co, settle);
    WEFT_BEGIN;
    for (self->i = 0; self->i < self->rounds; self->i++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

// For the end of a finaliser.
__attribute__((unused)) static weft_poll end(weft_coro *co, settle *settle)
{
    settle->rounds = 10;
    return weft_call(co, &settle->co, settle_run);
}

typedef struct {
    weft_coro co;
    weft_step *run;
    size_t size;
    weft_coro *frame;
    weft_scope scope;
    weft_child child;
    settle settle;
    int at;
    bool untouched;
} sweep;

static weft_stepped sweep_run(weft_coro *co)
{
    sweep *self = weft_frame(co, sweep);
    WEFT_BEGIN;
    for (self->at = 0; !self->untouched && !check_text[0]; self->at++) {
        EXPECT(self->at < 500, true);
        self->frame = calloc(1, self->size);
        weft_spawn(co, &self->scope, &self->child, self->frame, self->run);
        self->settle.rounds = self->at;
        WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
        self->untouched = weft_outcome_of(self->frame) == WEFT_DONE;
        weft_cancel(self->frame);
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        free(self->frame);
        WEFT_AWAIT(end(co, &self->settle));
    }
    WEFT_FINALLY;
    WEFT_END;
}

// A test on its file's own `frame`, and the beginning of its body.
#define TEST_OF(name)                                                                                          \
    typedef frame name;                                                                                        \
    static weft_stepped name##_run(weft_coro *co)
#define BEGIN                                                                                                  \
    frame *self = weft_frame(co, frame);                                                                       \
    WEFT_BEGIN

#define SWEEP(test)                                                                                            \
    typedef sweep sweep_##test;                                                                                \
    static weft_stepped sweep_##test##_run(weft_coro *co)                                                      \
    {                                                                                                          \
        sweep *self = weft_frame(co, sweep);                                                                   \
        self->run = test##_run;                                                                                \
        self->size = sizeof(test);                                                                             \
        return sweep_run(co);                                                                                  \
    }

#endif
