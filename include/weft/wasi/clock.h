// Time: the host's clock for sleeps and deadlines, the time of day, dates as texts, and ticks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(50)));
//
// Durations, and times of a weft_clock, are in ns. The time of day is a weft_instant. It may jump, also back:
// to measure, take the clock. Nothing here allocates.
#ifndef WEFT_WASI_CLOCK_H
#define WEFT_WASI_CLOCK_H

#include "../error.h"
#include "../time.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

// The host's clock, for weft_now, weft_sleep, weft_call_within and all that takes a clock. It never goes back.
// wasmtime wakes who sleeps 1 to 4 ms late. WASI: wasi:clocks/monotonic-clock.
extern weft_clock weft_host_clock;

// Durations in ns.
#define WEFT_SECONDS(count) ((uint64_t)(count) * 1000000000)
#define WEFT_MILLISECONDS(count) ((uint64_t)(count) * 1000000)

// ---- The time of day ----

// A point in time: so many seconds after the beginning of 1970 in UTC, or before it if below 0, and behind
// these so many ns, 0 to 999,999,999. Zero-initialised is the beginning of 1970.
typedef struct weft_instant {
    int64_t seconds;
    uint32_t nanoseconds;
} weft_instant;

// The time of day. WASI: wasi:clocks/system-clock.
weft_instant weft_instant_now(void);

// ---- Dates as texts ----

// Bytes of room for a date, with the zero behind it.
enum { WEFT_HTTP_DATE_ROOM = 30, WEFT_ISO_DATE_ROOM = 31 };

// Writes "Sun, 06 Nov 1994 08:49:37 GMT" to `room`, of WEFT_HTTP_DATE_ROOM bytes, with a zero behind it, and
// returns it. Empty for years that are not in 0 to 9999. Spec: RFC 9110, 5.6.7.
weft_text weft_instant_to_http(weft_instant when, char *room);

// Reads such a date, or one of the two old forms: "Sun Nov  6 08:49:37 1994", and "Sunday, 06-Nov-94 08:49:37
// GMT", for whose century it asks the time of day. WEFT_EINVAL if it is none; *when stays as it was.
weft_error weft_instant_from_http(weft_text text, weft_instant *when);

// Writes "1994-11-06T08:49:37.250Z" to `room`, of WEFT_ISO_DATE_ROOM bytes, with a zero behind it, and returns
// it. Its fraction has `digits`, 0 to 9. Empty for years that are not in 0 to 9999. Spec: ISO 8601, RFC 3339.
weft_text weft_instant_to_iso(weft_instant when, unsigned digits, char *room);

// Reads such a date, with any fraction or none, and with Z or an offset such as +01:00. WEFT_EINVAL if it is
// none; *when stays as it was.
weft_error weft_instant_from_iso(weft_text text, weft_instant *when);

// ---- Ticks ----

// What becomes of ticks whose time came before they were waited for.
typedef enum weft_missed_ticks {
    WEFT_TICKS_SKIP,     // they are counted, and the next comes when it would have: the default
    WEFT_TICKS_CATCH_UP, // each comes, at once
    WEFT_TICKS_DELAY     // they are counted, and the next comes a period after now
} weft_missed_ticks;

// A row of ticks, a period apart. Read-only: next, the time of the next; missed, how many were left out before
// the last one. It must not move while it is waited for, and is zero at first. It needs no closing.
typedef struct weft_ticker {
    weft_coro co;
    weft_clock *clock;
    weft_timer timer;
    weft_missed_ticks policy;
    uint64_t period;
    uint64_t next;
    uint64_t missed;
} weft_ticker;

// Starts a row; the first tick is a `period`, in ns, from now. `clock` stays as long as the ticker. Again,
// while nobody waits for it, it starts a new row: a sleep that a select has left is stopped as by
// weft_stop_blocking.
void weft_ticker_start(weft_ticker *ticker, weft_clock *clock, uint64_t period, weft_missed_ticks policy);

// Waits for the next tick. A cancel leaves it to the next wait.
weft_poll weft_tick(weft_coro *co, weft_ticker *ticker) __attribute__((warn_unused_result));

// weft_tick is no case of a select. In its place stands
//     weft_sleep_until(of, ticker->clock, &ticker->timer, ticker->next)
// and when that was chosen, this takes the tick. weft_timer_stop(co, &ticker->timer) is for the finaliser.
void weft_ticker_take(weft_ticker *ticker);

#ifdef __cplusplus
}
#endif

#endif
