// Sleeps, a deadline and ticks on the host's clock; then the time of day, twice as texts. A wrong answer is an
// exit code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_timer timer;
} sleeper;

WEFT_ASYNC(sleeper)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_SECONDS(3600)));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint64_t from;
    weft_timer timer;
    weft_ticker ticker;
    weft_deadline deadline;
    sleeper sleeper;
    weft_instant now;
    char http[WEFT_HTTP_DATE_ROOM], iso[WEFT_ISO_DATE_ROOM];
} times;

WEFT_ASYNC(times)
{
    WEFT_BEGIN;
    self->from = weft_now(&weft_host_clock);
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(20)));
    if (weft_now(&weft_host_clock) - self->from < WEFT_MILLISECONDS(20))
        WEFT_FAIL(__LINE__);

    WEFT_CALL_WITHIN(sleeper, &self->sleeper, &self->deadline, &weft_host_clock, WEFT_MILLISECONDS(20));
    if (!self->deadline.expired)
        WEFT_FAIL(__LINE__);

    self->from = weft_now(&weft_host_clock);
    weft_ticker_start(&self->ticker, &weft_host_clock, WEFT_MILLISECONDS(10), WEFT_TICKS_SKIP);
    WEFT_AWAIT(weft_tick(co, &self->ticker));
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(35)));
    WEFT_AWAIT(weft_tick(co, &self->ticker));
    if (self->ticker.missed < 2 || weft_now(&weft_host_clock) - self->from < WEFT_MILLISECONDS(45))
        WEFT_FAIL(__LINE__);

    self->now = weft_instant_now();
    weft_instant_to_http(self->now, self->http);
    weft_instant_to_iso(self->now, 3, self->iso);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%lld.%09u|%s|%s", (long long)self->now.seconds,
                                        (unsigned)self->now.nanoseconds, self->http, self->iso));
    WEFT_END;
}
WEFT_COMMAND(times);
