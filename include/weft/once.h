// What happens once: a value that somebody brings and many wait for, and a start-up that many need.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both are in the caller's memory, for coroutines of one task or several of a component, as all of sync.h. Zero
// is valid. They must stay while somebody waits. A cancel of one that waits changes nothing for the others.
#ifndef WEFT_ONCE_H
#define WEFT_ONCE_H

#include "sync.h"

#ifdef __cplusplus
extern "C" {
#endif

// WEFT_ONESHOT(name, T) makes a value of type T that comes once, or fails. Any number may wait for it, before
// and after. All see the same value: what it owns is yours to give to one of them.
//
//   name                        the caller's, zero is one that has not come. Read-only: settled.is_set, error,
//                               value
//   name_complete(&it, value)   it has come: wakes all who wait, in the order in which they came
//   name_fail(&it, code)        it will not come; the code (error.h) says why, and is not 0. The finaliser of
//                               the coroutine that brings it does so, unless it.settled.is_set
//   WEFT_TRY(&it, name_wait(co, &it))
//                               waits until one of these was called. Then it.value is there, or it.error says
//                               why not
//
// To complete or fail it a second time is misuse.

// A start-up that is shared. The first who needs it runs it, and the others wait. When it has succeeded, all go
// on, and it is never run again. When it fails, or who runs it is cancelled, the next who waits runs it, or the
// next who comes. Read-only: done.
typedef struct weft_once {
    bool done;
    weft_mutex running;
} weft_once;

// One's share in it, in the frame. Read-only: error.
typedef struct weft_attempt {
    weft_coro co;
    int32_t error;
    bool begun;
    weft_once *once;
    weft_permit turn;
    weft_coro *child;
    weft_step *run;
} weft_attempt;

// Waits until `once` is done, or until it is the caller's turn: then it calls `child`, as weft_call does. In
// the end once->done holds; or `child` has run and not succeeded, and attempt->error is its code, or
// WEFT_ECANCELED. `attempt` and `child` are the caller's until then; misuse if either is in use already.
// WEFT_ONCE (async.h) is the typed form.
weft_poll weft_once_call(weft_coro *co, weft_attempt *attempt, weft_once *once, weft_coro *child,
                         weft_step *run) __attribute__((warn_unused_result));

// The same for a start-up that stands in a body, and for a select. It waits until `once` is done, or until it
// is the caller's turn. The caller then holds `turn`, as a permit. It calls weft_once_done when it has
// succeeded, and releases `turn` in its finaliser in any case. If `once` is not done then, another has it. A
// cancel of the wait leaves `turn` as a permit's does.
weft_poll weft_once_begin(weft_coro *co, weft_once *once, weft_permit *turn)
    __attribute__((warn_unused_result));

// It is done: all who wait go on, and the turn is given back. Misuse if `turn` is not held.
void weft_once_done(weft_once *once, weft_permit *turn);

#include "detail/once.h"

#ifdef __cplusplus
}
#endif

#endif
