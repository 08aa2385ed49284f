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

// A call whose arguments own something: handles, or memory that the callee would have used. `call` is as any.
typedef struct weft_subtask_owned {
    weft_subtask call;
    void (*drop)(void *arguments);
    void *arguments;
} weft_subtask_owned;

// As weft_subtask_start and weft_subtask_call. drop(arguments) runs once if the call ends as
// STARTED_CANCELLED, which leaves the arguments the caller's, and never else; by whatever cancel it does, and
// before who awaits the call goes on. It may close and free, but not wait, nor free `it`.
static inline void weft_subtask_start_owned(weft_coro *co, weft_subtask_owned *it, uint32_t status,
                                            void (*drop)(void *arguments), void *arguments);

static inline weft_poll weft_subtask_call_owned(weft_coro *co, weft_subtask_owned *it, uint32_t status,
                                                void (*drop)(void *arguments), void *arguments)
    __attribute__((warn_unused_result));

#include "detail/subtask.h"

#ifdef __cplusplus
}
#endif

#endif
