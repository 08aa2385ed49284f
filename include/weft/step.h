// Steps without the macros of coro.h: for fibers, other languages' coroutines, interpreters and feeds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine is a weft_coro in memory of yours, and a function that runs it one step further:
//
//     static weft_stepped my_step(weft_coro *co)
//     {
//         if (weft_step_unwinds(co))
//             ...it was cancelled: clean up, with weft_step_finalise(co) before the first wait that this takes
//         ...run; on a wait `poll` that weft_pending(poll):
//                 return weft_step_wait(co, poll, NULL);
//         ...at the end: return weft_step_end(co);
//     }
//
// The coroutine is called, spawned or made an export's root as any other: weft_call(co, &it->co, my_step). The
// runtime calls the step when the coroutine starts, and again when its wait is over or a cancel has reached it.
// A step returns what one weft_step_wait or weft_step_end gives, which is the last that it does with `co`.
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

// The step ends, and the coroutine waits for `poll`: what a wait on `co` has just returned, and pending. at:
// where that is, for a dump; or NULL. With WEFT_TRACE it is in memory that stays.
static inline weft_stepped weft_step_wait(weft_coro *co, weft_poll poll, const weft_place *at);

// The step ends, and so does the coroutine: as failed after weft_step_fail, else as cancelled if
// weft_step_unwinds, else as done.
static inline weft_stepped weft_step_end(weft_coro *co);

// True if `stepped`, which another step returned, is of its coroutine's end. For a step that runs another one,
// and returns what that returned.
static inline bool weft_step_ended(weft_stepped stepped);

// The coroutine has failed, with a code of yours; it still has to end.
static inline void weft_step_fail(weft_coro *co, int32_t code);

// True from the step on in which a cancel is delivered: then the step has only to clean up, and end. What the
// coroutine waited for has ended, and its outcome tells how. A cancel is delivered between two steps, and never
// after weft_step_finalise.
static inline bool weft_step_unwinds(const weft_coro *co);

// From here on no cancel ends a wait of the coroutine: for its cleanup.
static inline void weft_step_finalise(weft_coro *co);

// The last binding (local.h) of the coroutine's own that holds; NULL if none does. For a step whose frames end
// before the coroutine: it is then to be the one that it was at their begin.
static inline const weft_local *weft_step_local(const weft_coro *co);

#include "detail/step.h"

#ifdef __cplusplus
}
#endif

#endif
