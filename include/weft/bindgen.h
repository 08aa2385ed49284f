// The glue over the names that wit-bindgen c emits: one line an async export, one line a stream or future type.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// X stands for the stream or future type that wit-bindgen c generated, without its _t: for X_t, X_read, ...
// `name` is yours: it becomes the prefix of the types and functions that the line makes. Each operation is a
// direct call of the generated function; a payload type other than X's does not compile.
#ifndef WEFT_BINDGEN_H
#define WEFT_BINDGEN_H

#include "async.h"
#include "future.h"
#include "stream.h"
#include "subtask.h"
#include "task.h"

// WEFT_EXPORT(world, export, T, (parameters), .field = value, ...) makes the two functions that wit-bindgen c
// wants for an async export: the call and its callback. The call runs the async function T, in a frame that
// starts as async.h says; up to 16 of its fields are set, or none. Copy what a pointer parameter points to:
// string, list, record and variant parameters may be gone when the call returns (the memory inside of them is
// the callee's, to be freed).
//
// If there is no memory for the task, it stops with a message. WEFT_EXPORT_OR runs the statement `otherwise`
// instead, which must return a value with <export>_return and give back what the parameters own.
#define WEFT_EXPORT(world, export, T, ...)                                                                     \
    WEFT__EXPORT_ASYNC(world, export, T, weft_misuse_no_memory(#export, 0), __VA_ARGS__, )
#define WEFT_EXPORT_OR(world, export, T, parameters, ...)                                                      \
    WEFT__EXPORT_ASYNC_OR(world, export, T, parameters, __VA_ARGS__, )

// WEFT_EXPORT_STEP(world, export, frame, step, (parameters), statement) is the same for a step function:
// `frame` is the type of the root's frame, and the statement, in which `self` is the frame, stores the
// parameters in it. It may be empty: WEFT_EXPORT_STEP(w, e, f, s, (void), ).
#define WEFT_EXPORT_STEP(world, export, frame, step, parameters, ...)                                          \
    WEFT_EXPORT_STEP_OR(world, export, frame, step, parameters, weft_misuse_no_memory(#export, 0), __VA_ARGS__)
#define WEFT_EXPORT_STEP_OR(world, export, frame, step, parameters, otherwise, ...)                            \
    WEFT__EXPORT_STEP_OR(world, export, frame, step, parameters, otherwise, __VA_ARGS__)

// WEFT_RETURN(co, export, value) returns the value of the export that the task of `co` was called by, which may
// be any of its coroutines. The task goes on until its root has ended. The host reads the value before this
// returns, and handles in it move; free its memory afterwards. Once a task; misuse else. Spec: task.return.
#define WEFT_RETURN(co, export, ...) WEFT__RETURN(co, export, __VA_ARGS__)

// The same for an export without a result.
#define WEFT_RETURN_VOID(co, export) WEFT_RETURN(co, export, )

// WEFT_STREAM(name, X, T), for items of type T without memory or handles of their own, makes:
//
//   name_reader, name_writer    the ends; zero is closed. Read-only: .count, the items that the last copy
//                               moved; weft_dropped(&end); weft_copy_cancelled(&end); weft_in_flight(&end)
//   X_t name_new(name_writer *out)
//                               a new stream; returns the readable end, to be handed on, or wrapped here
//   name_reader name_reader_of(X_t handle)
//                               takes over a readable end that came with a call, a result or another stream
//   X_t name_release(name_reader *in)
//                               gives it up to hand it on; in is closed. Not in flight and not dropped
//   WEFT_AWAIT(name_read(co, &in, items, length))
//                               reads 1 to `length` items, or none if the other end is gone. The buffer is the
//                               host's until then. Length 0 waits until a writer is there. Cancelled while it
//                               waits: what had come is in the buffer and .count says how much
//   WEFT_AWAIT(name_write(co, &out, items, length))
//                               writes 1 to `length` items, or none if the other end is gone; length 0 waits
//                               for a reader
//   WEFT_AWAIT(name_write_all(co, &out, items, length))
//                               writes all, unless the other end goes or the write is cancelled: .count says
//   WEFT_AWAIT(name_writer_dropped(co, &in)), WEFT_AWAIT(name_reader_dropped(co, &out))
//                               waits until the other end is gone, on an end with no copy in flight; then
//                               weft_dropped holds. Nothing is read or written. It is in flight as a copy of
//                               length 0, which the other end sees as such: not chosen in a select, it is
//                               waited for again, or stopped before the end's next copy. While the other end
//                               waits in a copy of its own, only a host tells that sends events unasked, as
//                               wasmtime does for ends in components. An end of the host's own, such as the
//                               reader of a response's body, wasmtime looks at when something else happens:
//                               there it stands beside a sleep in a select, in a loop, and each new wait asks
//                               anew
//   name_start_read, name_start_write, name_start_write_all
//                               the copies without waiting: weft_await(co, &end), weft_await_any or weft_stop
//                               later
//   name_close_reader(&in), name_close_writer(&out)
//                               drop the end, on which nothing is in flight: else weft_stop stands before.
//                               Closed is fine
//   name_close_reader_blocking(&in), name_close_writer_blocking(&out)
//                               the same for where nobody can wait: they stop what is in flight before, which
//                               leaves its .count, and blocks as weft_stop_blocking does. It has to, since the
//                               buffer, which is the caller's, is the host's until then
//
// Reads and writes are of at most 2^28 - 1 items; longer ones are clamped. Spec: canon stream.{new,read,write,
// cancel-read,cancel-write,drop-readable,drop-writable}.
#define WEFT_STREAM(name, X, T) WEFT__STREAM(name, X, T, const T, NULL)

// The same for items that own memory or handles. `drop`, void drop(T *item, bool moved), which may close and
// free, but not wait, is called once for each item given to write_all, when that ends: moved is true if the
// peer has it, so that only the memory is to be freed, and false if the handles in it are still here, too. read
// and write leave ownership to .count.
#define WEFT_STREAM_OWNED(name, X, T, drop) WEFT__STREAM_OWNED(name, X, T, drop)

// The same for a stream without payload, whose name ends in _void: the functions take no items, only a length.
#define WEFT_STREAM_UNIT(name, X) WEFT__STREAM_UNIT(name, X)

// WEFT_FUTURE(name, X, T), for a value of type T without memory or handles of its own, makes:
//
//   name_reader, name_writer    the ends; zero is closed. weft_resolved(&end): the value has moved;
//                               weft_dropped(&out): the reader is gone; weft_copy_cancelled, weft_in_flight
//   X_t name_new(name_writer *out, T otherwise)
//                               a new future with its default; returns the readable end
//   name_reader name_reader_of(X_t handle), X_t name_release(name_reader *in)
//                               as for streams
//   WEFT_AWAIT(name_read(co, &in, value))
//                               reads the value to *value, which is the host's until then
//   WEFT_AWAIT(name_write(co, &out, value))
//                               writes a copy of `value`, which `out` holds; waits until the reader has it or
//                               is gone
//   WEFT_AWAIT(name_reader_dropped(co, &out))
//                               waits until the reader is gone, before a write; then weft_dropped holds. Only a
//                               host tells that sends events unasked, as wasmtime does for ends in components.
//                               Not chosen in a select, it is waited for again, or stopped before the write
//   name_start_read, name_start_write
//                               the same without waiting
//   name_close_reader(&in)      drops the end, on which nothing is in flight: else weft_stop stands before, and
//                               weft_resolved tells whether the value came, which may own something
//   bool name_close_writer(co, &out)
//                               drops the end. If it is unwritten, what it holds, the default or the value of a
//                               cancelled write, is written at once, and the task of `co` stays alive until the
//                               reader has it. co: NULL where nobody can wait, as in a destructor or an export
//                               whose type is not async; then the next task or close clears up, or weft_trim.
//                               false, and nothing done, if there is no memory. Not in flight
//   name_close_reader_blocking(&in), name_close_writer_blocking(co, &out)
//                               as for streams
//
// A future is read and written once; more is misuse. Spec: canon future.{new,read,write,cancel-read,
// cancel-write,drop-readable,drop-writable}.
#define WEFT_FUTURE(name, X, T) WEFT__FUTURE_OWNED(name, X, T, WEFT__KEEP)

// The same for a value that owns memory or handles. `drop`, void drop(T *value, bool moved), is called once
// for the default and once for a value written, when the writer gives it up: on close, or for another value.
#define WEFT_FUTURE_OWNED(name, X, T, drop) WEFT__FUTURE_OWNED(name, X, T, drop)

// The same for a default that is made when it is needed. `make`, void make(T *value, void *data), stores it
// when the writer is closed unwritten, also after a cancelled write, whose value is given up then.
// name_new(&out, data): what `make` gets. `drop` may be called for a zeroed value, which owns nothing.
#define WEFT_FUTURE_MADE(name, X, T, drop, make) WEFT__FUTURE_MADE(name, X, T, drop, make)

// The same for a future without payload: the functions take no value.
#define WEFT_FUTURE_UNIT(name, X) WEFT__FUTURE_UNIT(name, X)

#include "detail/bindgen.h"

#endif
