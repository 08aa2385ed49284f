// The canonical ABI's async built-ins and codes. Only this file knows import names, of those that are fixed.
// The names for streams, futures and functions of a world come from wit-bindgen. Spec: component-model
// design/mvp/CanonicalABI.md, "Canonical Definitions" and "Flattening".
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_ABI_H
#define WEFT_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a callback is told (spec: EventCode).
enum weft_event_code {
    WEFT_EVENT_NONE,
    WEFT_EVENT_SUBTASK,
    WEFT_EVENT_STREAM_READ,
    WEFT_EVENT_STREAM_WRITE,
    WEFT_EVENT_FUTURE_READ,
    WEFT_EVENT_FUTURE_WRITE,
    WEFT_EVENT_CANCEL
};

// What a callback answers (spec: CallbackCode). WAIT carries the waitable set in its upper 28 bits.
enum weft_callback { WEFT_CALLBACK_EXIT, WEFT_CALLBACK_YIELD, WEFT_CALLBACK_WAIT };

// Progress of an async import call (spec: Subtask.State).
typedef enum weft_subtask_state {
    WEFT_SUBTASK_STARTING,          // arguments not read yet: they are the caller's, and must stay
    WEFT_SUBTASK_STARTED,           // arguments read: memory may be reused, handles have moved
    WEFT_SUBTASK_RETURNED,          // the result is written
    WEFT_SUBTASK_STARTED_CANCELLED, // cancelled before it took its arguments: they are the caller's
    WEFT_SUBTASK_RETURNED_CANCELLED // cancelled after that: no result
} weft_subtask_state;

// How a copy over a stream or future ended (spec: CopyResult).
typedef enum weft_copy_state {
    WEFT_COPY_COMPLETED,
    WEFT_COPY_DROPPED,  // the other end is gone; a count above 0 did move
    WEFT_COPY_CANCELLED // cancelled here; a count above 0 did move
} weft_copy_state;

// Status words: a state in the low 4 bits, a count or handle above; BLOCKED stands alone.
#define WEFT_BLOCKED UINT32_MAX
#define WEFT_STATUS_STATE(status) ((status) & 0xfu)
#define WEFT_STATUS_COUNT(status) ((status) >> 4)

// The host traps on a longer read or write.
#define WEFT_COPY_MAX ((size_t)0x0fffffff)

// On wasm each built-in is an import. Natively it is a plain symbol, which a host defines. wit-bindgen c uses
// the same names, so both declare the same thing.
#ifdef __wasm__
#define WEFT__BUILTIN(module, name) __attribute__((__import_module__(module), __import_name__(name)))
#elif !defined WEFT__BUILTIN // the native host's stubs are made from what this file declares
#define WEFT__BUILTIN(module, name)
#endif

// A waitable set is made, or dropped; the host traps on the drop of one that has members. Spec: canon
// waitable-set.{new,drop}.
WEFT__BUILTIN("$root", "[waitable-set-new]") extern uint32_t __waitable_set_new(void);
WEFT__BUILTIN("$root", "[waitable-set-drop]") extern void __waitable_set_drop(uint32_t set);
// Both store {waitable, code} at event and return the event code. wait blocks until there is one; poll returns
// NONE if there is none. Spec: canon waitable-set.{wait,poll}.
WEFT__BUILTIN("$root", "[waitable-set-wait]")
extern uint32_t __waitable_set_wait(uint32_t set, uint32_t *event);
WEFT__BUILTIN("$root", "[waitable-set-poll]")
extern uint32_t __waitable_set_poll(uint32_t set, uint32_t *event);
// Moves the waitable to `set`; 0: to none. Spec: canon waitable.join.
WEFT__BUILTIN("$root", "[waitable-join]") extern void __waitable_join(uint32_t waitable, uint32_t set);
// Cancels a call, blocks until it has ended, and returns its state. Spec: canon subtask.cancel.
WEFT__BUILTIN("$root", "[subtask-cancel]") extern uint32_t __subtask_cancel(uint32_t subtask);
// The same without blocking: may say BLOCKED. Gated by hosts; linked only with weft_subtask_cancel and
// weft_cancel_without_blocking. Spec: canon subtask.cancel, with `async`.
WEFT__BUILTIN("$root", "[async-lower][subtask-cancel]")
extern uint32_t __subtask_cancel_async(uint32_t subtask);
// Drops a call that has ended. Spec: canon subtask.drop.
WEFT__BUILTIN("$root", "[subtask-drop]") extern void __subtask_drop(uint32_t subtask);
// Backpressure up and down: weft_backpressure_inc tells. Spec: canon backpressure.{inc,dec}.
WEFT__BUILTIN("$root", "[backpressure-inc]") extern void __backpressure_inc(void);
WEFT__BUILTIN("$root", "[backpressure-dec]") extern void __backpressure_dec(void);
// Lets the host take its turn, and returns 1 if the task was cancelled meanwhile. Spec: canon thread.yield.
WEFT__BUILTIN("$root", "[thread-yield]") extern uint32_t __thread_yield(void);
// Ends the call of the current task without a value, after its cancel. Spec: canon task.cancel.
WEFT__BUILTIN("[export]$root", "[task-cancel]") extern void __task_cancel(void);

// A stream without payload that belongs to no function: the pair of its ends, the readable one in the lower
// half; copies, which move only counts; and its end. Spec: canon stream.{new,read,write,cancel-read,
// drop-readable,drop-writable}.
WEFT__BUILTIN("$root", "[stream-new-unit]") extern uint64_t __stream_new_unit(void);
WEFT__BUILTIN("$root", "[async-lower][stream-read-unit]")
extern uint32_t __stream_read_unit(uint32_t reader, const void *items, size_t length);
WEFT__BUILTIN("$root", "[async-lower][stream-write-unit]")
extern uint32_t __stream_write_unit(uint32_t writer, const void *items, size_t length);
WEFT__BUILTIN("$root", "[stream-cancel-read-unit]") extern uint32_t __stream_cancel_read_unit(uint32_t reader);
WEFT__BUILTIN("$root", "[stream-drop-readable-unit]") extern void __stream_drop_readable_unit(uint32_t reader);
WEFT__BUILTIN("$root", "[stream-drop-writable-unit]") extern void __stream_drop_writable_unit(uint32_t writer);

// Gated by hosts (wasmtime: -W component-model-error-context). The host writes the text to memory from
// cabi_realloc, and its pointer and length to `message`. Spec: canon error-context.{new,debug-message,drop}.
WEFT__BUILTIN("$root", "[error-context-new-utf8]")
extern uint32_t __error_context_new_utf8(const char *text, size_t length);
WEFT__BUILTIN("$root", "[error-context-debug-message-utf8]")
extern void __error_context_debug_message_utf8(uint32_t handle, void *message);
WEFT__BUILTIN("$root", "[error-context-drop]") extern void __error_context_drop(uint32_t handle);

// A libc that defines this macro keeps the context slots for its threads; a thread-local is then the
// slot that belongs to the current task. Spec: canon context.{get,set} of slot 0.
#ifndef __wasm_libcall_thread_context__
WEFT__BUILTIN("$root", "[context-get-0]") extern void *__context_get_0(void);
WEFT__BUILTIN("$root", "[context-set-0]") extern void __context_set_0(void *value);
#endif

#ifdef __cplusplus
}
#endif

#endif
