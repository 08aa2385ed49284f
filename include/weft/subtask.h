// Calls of async imports.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_AWAIT(weft_subtask_call(co, &self->call, ns_pkg_iface_fn(a, b, &self->result)));
//
// The import is the function that wit-bindgen c generates. Its arguments' memory must stay until the call is
// STARTED, its result's until it is RETURNED: keep both in the frame. Handles among the arguments are the
// caller's until STARTED, and must be left alone until then. Spec: canon lower, Subtask.
#ifndef WEFT_SUBTASK_H
#define WEFT_SUBTASK_H

#include "op.h"

#ifdef __cplusplus
extern "C" {
#endif

// One call. Zero-initialised is valid; it may be used again when the call has been resolved. The host's
// subtask is dropped by the runtime on resolution.
typedef struct weft_subtask {
    weft_op op;
} weft_subtask;

// Where the call stands. STARTING also for one that was never made.
static inline weft_subtask_state weft_subtask_state_of(const weft_subtask *call);

// Takes over the call that the import's return value `status` stands for. It goes on by itself; await it with
// weft_await or weft_await_any, or end it with weft_stop. `call` is the runtime's until it is resolved.
static inline void weft_subtask_start(weft_coro *co, weft_subtask *call, uint32_t status);

// Starts and awaits. Afterwards the call has RETURNED, or, if the coroutine was cancelled meanwhile, its
// finaliser reads from weft_subtask_state_of which of RETURNED, STARTED_CANCELLED (the arguments are still
// the caller's) and RETURNED_CANCELLED it is.
static inline weft_poll weft_subtask_call(weft_coro *co, weft_subtask *call, uint32_t status)
    __attribute__((warn_unused_result));

// Waits until the callee has taken the arguments: their memory is then the caller's again. Ready at once if
// it has, or if the call is resolved. A cancel of the coroutine while it waits cancels the call.
weft_poll weft_subtask_await_started(weft_coro *co, weft_subtask *call) __attribute__((warn_unused_result));

// A call whose arguments own something, handles or memory that the callee would have used, or whose result
// does. `call` is as any. The hooks are the call's two ways to leave something to nobody; NULL is one that has
// nothing to give back.
//
// - drop_arguments(data) runs once if the call ends as STARTED_CANCELLED, which leaves the arguments the
//   caller's, and never else.
// - drop_result(data) runs once if the call has returned and nobody has taken the result, and never else.
//   Whoever awaits the call takes it, by going on behind the WEFT_AWAIT; so does a select that chooses it, and
//   weft_chosen tells the finaliser. It is not taken if the coroutine that awaits is cancelled before it goes
//   on, whether the result came before the cancel or with it; nor if weft_stop, or a cancel of the call, finds
//   nobody else who awaits. Then weft_subtask_state_of says RETURNED_CANCELLED.
//
// So a call that was started is awaited or stopped, also if it has returned: weft_stop in the finaliser does
// for both. The hooks run before who awaits the call goes on. They may close and free, but not wait, nor free
// `it`.
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
