// What is inside of sleeps and deadlines. Included by time.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_TIME_H
#define WEFT_DETAIL_TIME_H

// `duration` after `time`; or the last time that there is, if that comes first.
static inline uint64_t weft__later(uint64_t time, uint64_t duration)
{
    return time + duration < time ? UINT64_MAX : time + duration;
}

// A sleep on a virtual clock.
struct weft__sleep {
    weft_coro *co;
    weft_timer *left, *right; // heaps of those that come after it: see src/time.c
    weft_timer **at;          // what points to it
    uint64_t number;          // of the sleep: those until equal times wake in its order
};

// A select has left a sleep on a host's clock in flight. True if that is one until `when`; else it is stopped.
bool weft__sleep_goes_on(weft_timer *timer, uint64_t when);

#define WEFT__CLOCK(name, X) WEFT__CLOCK_OF(static weft_clock name, name, X)
#define WEFT__CLOCK_OF(clock, name, X)                                                                         \
    static uint64_t name##__now(weft_clock *it)                                                                \
    {                                                                                                          \
        (void)it;                                                                                              \
        return X##_now();                                                                                      \
    }                                                                                                          \
    static weft_poll name##__sleep_until(weft_clock *it, weft_coro *co, weft_timer *timer, uint64_t when)      \
    {                                                                                                          \
        (void)it;                                                                                              \
        if (weft_in_flight(&timer->call) && weft__sleep_goes_on(timer, when))                                  \
            return weft_await(co, &timer->call);                                                               \
        timer->when = when;                                                                                    \
        return weft_subtask_call(co, &timer->call, X##_wait_until(when));                                      \
    }                                                                                                          \
    clock = {name##__now, name##__sleep_until}

#endif
