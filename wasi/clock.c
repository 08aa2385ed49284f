// The host's clock, the time of day, and ticks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/clock.h>
#include <weft/weft.h>
#include "weft_wasi_clock.h"

WEFT__CLOCK_OF(weft_clock weft_host_clock, host, weft__clock_wasi_clocks_monotonic_clock);

weft_instant weft_instant_now(void)
{
    weft__clock_wasi_clocks_system_clock_instant_t now;
    weft__clock_wasi_clocks_system_clock_now(&now);
    return (weft_instant){now.seconds, now.nanoseconds};
}

void weft_ticker_start(weft_ticker *ticker, weft_clock *clock, uint64_t period, weft_missed_ticks policy)
{
    weft_timer_stop_blocking(&ticker->timer); // one that a select has left in flight
    *ticker = (weft_ticker){.clock = clock, .policy = policy, .period = period ? period : 1};
    ticker->next = weft__later(weft_now(clock), ticker->period);
}

void weft_ticker_take(weft_ticker *ticker)
{
    uint64_t now = weft_now(ticker->clock);
    uint64_t late = now > ticker->next ? (now - ticker->next) / ticker->period : 0;
    uint64_t last = ticker->policy == WEFT_TICKS_DELAY ? now : ticker->next;
    if (ticker->policy == WEFT_TICKS_SKIP)
        last += late * ticker->period;
    ticker->missed = ticker->policy == WEFT_TICKS_CATCH_UP ? 0 : late;
    ticker->next = weft__later(last, ticker->period);
}

WEFT_ASYNC(weft_ticker)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep_until(co, self->clock, &self->timer, self->next));
    weft_ticker_take(self);
    WEFT_END;
}

weft_poll weft_tick(weft_coro *co, weft_ticker *ticker)
{
    return weft_call(co, &ticker->co, weft_ticker__step);
}
