// Typed async functions: a frame's type and its body are one name, and who starts it sets its fields by theirs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     typedef struct { weft_coro co; uint32_t a, b, sum; } add;
//
//     WEFT_ASYNC(add)
//     {
//         WEFT_BEGIN;
//         WEFT_AWAIT(weft_yield(co));
//         self->sum = self->a + self->b;
//         WEFT_END;
//     }
//
//     WEFT_ASYNC(twice)
//     {
//         WEFT_BEGIN;
//         WEFT_CALL(add, &self->child, .a = self->n, .b = self->n);
//         self->n = self->child.sum;
//         WEFT_END;
//     }
//
// Laws:
// - Each macro that starts an async function T takes T first, then its frame, and T's fields last: up to 16
//   assignments `.field = value`, or none. They are done in their order, and T's frame is not copied. A value
//   with a comma of its own stands in parentheses.
// - Before them the frame is zeroed, from behind the header up to what WEFT_UNZEROED says. So a value must not
//   be read from that frame.
// - A frame is zero when it is used for the first time, or at least its header is; later it has ended. That is
//   checked, and so is the handle of a spawn, which may be in the frame.
// - `frame` is a T *, and evaluated once, but for WEFT_TRY_CALL: after the wait that evaluates it again, as
//   WEFT_TRY_ONCE does its attempt.
// - Macros without WEFT_BLOCK and WEFT_EMBEDDED in their name use the `co` in scope.
#ifndef WEFT_ASYNC_H
#define WEFT_ASYNC_H

#include "coro.h"
#include "error.h"
#include "once.h"
#include "scope.h"
#include "task.h"
#include "time.h"
#include "wasip3_task.h"
#include "detail/async.h"

// ---- Definitions ----

// WEFT_ASYNC(T) { ... } is the body of the async function T, which is for its file. T is the name of its
// frame's type, whose first member is `weft_coro co`. In the body, `co` is the header and `self` the frame. It
// makes T__step, the weft_step for functions that take one.

// WEFT_ASYNC_DECLARE(T); declares T before its body: for functions that call each other.

// WEFT_ASYNC_EXTERN(T) { ... } and WEFT_ASYNC_DECLARE_EXTERN(T); are the same for an async function of other
// files, too. The declaration stands in their header, behind T and its WEFT_UNZEROED.

// WEFT_UNZEROED(T, member); leaves the members of T from `member` on as they are, when a frame starts. For
// buffers: to zero one may take longer than all else that Weft does in a call. Stands once, behind the type,
// and before all that starts T.

// ---- Calls ----

// WEFT_CALL(T, frame, fields...) calls T and waits for its end: a statement, without WEFT_AWAIT. As weft_call.

// WEFT_TRY_CALL(T, frame, fields...) does the same, and if T has failed, so does the caller, with T's code. Who
// was cancelled has not failed. Stands before WEFT_FINALLY, as WEFT_FAIL does.

// WEFT_TRY(it, wait) waits for `wait`, and if that leaves a code in it->error, the caller fails with it. `it`
// is evaluated once, after the wait. Stands before WEFT_FINALLY.

// WEFT_CALL_WITHIN(T, frame, deadline, clock, duration, fields...) and WEFT_CALL_UNTIL(T, frame, deadline,
// clock, when, fields...) are weft_call_within and weft_call_until: statements; deadline->expired tells.

// WEFT_ONCE(T, frame, attempt, once, fields...) is weft_once_call: a statement; attempt->error tells. If it is
// done already, no value is evaluated. After WEFT_TRY_ONCE, it is done, or the caller has failed with that
// code.

// ---- Spawns ----

// WEFT_SPAWN(T, frame, scope, handle, fields...), as weft_spawn.

// WEFT_SPAWN_NEW(T, scope, fields...) is the new frame, a T *; or NULL, and no value evaluated, if there is no
// memory. As weft_spawn_new.

// WEFT_TASK_SPAWN(T, on_cancel, fields...) is the same by weft_task_spawn.

// ---- Without a coroutine around ----

// WEFT_BLOCK_ON(T, frame, fields...) is the outcome, as of weft_block_on.

// WEFT_EMBEDDED_START(T, frame, embedded, fields...), as weft_embedded_start.

#endif
