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
#pragma weak weft_task_callback // if nothing is linked that waits, the host has nothing to call back for
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
    WEFT__FRAME(frame, co, weft_coro)                                                                          \
    static struct {                                                                                            \
        weft_task task;                                                                                        \
        frame root;                                                                                            \
    } export##__first;                                                                                         \
    WEFT__ZEROED_ALL(frame);                                                                                   \
    extern weft_export export##__weft;                                                                         \
    weft_export export##__weft = WEFT__EXPORT(#export, step, frame, &export##__first.task);                    \
    WEFT__EXTERN_C world##_callback_code_t export parameters                                                   \
    {                                                                                                          \
        weft_task *const weft__task = weft_task_new(&export##__weft, &export##__first.task);                   \
        if (!weft__task) {                                                                                     \
            otherwise;                                                                                         \
            return WEFT_CALLBACK_EXIT;                                                                         \
        }                                                                                                      \
        frame *self = weft_frame(weft__task_root(weft__task), frame);                                          \
        weft__zero_frame(&self->co, WEFT__ZEROED(frame));                                                      \
        __VA_ARGS__;                                                                                           \
        return weft_task_start(weft__task, &export##__weft, (step));                                           \
    }                                                                                                          \
    WEFT__EXTERN_C world##_callback_code_t export##_callback(world##_event_t *event)                           \
    {                                                                                                          \
        return weft_task_callback((const weft_task_event *)(const void *)event, (step));                       \
    }                                                                                                          \
    WEFT__STATIC_ASSERT(1, "")

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
//   name_start_read, name_start_write, name_start_write_all
//                               the same without waiting: weft_await(co, &end), weft_await_any or weft_stop
//                               later
//   name_close_reader(&in), name_close_writer(&out)
//                               drop the end, and stop what is in flight on it before, which leaves its .count;
//                               closed is fine
//
// Reads and writes are of at most 2^28 - 1 items; longer ones are clamped. Spec: canon stream.{new,read,write,
// cancel-read,cancel-write,drop-readable,drop-writable}.
#define WEFT_STREAM(name, X, T) WEFT__STREAM(name, X, T, const T, NULL)

// The same for items that own memory or handles. `drop`, void drop(T *item, bool moved), which may close and
// free, but not wait, is called once for each item given to write_all, when that ends: moved is true if the
// peer has it, so that only the memory is to be freed, and false if the handles in it are still here, too. read
// and write leave ownership to .count.
#define WEFT_STREAM_OWNED(name, X, T, drop)                                                                    \
    WEFT__FN void name##__ended(weft_stream_writer *writer)                                                    \
    {                                                                                                          \
        for (size_t i = 0; i < writer->length; i++)                                                            \
            drop((T *)writer->items + i, i < writer->count);                                                   \
    }                                                                                                          \
    WEFT__STREAM(name, X, T, T, name##__ended)

#define WEFT__STREAM(name, X, T, ITEM, ENDED)                                                                  \
    WEFT__PAYLOAD(X##_read, uint32_t, T *, size_t);                                                            \
    typedef T name##__item;                                                                                    \
    WEFT__STREAM_ENDS(name, X)                                                                                 \
    WEFT__STREAM_COPIES(name, X, (T * items, ), (ITEM * items, ), (items, ), items,                            \
                        ((const T *)writer->items + writer->count, ), ENDED)

// The same for a stream without payload, whose name ends in _void: the functions take no items, only a length.
#define WEFT_STREAM_UNIT(name, X)                                                                              \
    WEFT__PAYLOAD(X##_read, uint32_t, size_t);                                                                 \
    WEFT__STREAM_ENDS(name, X)                                                                                 \
    WEFT__STREAM_COPIES(name, X, (), (), (), NULL, (), NULL)

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
//   name_start_read, name_start_write
//                               the same without waiting
//   name_close_reader(&in)      drops the end, and stops a read before. If the value may own something,
//                               weft_stop first, and see by weft_resolved whether it came
//   bool name_close_writer(co, &out)
//                               drops the end. If it is unwritten, what it holds, the default or the value of a
//                               cancelled write, is written at once, and the task of `co` stays alive until the
//                               reader has it. co: NULL where nobody can wait, as in a destructor or an export
//                               whose type is not async; then the next task or close clears up, or weft_trim.
//                               false, and nothing done but the stop, if there is no memory
//
// A future is read and written once; more is misuse. Spec: canon future.{new,read,write,cancel-read,
// cancel-write,drop-readable,drop-writable}.
#define WEFT_FUTURE(name, X, T) WEFT_FUTURE_OWNED(name, X, T, WEFT__KEEP)

// The same for a value that owns memory or handles. `drop`, void drop(T *value, bool moved), is called once
// for the default and once for a value written, when the writer gives it up: on close, or for another value.
#define WEFT_FUTURE_OWNED(name, X, T, drop)                                                                    \
    WEFT__PAYLOAD(X##_read, uint32_t, T *);                                                                    \
    WEFT__FUTURE_ENDS(name, X, T value;, (, T otherwise), out->value = otherwise)                              \
    WEFT__FUTURE_COPIES(name, X, (, T * value), (, T value), (, value), out->value = value, (, &out->value),   \
                        it->value = out->value, (, &it->value), drop)

// The same for a default that is made when it is needed. `make`, void make(T *value, void *data), stores it
// when the writer is closed unwritten, also after a cancelled write, whose value is given up then.
// name_new(&out, data): what `make` gets. `drop` may be called for a zeroed value, which owns nothing.
#define WEFT_FUTURE_MADE(name, X, T, drop, make)                                                               \
    WEFT__PAYLOAD(X##_read, uint32_t, T *);                                                                    \
    WEFT__FUTURE_ENDS(name, X, T value; void *data;, (, void *data), out->data = data)                         \
    WEFT__FUTURE_COPIES(name, X, (, T * value), (, T value), (, value), out->value = value, (, &out->value),   \
                        (drop(&out->value, false), make(&it->value, out->data)), (, &it->value), drop)

// The same for a future without payload: the functions take no value.
#define WEFT_FUTURE_UNIT(name, X)                                                                              \
    WEFT__PAYLOAD(X##_read, uint32_t);                                                                         \
    WEFT__FUTURE_ENDS(name, X, , (), (void)0)                                                                  \
    WEFT__FUTURE_COPIES(name, X, (), (), (), (void)0, (), (void)0, (), WEFT__KEEP)

// What the lines above are made of.

#define WEFT__FN __attribute__((unused)) static inline

#define WEFT__WAIT __attribute__((unused, warn_unused_result)) static inline weft_poll
#define WEFT__JUST(...) __VA_ARGS__
#define WEFT__KEEP(value, moved) ((void)0)
#define WEFT__PAYLOAD(function, ...)                                                                           \
    WEFT__STATIC_ASSERT(WEFT__IS(&function, uint32_t (*)(__VA_ARGS__)), "not the payload type of " #function)

// What the readable ends of streams and futures have in common.
#define WEFT__READER_FUNCTIONS(name, X)                                                                        \
    WEFT__FN name##_reader name##_reader_of(X##_t handle)                                                      \
    {                                                                                                          \
        name##_reader in;                                                                                      \
        __builtin_memset(&in, 0, sizeof in);                                                                   \
        in.op.handle = handle;                                                                                 \
        return in;                                                                                             \
    }                                                                                                          \
    WEFT__FN X##_t name##_release(name##_reader *in)                                                           \
    {                                                                                                          \
        return weft__op_transfer(&in->op, #name "_release");                                                   \
    }                                                                                                          \
    WEFT__FN void name##_close_reader(name##_reader *in)                                                       \
    {                                                                                                          \
        if (in->op.handle) {                                                                                   \
            weft__op_stop_last(&in->op);                                                                       \
            X##_drop_readable(in->op.handle);                                                                  \
            weft__op_release(&in->op);                                                                         \
        }                                                                                                      \
    }

#define WEFT__STREAM_ENDS(name, X)                                                                             \
    typedef union name##_reader {                                                                              \
        weft_stream_reader reader;                                                                             \
        __extension__ struct {                                                                                 \
            WEFT_STREAM_READER_FIELDS                                                                          \
        };                                                                                                     \
    } name##_reader;                                                                                           \
    typedef union name##_writer {                                                                              \
        weft_stream_writer writer;                                                                             \
        __extension__ struct {                                                                                 \
            WEFT_STREAM_WRITER_FIELDS                                                                          \
        };                                                                                                     \
    } name##_writer;                                                                                           \
    WEFT__READER_FUNCTIONS(name, X)                                                                            \
    WEFT__FN X##_t name##_new(name##_writer *out)                                                              \
    {                                                                                                          \
        __builtin_memset(out, 0, sizeof *out);                                                                 \
        return X##_new(&out->op.handle);                                                                       \
    }                                                                                                          \
    WEFT__FN void name##_close_writer(name##_writer *out)                                                      \
    {                                                                                                          \
        if (out->op.handle) {                                                                                  \
            weft__op_stop_last(&out->op);                                                                      \
            X##_drop_writable(out->op.handle);                                                                 \
            weft__op_release(&out->op);                                                                        \
        }                                                                                                      \
    }

// READ, WRITE: the parameter for items, with its comma; ITEMS: that argument; STORE: what to keep of it;
// REST: where a write_all goes on; ENDED: gives its items up, or NULL. All but empty for a unit.
#define WEFT__STREAM_COPIES(name, X, READ, WRITE, ITEMS, STORE, REST, ENDED)                                   \
    WEFT__FN void name##_start_read(weft_coro *co, name##_reader *in, WEFT__JUST READ size_t length)           \
    {                                                                                                          \
        in->count = 0;                                                                                         \
        if (weft__stream_begin(&in->op, #name "_read"))                                                        \
            weft__stream_started(co->task, &in->op, &in->count, WEFT_EVENT_STREAM_READ,                        \
                                 X##_read(in->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length)),         \
                                 X##_cancel_read);                                                             \
        WEFT__TRACE_ITEMS(in, #name "_read", WEFT__JUST ITEMS NULL);                                           \
    }                                                                                                          \
    WEFT__WAIT name##_read(weft_coro *co, name##_reader *in, WEFT__JUST READ size_t length)                    \
    {                                                                                                          \
        if (weft__stream_begin(&in->op, #name "_read")) {                                                      \
            uint32_t status = X##_read(in->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length));            \
            if (status == WEFT_BLOCKED) {                                                                      \
                WEFT__TRACE_ITEMS_STAY(#name "_read", WEFT__JUST ITEMS NULL);                                  \
                return weft__op_block(co, &in->op, WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_READ, X##_cancel_read); \
            }                                                                                                  \
            in->op.status = status;                                                                            \
            in->count = WEFT_STATUS_COUNT(status);                                                             \
        } else {                                                                                               \
            in->count = 0;                                                                                     \
        }                                                                                                      \
        return weft_breathe(co);                                                                               \
    }                                                                                                          \
    WEFT__FN void name##_start_write(weft_coro *co, name##_writer *out, WEFT__JUST WRITE size_t length)        \
    {                                                                                                          \
        out->count = 0;                                                                                        \
        if (weft__stream_begin(&out->op, #name "_write"))                                                      \
            weft__stream_started(co->task, &out->op, &out->count, WEFT_EVENT_STREAM_WRITE,                     \
                                 X##_write(out->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length)),       \
                                 X##_cancel_write);                                                            \
        WEFT__TRACE_ITEMS(out, #name "_write", WEFT__JUST ITEMS NULL);                                         \
    }                                                                                                          \
    WEFT__WAIT name##_write(weft_coro *co, name##_writer *out, WEFT__JUST WRITE size_t length)                 \
    {                                                                                                          \
        if (weft__stream_begin(&out->op, #name "_write")) {                                                    \
            uint32_t status = X##_write(out->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length));          \
            if (status == WEFT_BLOCKED) {                                                                      \
                WEFT__TRACE_ITEMS_STAY(#name "_write", WEFT__JUST ITEMS NULL);                                 \
                return weft__op_block(co, &out->op, WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_WRITE,                 \
                                      X##_cancel_write);                                                       \
            }                                                                                                  \
            out->op.status = status;                                                                           \
            out->count = WEFT_STATUS_COUNT(status);                                                            \
        } else {                                                                                               \
            out->count = 0;                                                                                    \
        }                                                                                                      \
        return weft_breathe(co);                                                                               \
    }                                                                                                          \
    /* Goes on with a write_all; true if the host said BLOCKED. */                                             \
    WEFT__FN bool name##__more(weft_stream_writer *writer)                                                     \
    {                                                                                                          \
        while (writer->count < writer->length && weft__op_is(&writer->op, WEFT_COPY_COMPLETED)) {              \
            uint32_t status = X##_write(writer->op.handle,                                                     \
                                        WEFT__JUST REST weft__stream_clamp(writer->length - writer->count));   \
            if (status == WEFT_BLOCKED)                                                                        \
                return true;                                                                                   \
            writer->op.status = status;                                                                        \
            writer->count += WEFT_STATUS_COUNT(status);                                                        \
        }                                                                                                      \
        return false;                                                                                          \
    }                                                                                                          \
    /* Begins a write_all; true if the host said BLOCKED. Of one that is whole at once, nothing is noted. */   \
    WEFT__FN bool name##__begin_all(name##_writer *out, WEFT__JUST WRITE size_t length)                        \
    {                                                                                                          \
        void (*ended)(weft_stream_writer *) = ENDED;                                                           \
        uint32_t status = WEFT_COPY_COMPLETED;                                                                 \
        out->count = 0;                                                                                        \
        if (weft__stream_begin(&out->op, #name "_write_all")) {                                                \
            if (length)                                                                                        \
                status = X##_write(out->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length));               \
            if (status != WEFT_BLOCKED) {                                                                      \
                out->op.status = status;                                                                       \
                out->count = WEFT_STATUS_COUNT(status);                                                        \
                if (!ended && out->count == length)                                                            \
                    return false;                                                                              \
            }                                                                                                  \
        }                                                                                                      \
        out->items = STORE;                                                                                    \
        out->length = length;                                                                                  \
        out->ended = ended;                                                                                    \
        if (status == WEFT_BLOCKED || name##__more(&out->writer)) {                                            \
            WEFT__TRACE_ITEMS_STAY(#name "_write_all", WEFT__JUST ITEMS NULL);                                 \
            out->more = name##__more;                                                                          \
            return true;                                                                                       \
        }                                                                                                      \
        weft__write_all_ended(&out->writer);                                                                   \
        return false;                                                                                          \
    }                                                                                                          \
    WEFT__FN void name##_start_write_all(weft_coro *co, name##_writer *out, WEFT__JUST WRITE size_t length)    \
    {                                                                                                          \
        if (name##__begin_all(out, WEFT__JUST ITEMS length))                                                   \
            weft__op_track(co->task, &out->op, WEFT_EVENT_STREAM_WRITE, X##_cancel_write);                     \
    }                                                                                                          \
    WEFT__WAIT name##_write_all(weft_coro *co, name##_writer *out, WEFT__JUST WRITE size_t length)             \
    {                                                                                                          \
        if (name##__begin_all(out, WEFT__JUST ITEMS length))                                                   \
            return weft__op_block(co, &out->op, WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_WRITE, X##_cancel_write);  \
        return weft_breathe(co);                                                                               \
    }                                                                                                          \
    WEFT__STATIC_ASSERT(1, "")

#define WEFT__FUTURE_ENDS(name, X, VALUE, OTHERWISE, INIT)                                                     \
    typedef struct name##_reader {                                                                             \
        weft_op op;                                                                                            \
    } name##_reader;                                                                                           \
    typedef struct name##_writer {                                                                             \
        weft_op op;                                                                                            \
        VALUE                                                                                                  \
    } name##_writer;                                                                                           \
    typedef struct name##__default {                                                                           \
        weft__default base;                                                                                    \
        VALUE                                                                                                  \
    } name##__default;                                                                                         \
    WEFT__READER_FUNCTIONS(name, X)                                                                            \
    WEFT__FN X##_t name##_new(name##_writer *out WEFT__JUST OTHERWISE)                                         \
    {                                                                                                          \
        __builtin_memset(out, 0, sizeof *out);                                                                 \
        INIT;                                                                                                  \
        return X##_new(&out->op.handle);                                                                       \
    }

#define WEFT__FUTURE_COPIES(name, X, READ, WRITE, VALUE, SET, OUT, KEEP, IT, DROP)                             \
    WEFT__FN void name##_start_read(weft_coro *co, name##_reader *in WEFT__JUST READ)                          \
    {                                                                                                          \
        if (weft__future_begin(&in->op, #name "_read"))                                                        \
            weft__future_started(co->task, &in->op, WEFT_EVENT_FUTURE_READ,                                    \
                                 X##_read(in->op.handle WEFT__JUST VALUE), X##_cancel_read);                   \
        WEFT__TRACE_ITEMS(in, #name "_read" WEFT__JUST VALUE, NULL);                                           \
    }                                                                                                          \
    WEFT__WAIT name##_read(weft_coro *co, name##_reader *in WEFT__JUST READ)                                   \
    {                                                                                                          \
        if (weft__future_begin(&in->op, #name "_read")) {                                                      \
            uint32_t status = X##_read(in->op.handle WEFT__JUST VALUE);                                        \
            if (status == WEFT_BLOCKED) {                                                                      \
                WEFT__TRACE_ITEMS_STAY(#name "_read" WEFT__JUST VALUE, NULL);                                  \
                return weft__op_block(co, &in->op, WEFT__IN_FLIGHT | WEFT_EVENT_FUTURE_READ, X##_cancel_read); \
            }                                                                                                  \
            in->op.status = weft__future_status(status);                                                       \
        }                                                                                                      \
        return weft_breathe(co);                                                                               \
    }                                                                                                          \
    WEFT__FN void name##_start_write(weft_coro *co, name##_writer *out WEFT__JUST WRITE)                       \
    {                                                                                                          \
        bool open = weft__future_begin(&out->op, #name "_write");                                              \
        DROP(&out->value, false);                                                                              \
        SET;                                                                                                   \
        if (open)                                                                                              \
            weft__future_started(co->task, &out->op, WEFT_EVENT_FUTURE_WRITE,                                  \
                                 X##_write(out->op.handle WEFT__JUST OUT), X##_cancel_write);                  \
    }                                                                                                          \
    WEFT__WAIT name##_write(weft_coro *co, name##_writer *out WEFT__JUST WRITE)                                \
    {                                                                                                          \
        bool open = weft__future_begin(&out->op, #name "_write");                                              \
        DROP(&out->value, false);                                                                              \
        SET;                                                                                                   \
        if (open) {                                                                                            \
            uint32_t status = X##_write(out->op.handle WEFT__JUST OUT);                                        \
            if (status == WEFT_BLOCKED)                                                                        \
                return weft__op_block(co, &out->op, WEFT__IN_FLIGHT | WEFT_EVENT_FUTURE_WRITE,                 \
                                      X##_cancel_write);                                                       \
            out->op.status = weft__future_status(status);                                                      \
        }                                                                                                      \
        return weft__ready();                                                                                  \
    }                                                                                                          \
    WEFT__FN void name##__default_done(weft__default *base)                                                    \
    {                                                                                                          \
        name##__default *it = (name##__default *)base;                                                         \
        DROP(&it->value, weft_resolved(&base->base));                                                          \
        X##_drop_writable(base->base.op.handle);                                                               \
        weft__op_release(&base->base.op);                                                                      \
        weft_free(it, sizeof *it);                                                                             \
    }                                                                                                          \
    WEFT__FN bool name##_close_writer(weft_coro *co, name##_writer *out)                                       \
    {                                                                                                          \
        if (!out->op.handle)                                                                                   \
            return true;                                                                                       \
        weft__op_stop_last(&out->op);                                                                          \
        if (weft_resolved(out) || weft_dropped(out)) {                                                         \
            DROP(&out->value, weft_resolved(out));                                                             \
            X##_drop_writable(out->op.handle);                                                                 \
            weft__op_release(&out->op);                                                                        \
            return true;                                                                                       \
        }                                                                                                      \
        name##__default *it = (name##__default *)weft_alloc(sizeof *it);                                       \
        if (!it)                                                                                               \
            return false;                                                                                      \
        __builtin_memset(&it->base, 0, sizeof it->base);                                                       \
        it->base.base.op.handle = weft__op_transfer(&out->op, #name "_close");                                 \
        it->base.done = name##__default_done;                                                                  \
        KEEP;                                                                                                  \
        weft__default_run(co, &it->base, X##_write(it->base.base.op.handle WEFT__JUST IT));                    \
        return true;                                                                                           \
    }                                                                                                          \
    WEFT__STATIC_ASSERT(1, "")

#endif
