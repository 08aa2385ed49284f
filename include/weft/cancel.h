// Cancels of operations that do not block the component: asked for, and awaited.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_subtask_cancel(&self->call);
//     ...
//     WEFT_AWAIT(weft_stop(co, &self->call));       // now weft_subtask_state_of tells
//
// By default a cancel of a coroutine waits on the machine stack until the host has confirmed. So do weft_stop
// and weft_stop_blocking, deadlines, and closes of scopes with children that wait for the host. All tasks of
// this component stand still meanwhile. For a call of another component, that lasts until the callee has
// cleaned up and ended. For an end, it lasts until the host has let go of the buffer. The functions here ask
// the host and return.
// The operation stays in flight and completes as any does, if not at once. Asked twice, or when nothing is in
// flight, they do nothing. The one that asked waits by weft_stop; or by weft_await, which also takes the result
// of a call that returned all the same. A cancel of that coroutine asks nothing more.
//
// The host has to offer these forms: wasmtime 49 by -W component-model-more-async-builtins. Only components
// that call one of these import any. Spec: subtask.cancel and {stream,future}.cancel-{read,write}, with
// `async`.
#ifndef WEFT_CANCEL_H
#define WEFT_CANCEL_H

#include "subtask.h"

#ifdef __cplusplus
extern "C" {
#endif

// Asks for the cancel of a call. The memory of its arguments and result stays the runtime's until it completes.
void weft_subtask_cancel(weft_subtask *call);

// From here on weft_stop, and each cancel of a coroutine that waits for a call, cancel the call in this way,
// too. The component's other coroutines go on meanwhile. The coroutine goes on when the call has completed, at
// its finaliser if it was cancelled. One that waits in weft_await_any goes on when the first of its operations
// has completed: its finaliser stops the others. A program says so once, before its first cancel.
void weft_cancel_without_blocking(void);

// WEFT_STREAM_CANCEL(name, module, function, index), after WEFT_STREAM(name, ...), makes
//
//   name_cancel_read(&in), name_cancel_write(&out)
//
// which wit-bindgen c does not make. They are bound by where the stream's type stands in the WIT. `module` is
// the interface as the component imports it, "ns:pkg/iface" with its version, or "[export]ns:pkg/iface" if it
// exports it. `function` is the function's name in the WIT. `index` counts the function's streams and futures
// from 0, parameters before results, inner types first. Any stream with the same payload will do.
#define WEFT_STREAM_CANCEL(name, module, function, index) WEFT__CANCEL(name, stream, module, function, index)

// The same for futures. weft_resolved tells whether a write that was cancelled took place.
#define WEFT_FUTURE_CANCEL(name, module, function, index) WEFT__CANCEL(name, future, module, function, index)

#include "detail/cancel.h"

#ifdef __cplusplus
}
#endif

#endif
