// The glue over the names of wit-bindgen c: one line for an async export, one for a stream or future type.
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
// starts as async.h says. Up to 16 of its fields are set, or none. Copy what a pointer parameter points to: a
// string, list, record or variant may be gone when the call returns. The memory inside of it is yours to free.
//
// If there is no memory for the task, WEFT_EXPORT stops with a message. WEFT_EXPORT_OR runs the statement
// `otherwise` instead. That must return a value with <export>_return and give back what the parameters own.
#define WEFT_EXPORT(world, export, T, ...)                                                                     \
    WEFT__EXPORT_ASYNC(world, export, T, weft_misuse_no_memory(#export, 0), __VA_ARGS__, )
#define WEFT_EXPORT_OR(world, export, T, parameters, ...)                                                      \
    WEFT__EXPORT_ASYNC_OR(world, export, T, parameters, __VA_ARGS__, )

// WEFT_EXPORT_STEP(world, export, frame, step, (parameters), statement) is the same for a step function.
// `frame` is the type of the root's frame. The statement stores the parameters in `self`, which is the frame.
// It may be empty: WEFT_EXPORT_STEP(w, e, f, s, (void), ).
#define WEFT_EXPORT_STEP(world, export, frame, step, parameters, ...)                                          \
    WEFT_EXPORT_STEP_OR(world, export, frame, step, parameters, weft_misuse_no_memory(#export, 0), __VA_ARGS__)
#define WEFT_EXPORT_STEP_OR(world, export, frame, step, parameters, otherwise, ...)                            \
    WEFT__EXPORT_STEP_OR(world, export, frame, step, parameters, otherwise, __VA_ARGS__)

// WEFT_RETURN(co, export, value) returns the value of `export`, whose call made the task of `co`. Any coroutine
// of that task may do it, once; misuse else. The task goes on until its root has ended. The host reads the
// value before this returns. Handles in it move; its memory is yours to free then. Spec: task.return.
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
//   X_t name_hand_on(name_reader *in)
//                               gives it up, to be handed on; `in` is closed. Misuse in flight, or when dropped
//   WEFT_AWAIT(name_read(co, &in, items, length))
//                               reads 1 to `length` items, or none if the other end is gone. The buffer is the
//                               host's until then. Length 0 waits until a writer is there. After a cancel,
//                               .count says how many items had come to the buffer
//   WEFT_AWAIT(name_write(co, &out, items, length))
//                               writes 1 to `length` items, or none if the other end is gone; length 0 waits
//                               for a reader
//   WEFT_AWAIT(name_write_all(co, &out, items, length))
//                               writes all, unless the other end goes or a cancel comes: .count says how many
//   WEFT_AWAIT(name_writer_dropped(co, &in)), WEFT_AWAIT(name_reader_dropped(co, &out))
//                               waits until the other end is gone, on an end with no copy in flight. Then
//                               weft_dropped holds. Nothing is read or written. The wait is in flight as a copy
//                               of length 0, and the other end sees it as such. After a select that did not
//                               choose it, it is waited for again, or stopped before the end's next copy. While
//                               the other end waits in a copy of its own, only a host that sends events unasked
//                               tells, as wasmtime does for ends in components. At an end of the host's own,
//                               such as the reader of a response's body, wasmtime looks only when something
//                               else happens. So such a wait stands beside a sleep in a loop of selects: each
//                               asks anew
//   name_start_read, name_start_write, name_start_write_all
//                               the copies without waiting: weft_await(co, &end), weft_await_any or weft_stop
//                               later
//   name_close_reader(&in), name_close_writer(&out)
//                               drop the end. In flight is misuse: weft_stop comes before. Closed is fine
//   name_close_reader_blocking(&in), name_close_writer_blocking(&out)
//                               the same where nobody can wait. They first stop what is in flight, which leaves
//                               its .count. That blocks as weft_stop_blocking does: until then the buffer,
//                               which is the caller's, is the host's
//
// One read or write moves at most 2^28 - 1 items; a greater length is clamped. Spec: canon stream.{new, read,
// write, cancel-read, cancel-write, drop-readable, drop-writable}.
#define WEFT_STREAM(name, X, T) WEFT__STREAM(name, X, T, const T, NULL)

// The same for items that own memory or handles. When a write_all ends, it calls `drop` once for each item that
// it was given: void drop(T *item, bool moved), which may close and free, but not wait. If `moved` is true, the
// peer has the item, and only its memory is to be freed. If it is false, the handles in it are still here, too.
// After a read or write, .count tells who owns which item.
#define WEFT_STREAM_OWNED(name, X, T, drop) WEFT__STREAM_OWNED(name, X, T, drop)

// The same for a stream without payload, whose name ends in _void: the functions take no items, only a length.
#define WEFT_STREAM_UNIT(name, X) WEFT__STREAM_UNIT(name, X)

// WEFT_FUTURE(name, X, T), for a value of type T without memory or handles of its own, makes:
//
//   name_reader, name_writer    the ends; zero is closed. weft_resolved(&end): the value has moved;
//                               weft_dropped(&out): the reader is gone; weft_copy_cancelled, weft_in_flight
//   X_t name_new(name_writer *out, T otherwise)
//                               a new future with its default; returns the readable end
//   name_reader name_reader_of(X_t handle), X_t name_hand_on(name_reader *in)
//                               as for streams
//   WEFT_AWAIT(name_read(co, &in, value))
//                               reads the value to *value, which is the host's until then
//   WEFT_AWAIT(name_write(co, &out, value))
//                               writes a copy of `value`, which `out` holds; waits until the reader has it or
//                               is gone
//   WEFT_AWAIT(name_reader_dropped(co, &out))
//                               waits until the reader is gone, before a write. Then weft_dropped holds. Only a
//                               host that sends events unasked tells, as wasmtime does for ends in components.
//                               If a select did not choose it, it is waited for again, or stopped before the
//                               write
//   name_start_read, name_start_write
//                               the same without waiting
//   name_close_reader(&in)      drops the end. In flight is misuse: weft_stop comes before, and weft_resolved
//                               tells whether the value came, which may own something
//   bool name_close_writer(co, &out)
//                               drops the end. Before that, an unwritten one writes what it holds: the default,
//                               or the value of a cancelled write. The task of `co` stays alive until the
//                               reader has it. co: NULL where nobody can wait, as in a destructor or an export
//                               whose type is not async. Then the next task, the next such close or weft_trim
//                               clears up. False, and nothing done, if there is no memory. In flight is misuse
//   name_close_reader_blocking(&in), name_close_writer_blocking(co, &out)
//                               as for streams
//
// A future is read and written once; more is misuse. Spec: canon future.{new,read,write,cancel-read,
// cancel-write,drop-readable,drop-writable}.
#define WEFT_FUTURE(name, X, T) WEFT__FUTURE_OWNED(name, X, T, WEFT__KEEP)

// The same for a value that owns memory or handles. `drop`, void drop(T *value, bool moved), is called once for
// the default and once for each value written, when the writer gives it up: at the close, or for another value.
#define WEFT_FUTURE_OWNED(name, X, T, drop) WEFT__FUTURE_OWNED(name, X, T, drop)

// The same for a default that is made when it is needed: `make`, void make(T *value, void *data), stores it. It
// is needed when the writer is closed unwritten, also after a cancelled write, whose value is given up then.
// name_new(&out, data) takes the data for `make`. `drop` may be called for a zeroed value, which owns nothing.
#define WEFT_FUTURE_MADE(name, X, T, drop, make) WEFT__FUTURE_MADE(name, X, T, drop, make)

// The same for a future without payload: the functions take no value.
#define WEFT_FUTURE_UNIT(name, X) WEFT__FUTURE_UNIT(name, X)

#include "detail/bindgen.h"

#endif
