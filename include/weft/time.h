// Sleeps and deadlines, over a clock that one macro binds, or over a virtual one that a test advances.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_TIME_H
#define WEFT_TIME_H

#include "scope.h"
#include "subtask.h"
#include "sync.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_clock weft_clock;

#include "detail/time.h"

// One sleep. Zero-initialised is valid.
struct weft_timer {
    __extension__ union {
        weft_subtask call;        // of a clock of the host
        struct weft__sleep sleep; // of a virtual clock
    };
    uint64_t when; // of that
};

// Times are in ns, of the clock's own zero. All fields are private.
struct weft_clock {
    uint64_t (*now)(weft_clock *clock);
    weft_poll (*sleep_until)(weft_clock *clock, weft_coro *co, weft_timer *timer, uint64_t when);
};

// WEFT_CLOCK(name, X) binds wasi:clocks/monotonic-clock, which the world imports, as a weft_clock called name.
// X is wasi_clocks_monotonic_clock, or what wit-bindgen c calls it.
#define WEFT_CLOCK(name, X) WEFT__CLOCK(name, X)

// The time of the clock, in ns.
static inline uint64_t weft_now(weft_clock *clock)
{
    return clock->now(clock);
}

// Waits until `when`, or for `duration`. If that time has come already, it waits as weft_yield does. A cancel
// ends it. Spec: wasi:clocks/monotonic-clock.
weft_poll weft_sleep_until(weft_coro *co, weft_clock *clock, weft_timer *timer, uint64_t when)
    __attribute__((warn_unused_result));
weft_poll weft_sleep(weft_coro *co, weft_clock *clock, weft_timer *timer, uint64_t duration)
    __attribute__((warn_unused_result));

// Ends a sleep that nobody waits for any more, because a select (select.h) has chosen another case. Waits as
// weft_stop does. Does nothing if no sleep is in flight.
static inline weft_poll weft_timer_stop(weft_coro *co, weft_timer *timer) __attribute__((warn_unused_result));
static inline weft_poll weft_timer_stop(weft_coro *co, weft_timer *timer)
{
    return weft_stop(co, &timer->call);
}

// The same where nobody can wait: it blocks as weft_stop_blocking does.
static inline void weft_timer_stop_blocking(weft_timer *timer)
{
    weft_stop_blocking(&timer->call);
}

// A clock that stands until it is advanced: so tests of timeouts need not wait, and are the same each time.
typedef struct weft_virtual_clock {
    weft_clock clock; // give &it.clock to who needs a clock
    uint64_t time;
    weft_timer *first;
    uint64_t sleeps;
} weft_virtual_clock;

// Sets it up, at time 0.
void weft_virtual_clock_init(weft_virtual_clock *it);

// Moves the time on, at most to the last there is. Wakes who slept until then, in the order of their times, and
// if those are equal, in that in which they went to sleep.
void weft_virtual_clock_advance(weft_virtual_clock *it, uint64_t duration);

// Private: an async function that sleeps.
typedef struct weft__sleeper {
    weft_coro co;
    weft_clock *clock;
    weft_timer timer;
    uint64_t when;
} weft__sleeper;

// An async function with a deadline. Read-only: expired.
typedef struct weft_deadline {
    weft_coro co;
    bool expired;
    weft_scope scope;
    weft_child child;
    weft_child alarm;
    weft_coro *frame;
    weft_step *run;
    weft__sleeper sleeper;
} weft_deadline;

// As weft_call of `child`, but a `child` that has not ended by `when`, or after `duration`, is cancelled, as by
// weft_cancel: if it waits for the host, that may block past the deadline. Then
// deadline->expired holds, unless `child` was done or failed all the same; weft_outcome_of(child) tells.
// `deadline` and `child` are the caller's, and stay until the wait ends.
weft_poll weft_call_until(weft_coro *co, weft_deadline *deadline, weft_clock *clock, uint64_t when,
                          weft_coro *child, weft_step *run) __attribute__((warn_unused_result));
weft_poll weft_call_within(weft_coro *co, weft_deadline *deadline, weft_clock *clock, uint64_t duration,
                           weft_coro *child, weft_step *run) __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif

#endif
