// Limits on how often something is done, as a wait.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     static weft_rate rate = {.clock = &weft_host_clock, .period = WEFT_MILLISECONDS(50), .burst = 10};
//     ...
//     WEFT_AWAIT(weft_rate_wait(co, &rate, &self->turn)); // 20 a second, and 10 at once after a pause
//
// A rate is in the caller's memory, for any tasks of the component, as all of sync.h. Nothing allocates.
#ifndef WEFT_RATE_H
#define WEFT_RATE_H

#include "time.h"

#ifdef __cplusplus
extern "C" {
#endif

// It allows one use each period. Uses that were not taken are kept, at most `burst`, and may be taken at once.
// Set the first part before the first use; the rest is zero. It stays while somebody waits.
typedef struct weft_rate {
    weft_clock *clock; // that is read, and slept by
    uint64_t period;   // ns; 0: any number
    uint32_t burst;    // 0: 1

    uint64_t full; // read-only: from then on, all of the burst is there
    weft_coro *waiters;
    bool is_waited_for; // by one who has the turn, and is in no queue
} weft_rate;

// One wait, in the frame. Zero-initialised is valid. All fields are private.
typedef struct weft_rate_turn {
    weft_coro co;
    weft_rate *rate;
    bool is_next;
    weft_timer timer;
} weft_rate_turn;

// Waits for a use, and takes it. Who waits first is first; only that one sleeps. A cancel takes nothing, unless
// the use was taken already, and the next moves up. It is no case of weft_select.
weft_poll weft_rate_wait(weft_coro *co, weft_rate *rate, weft_rate_turn *turn)
    __attribute__((warn_unused_result));

// Takes a use if there is one now and nobody waits; false if not.
bool weft_rate_try(weft_rate *rate);

// How long it is until there is a use, in ns, if nobody takes one before; 0: there is one now.
uint64_t weft_rate_pause(const weft_rate *rate);

#ifdef __cplusplus
}
#endif

#endif
