// Calls of async imports.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_AWAIT(weft_subtask_call(co, &self->call, ns_pkg_iface_fn(a, b, &self->result)));
//
// The import is the function that wit-bindgen c generates. The memory of its arguments must stay until the call
// is STARTED, that of its result until it is RETURNED: keep both in the frame. Handles among the arguments are
// the caller's until STARTED, and must not be used until then. Spec: canon lower, Subtask.
#ifndef WEFT_SUBTASK_H
#define WEFT_SUBTASK_H

#include "op.h"

#ifdef __cplusplus
extern "C" {
#endif

// One call. Zero-initialised is valid. It may be used again when the call is resolved: RETURNED or one of the
// states behind it. The runtime drops the host's subtask then.
typedef struct weft_subtask {
    weft_op op;
} weft_subtask;

// How far the call is. STARTING also for one that was never made.
static inline weft_subtask_state weft_subtask_state_of(const weft_subtask *call);

// Takes over the call that the import's return value `status` stands for. It goes on by itself. Await it with
// weft_await or weft_await_any, or end it with weft_stop. `call` is the runtime's until then. Misuse in flight.
static inline void weft_subtask_start(weft_coro *co, weft_subtask *call, uint32_t status);

// Starts and awaits. Afterwards the call has RETURNED. A cancel of the coroutine cancels the call, and by
// default all of this component stands still until the callee has ended: see cancel.h. If that came meanwhile,
// weft_subtask_state_of tells its finaliser: RETURNED, STARTED_CANCELLED (the arguments are still the caller's)
// or RETURNED_CANCELLED.
static inline weft_poll weft_subtask_call(weft_coro *co, weft_subtask *call, uint32_t status)
    __attribute__((warn_unused_result));

// Waits until the callee has taken the arguments: then their memory is the caller's again. Ready at once if it
// has, or if the call is resolved. A cancel of the coroutine while it waits cancels the call.
weft_poll weft_subtask_await_started(weft_coro *co, weft_subtask *call) __attribute__((warn_unused_result));

// A call whose arguments or result own something: handles, or memory. `call` is as any. The hooks get what
// nobody else takes. NULL is one that has nothing to give back.
//
// - drop_arguments(data) runs once if the call ends as STARTED_CANCELLED, which leaves the arguments the
//   caller's, and never else.
// - drop_result(data) runs once if the call has returned and nobody has taken the result, and never else.
//   Whoever awaits the call takes it by going on behind the WEFT_AWAIT. So does a select that chooses the call,
//   and weft_chosen tells the finaliser. A coroutine that awaits, and is cancelled before it goes on, does not
//   take the result, whether that came before the cancel or with it. Nor does anybody if weft_stop, or a cancel
//   of the call, finds nobody else who awaits. Then weft_subtask_state_of says RETURNED_CANCELLED.
//
// So a call that was started is awaited or stopped, also if it has returned: weft_stop in the finaliser does
// for both. The hooks run before the coroutine that awaits the call goes on. They may close and free, but not
// `it`, and not wait.
typedef struct weft_subtask_owned {
    weft_subtask call;
    void (*drop_arguments)(void *data);
    void (*drop_result)(void *data);
    void *data;
} weft_subtask_owned;

// As weft_subtask_start and weft_subtask_call.
void weft_subtask_start_owned(weft_coro *co, weft_subtask_owned *it, uint32_t status,
                              void (*drop_arguments)(void *data), void (*drop_result)(void *data), void *data);
weft_poll weft_subtask_call_owned(weft_coro *co, weft_subtask_owned *it, uint32_t status,
                                  void (*drop_arguments)(void *data), void (*drop_result)(void *data),
                                  void *data) __attribute__((warn_unused_result));

#include "detail/subtask.h"

#ifdef __cplusplus
}
#endif

#endif
