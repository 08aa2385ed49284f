// A coroutine that says what it does, for the tests of scopes and of time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WORKER_H
#define WORKER_H

#include "log.h"

// Says its letter, yields `rounds` times, says the letter in capitals; fails with `code` if that is not 0. Its
// finaliser takes `after` rounds and says a dot.
typedef struct {
    weft_coro co;
    char letter;
    uint32_t rounds, after;
    int32_t code;
} worker;

static weft_stepped worker_run(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    say(self->letter);
    while (self->rounds-- > 0)
        WEFT_AWAIT(weft_yield(co));
    say((char)(self->letter - 'a' + 'A'));
    if (self->code)
        WEFT_FAIL(self->code);
    WEFT_FINALLY;
    while (self->after-- > 0)
        WEFT_AWAIT(weft_yield(co));
    say('.');
    WEFT_END;
}

#endif
