// Rates: the time at which a bucket will be full, and a queue of which the first sleeps until it has room.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/rate.h>
#include "internal.h"

// Each use makes the bucket full a period later. One is in it if it is full that much later than now, or
// earlier.
uint64_t weft_rate_pause(const weft_rate *rate)
{
    uint64_t others = rate->burst ? rate->burst - 1 : 0;
    // In halves: a product of 128 bits needs a function that a component without libc lacks.
    uint64_t high = (rate->period >> 32) * others, low = (uint32_t)rate->period * others;
    if ((high + (low >> 32)) >> 32)
        return 0;
    uint64_t most = weft__later(weft_now(rate->clock), (high << 32) + low);
    return rate->full > most ? rate->full - most : 0;
}

static bool take(weft_rate *rate)
{
    uint64_t now = weft_now(rate->clock);
    if (weft_rate_pause(rate))
        return false;
    rate->full = weft__later(rate->full > now ? rate->full : now, rate->period);
    return true;
}

bool weft_rate_try(weft_rate *rate)
{
    return !rate->is_waited_for && take(rate);
}

// Tells the next one that it has the turn, before its step: a cancel may come first.
static void pass_on(weft_rate *rate)
{
    weft_coro *next = weft__waiters_pop(&rate->waiters, false);
    rate->is_waited_for = next;
    if (!next)
        return;
    weft_frame(next, weft_rate_turn)->is_next = true;
    weft__wake(next);
}

static weft_stepped turn_run(weft_coro *co)
{
    weft_rate_turn *self = weft_frame(co, weft_rate_turn);
    WEFT_BEGIN;
    self->is_next = !self->rate->is_waited_for;
    self->rate->is_waited_for = true;
    if (!self->is_next)
        WEFT_AWAIT(weft__park_in(co, &self->rate->waiters, WEFT__ON_ANY_TASK, "weft_rate_wait"));
    while (!take(self->rate))
        WEFT_AWAIT(weft_sleep(co, self->rate->clock, &self->timer, weft_rate_pause(self->rate)));
    WEFT_FINALLY;
    if (self->is_next)
        pass_on(self->rate);
    WEFT_END;
}

weft_poll weft_rate_wait(weft_coro *co, weft_rate *rate, weft_rate_turn *turn)
{
    WEFT__CHECK(turn->co.state > WEFT__ENDED, child_busy, "weft_rate_wait", 0);
    if (weft_rate_try(rate))
        return weft_breathe(co);
    turn->rate = rate;
    turn->is_next = false;
    return weft_call(co, &turn->co, turn_run);
}
