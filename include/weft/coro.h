// Coroutines: an async function is a struct, its frame, and a body with await, child calls and a finaliser.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     typedef struct copy { weft_coro co; ...parameters, results, and locals that live across an await... }
//     copy;
//
//     WEFT_ASYNC(copy)
//     {
//         WEFT_BEGIN;
//         ...straight-line code; WEFT_AWAIT(x) wherever it has to wait...
//         WEFT_FINALLY;
//         ...runs once, on every way out, and may await...
//         WEFT_END;
//     }
//
// In the body, `self` is the frame, and `co` its header, which every wait takes. Another async function calls
// it by WEFT_CALL(copy, &self->child, .in = ..., .out = ...).
//
// Laws:
// - Locals do not survive an await; fields of the frame do. clang -Wconditional-uninitialized finds the scalars
//   that slip, but not arrays and structs. clang refuses __attribute__((cleanup)) across an await.
// - Awaits may stand inside the user's own if, for, while and switch.
// - The only ways out are WEFT_END, WEFT_FINISH and WEFT_FAIL. A return past them stops with a message.
// - A cancel is delivered where a coroutine waits, never between two statements. The operation that it waits
//   for is cancelled at the host, and that operation's outcome is kept. Then the coroutine goes on at
//   WEFT_FINALLY, children before parents. A cancel does not reach into a finaliser. A coroutine that is
//   cancelled before its first step skips its body and runs its finaliser.
// - Frames start zeroed, and closing a zero handle does nothing, so a finaliser needs no flags.
// - A child that has ended resumes its parent through the ready queue. So awaits, however deep, do not grow the
//   machine stack.
#ifndef WEFT_CORO_H
#define WEFT_CORO_H

#include "hooks.h"
#include "trace.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What coroutines are made of, each in the header that has its functions: a coroutine's header, the first
// member of its frame; a task (task.h); an operation in flight, and a wait for any of several (op.h); a handle
// of a child (scope.h); a place in a queue (sync.h); a sleep (time.h); a binding (local.h); a case (select.h).
// Memory of yours, zero at first; their fields are private but for those that a header names.
typedef struct weft_coro weft_coro;
typedef struct weft_task weft_task;
typedef struct weft_op weft_op;
typedef struct weft_any weft_any;
typedef struct weft_child weft_child;
typedef struct weft_ticket weft_ticket;
typedef struct weft_timer weft_timer;
typedef struct weft_local weft_local;
typedef struct weft_case weft_case;

// Whether something is still to be waited for. Made by the library, taken by WEFT_AWAIT.
typedef struct weft_poll {
    uint32_t pending; // 0: no. A whole word, because compilers mask a bool
} weft_poll;

// How a step came back: with a wait, or at the end. Made by the macros below, or by step.h.
typedef struct weft_stepped {
    uint32_t how;
} weft_stepped;

// Runs a coroutine from where it stands to its next wait or to its end.
typedef weft_stepped weft_step(weft_coro *co);

// How a coroutine ended.
typedef enum weft_outcome {
    WEFT_UNFINISHED, // it has not ended, or never started
    WEFT_DONE,
    WEFT_FAILED, // by WEFT_FAIL; weft_failure tells the code
    WEFT_CANCELLED
} weft_outcome;

// The frame of type `type` that `co` heads.
#define weft_frame(co, type) ((type *)(void *)(co))

// ---- The body ----
//
// These use the `co` in scope. In a function without WEFT_ASYNC, `weft_stepped f(weft_coro *co)`, that is the
// parameter. Such a function is a weft_step, for more bodies over one frame:
//
//     static weft_stepped copy_again(weft_coro *co)
//     {
//         copy *self = weft_frame(co, copy);
//         WEFT_BEGIN;

// WEFT_BEGIN; opens the body. Code before it runs at each step.
//
// WEFT_AWAIT(wait); waits for `wait`, an expression of type weft_poll that is evaluated once. If that is ready,
// the wait costs a compare.
//
// WEFT_FINISH; and WEFT_FAIL(code); leave the body for the finaliser: as done, or as failed with a code of
// yours. They do not compile in the finaliser itself.
//
// WEFT_FINALLY; opens the finaliser. A body without one has an empty one.
//
// WEFT_END; ends the coroutine, and the body.
#include "detail/body.h"

// ---- Calls, yields and cancels ----

// Starts `child` at `run` and waits for its end. The child's frame is the caller's, often a field of the
// parent's. Set its parameters before, read its results after, and ask weft_outcome_of if it may fail. A frame
// may run again after it has ended: only its header is reset. Misuse if it has not. A cancel of the parent
// cancels the child first. WEFT_CALL (async.h) is the typed form.
weft_poll weft_call(weft_coro *co, weft_coro *child, weft_step *run) __attribute__((warn_unused_result));

// Waits for the next round: when nothing else of the task can run, the host gets its turn, and then all who
// yielded go on. The host's events are delivered between rounds. A cancel ends it. Spec: callback code YIELD.
weft_poll weft_yield(weft_coro *co) __attribute__((warn_unused_result));

// For a long loop that waits for nothing. It is free but for each 1,024th, which waits as weft_yield does.
// Waits that are ready at once count, too: a loop over these must not keep the others and the host out. A
// cancel is delivered in one that waits.
static inline weft_poll weft_breathe(weft_coro *co) __attribute__((warn_unused_result));

// Asks any coroutine of the component to end early, by the law of cancellation above. Twice is once. One that
// has ended stays as it is; one that is running is cancelled at its next wait. Where it waits for the host,
// this blocks as weft_stop_blocking (op.h) does; cancel.h has the other way. Misuse if it has never started.
void weft_cancel(weft_coro *co);

// Between the two, a cancel of `co` is put off until the first wait after the shield that is not ready.
// weft_shielded: whether it is between them.
static inline void weft_shield(weft_coro *co);
static inline void weft_unshield(weft_coro *co);
static inline bool weft_shielded(const weft_coro *co);

// True from the request on, also in the finaliser.
static inline bool weft_cancelled(const weft_coro *co);

// How `co` ended. A coroutine that was cancelled, but had reached its finaliser by itself, is done.
static inline weft_outcome weft_outcome_of(const weft_coro *co);

// Its name: "unfinished", "done", "failed" or "cancelled".
const char *weft_outcome_name(weft_outcome outcome);

// The code of WEFT_FAIL; 0 if the coroutine did not fail.
static inline int32_t weft_failure(const weft_coro *co);

#include "detail/coro.h"

#ifdef __cplusplus
}
#endif

#endif
