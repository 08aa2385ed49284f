// Typed async functions: a frame's type and its body have one name, and a caller sets fields by their names.
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
//   assignments `.field = value`, or none. They are done in their order. T's frame is not copied. A value with
//   a comma of its own stands in parentheses.
// - The frame is zeroed before, from behind the header up to the member that WEFT_UNZEROED names. So no value
//   may be read from that frame.
// - A frame, or at least its header, is zero when it is used for the first time. When it is used again, it has
//   ended. That is checked. So is the handle of a spawn, which may be in the frame.
// - `frame` is a T *. It is evaluated once, but WEFT_TRY_CALL evaluates it again after the wait, as
//   WEFT_TRY_ONCE does `attempt`.
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

// WEFT_ASYNC(T) { ... } is the body of the async function T, which only its file can use. T is the name of its
// frame's type, whose first member is `weft_coro co`. In the body, `co` is the header and `self` the frame. The
// macro makes T__step, the weft_step for functions that take one.

// WEFT_ASYNC_DECLARE(T); declares T before its body, for functions that call each other.

// WEFT_ASYNC_EXTERN(T) { ... } and WEFT_ASYNC_DECLARE_EXTERN(T); are the same for a T that other files use,
// too. The declaration stands in their header, behind T and its WEFT_UNZEROED.

// WEFT_UNZEROED(T, member); leaves the members of T from `member` on as they are when a frame starts. It is for
// buffers: to zero one may take longer than all else that Weft does in a call. It stands once, behind the type
// and before all that starts T.

// ---- Calls ----

// WEFT_CALL(T, frame, fields...) is weft_call: it calls T and waits for its end. It needs no WEFT_AWAIT.

// WEFT_TRY_CALL(T, frame, fields...) does the same. If T has failed, the caller fails with T's code. A T that
// was cancelled has not failed. It stands before WEFT_FINALLY, as WEFT_FAIL does.

// WEFT_TRY(it, wait) waits for `wait`. If that leaves a code in it->error, the caller fails with the code. `it`
// is evaluated once, after the wait. It stands before WEFT_FINALLY.

// WEFT_CALL_WITHIN(T, frame, deadline, clock, duration, fields...) and WEFT_CALL_UNTIL(T, frame, deadline,
// clock, when, fields...) are weft_call_within and weft_call_until, as statements. deadline->expired tells.

// WEFT_ONCE(T, frame, attempt, once, fields...) is weft_once_call, as a statement. attempt->error tells. If
// `once` is done already, no value is evaluated. WEFT_TRY_ONCE is the same, but if `once` is not done then, the
// caller has failed with that code.

// ---- Spawns ----

// WEFT_SPAWN(T, frame, scope, handle, fields...), as weft_spawn.

// WEFT_SPAWN_NEW(T, scope, fields...), as weft_spawn_new. It is the new frame, a T *. If there is no memory, it
// is NULL, and no value is evaluated.

// WEFT_TASK_SPAWN(T, on_cancel, fields...) is the same by weft_task_spawn.

// ---- Without a coroutine around ----

// WEFT_BLOCK_ON(T, frame, fields...) is the outcome, as of weft_block_on.

// WEFT_EMBEDDED_START(T, frame, embedded, fields...), as weft_embedded_start.

#endif
