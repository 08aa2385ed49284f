// What the coroutines' tests share: a canceller, beside the log.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COROUTINES_LOG_H
#define COROUTINES_LOG_H

#include "../log.h"

// Cancels `victim`, if any, and yields once: k, then K if it went on, then a dot from its finaliser.
typedef struct {
    weft_coro co;
    weft_coro *victim;
} killer;

__attribute__((unused)) static weft_stepped killer_run(weft_coro *co)
{
    killer *self = weft_frame(co, killer);
    WEFT_BEGIN;
    say('k');
    if (self->victim)
        weft_cancel(self->victim);
    WEFT_AWAIT(weft_yield(co));
    say('K');
    WEFT_FINALLY;
    say('.');
    WEFT_END;
}

static uint64_t peer_probe(void)
{
    return 0;
}

void exports_runner_ends(runner_stream_u32_t numbers, runner_future_u32_t number)
{
    (void)numbers;
    (void)number;
}

#endif
