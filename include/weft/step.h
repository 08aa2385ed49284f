// Steps without the macros of coro.h: for fibers, other languages' coroutines, interpreters and feeds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine is a weft_coro in memory of yours, and a function that runs it one step further:
//
//     static weft_left my_step(weft_coro *co)
//     {
//         if (weft_step_unwinds(co))
//             ...it was cancelled: clean up, with weft_step_finalise(co) before the first wait that this takes
//         ...run; on a wait `poll` that weft_pending(poll):
//                 return weft_step_wait(co, poll, NULL);
//         ...at the end: return weft_step_end(co);
//     }
//
// It is called, spawned or made an export's root as any other: weft_call(co, &it->co, my_step). The runtime
// calls it first when it starts, and then when what it waits for has come, or when a cancel has reached it.
// What a step returns is made by weft_step_wait or weft_step_end, once a step, as the last that it does with
// `co`.
#ifndef WEFT_STEP_H
#define WEFT_STEP_H

#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// True if there is something to wait for. Else the wait is over, and the step goes on.
static inline bool weft_pending(weft_poll poll)
{
    return poll.pending;
}

// Leaves the step waiting for `poll`, which a wait on `co` has just said, and which is pending. at: where that
// is, for a dump, in memory that stays; or NULL.
static inline weft_left weft_step_wait(weft_coro *co, weft_poll poll, const weft_place *at);

// Leaves the step at the end of the coroutine: as done; as failed after weft_step_fail; as cancelled if
// weft_step_unwinds.
static inline weft_left weft_step_end(weft_coro *co);

// True if `left`, which the step of another coroutine said, is of its end. For a step that runs another's, and
// returns what that said.
static inline bool weft_step_ended(weft_left left);

// The coroutine has failed, with a code of yours; it still has to end.
static inline void weft_step_fail(weft_coro *co, int32_t code);

// True from the step on in which a cancel is delivered: then nothing is to be done but clean up, and end. What
// the coroutine waited for has ended, and its outcome tells how. A cancel is delivered between two steps, and
// never after weft_step_finalise.
static inline bool weft_step_unwinds(const weft_coro *co);

// From here on no cancel disturbs the coroutine's waits: for its cleanup.
static inline void weft_step_finalise(weft_coro *co);

#include "detail/step.h"

#ifdef __cplusplus
}
#endif

#endif
