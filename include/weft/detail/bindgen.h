// What the lines of bindgen.h are made of. Included by bindgen.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_BINDGEN_H
#define WEFT_DETAIL_BINDGEN_H

#include "weak.h"

// Functions that a program need not call, and that clang would warn of.
#define WEFT__FN __attribute__((unused)) static inline
#define WEFT__WAIT __attribute__((unused, warn_unused_result)) static inline weft_poll
// WEFT__JUST (a, b): an argument of a macro that has a comma of its own comes in parentheses. This takes them
// off.
#define WEFT__JUST(...) __VA_ARGS__
// The drop of a value that owns nothing.
#define WEFT__KEEP(value, moved) ((void)0)
#define WEFT__PAYLOAD(function, ...)                                                                           \
    WEFT__STATIC_ASSERT(WEFT__IS(&function, uint32_t (*)(__VA_ARGS__)),                                        \
                        "not the payload type of " #function                                                   \
                        ": take that of its pointer, or the macro of its kind")

// What the readable ends of streams and futures have in common.
#define WEFT__READER_FUNCTIONS(name, X)                                                                        \
    WEFT__FN name##_reader name##_reader_of(X##_t handle)                                                      \
    {                                                                                                          \
        name##_reader in;                                                                                      \
        __builtin_memset(&in, 0, sizeof in);                                                                   \
        in.op.handle = handle;                                                                                 \
        return in;                                                                                             \
    }                                                                                                          \
    WEFT__FN X##_t name##_hand_on(name##_reader *in)                                                           \
    {                                                                                                          \
        return weft__op_transfer(&in->op, #name "_hand_on");                                                   \
    }                                                                                                          \
    WEFT__FN void name##_close_reader(name##_reader *in)                                                       \
    {                                                                                                          \
        if (weft__op_closes(&in->op, #name "_close_reader")) {                                                 \
            X##_drop_readable(in->op.handle);                                                                  \
            weft__op_let_go(&in->op);                                                                          \
        }                                                                                                      \
    }                                                                                                          \
    WEFT__FN void name##_close_reader_blocking(name##_reader *in)                                              \
    {                                                                                                          \
        weft__op_stop_last(&in->op);                                                                           \
        name##_close_reader(in);                                                                               \
    }

// ENDED: what gives up the items of a write_all; or NULL.
#define WEFT__STREAM_ENDS(name, X, ENDED)                                                                      \
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
        out->ended = ENDED;                                                                                    \
        return X##_new(&out->op.handle);                                                                       \
    }                                                                                                          \
    WEFT__FN void name##_close_writer(name##_writer *out)                                                      \
    {                                                                                                          \
        if (weft__op_closes(&out->op, #name "_close_writer")) {                                                \
            X##_drop_writable(out->op.handle);                                                                 \
            weft__op_let_go(&out->op);                                                                         \
        }                                                                                                      \
    }                                                                                                          \
    WEFT__FN void name##_close_writer_blocking(name##_writer *out)                                             \
    {                                                                                                          \
        weft__op_stop_last(&out->op);                                                                          \
        name##_close_writer(out);                                                                              \
    }

// READ, WRITE: the parameter for items, with its comma; ITEMS: that argument; STORE: what to keep of it; REST:
// where a write_all goes on; NONE: no items; ENDED: as above. All but empty for a unit.
#define WEFT__STREAM_COPIES(name, X, READ, WRITE, ITEMS, STORE, REST, NONE, ENDED)                             \
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
        uint32_t status = WEFT_COPY_DROPPED;                                                                   \
        if (weft__stream_begin(&in->op, #name "_read")) {                                                      \
            status = X##_read(in->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length));                     \
            if (status == WEFT_BLOCKED) {                                                                      \
                WEFT__TRACE_ITEMS_STAY(#name "_read", WEFT__JUST ITEMS NULL);                                  \
                return weft__op_block(co, &in->op, WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_READ, X##_cancel_read); \
            }                                                                                                  \
        }                                                                                                      \
        in->op.status = status;                                                                                \
        in->count = WEFT_STATUS_COUNT(status);                                                                 \
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
        uint32_t status = WEFT_COPY_DROPPED;                                                                   \
        if (weft__stream_begin(&out->op, #name "_write")) {                                                    \
            status = X##_write(out->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length));                   \
            if (status == WEFT_BLOCKED) {                                                                      \
                WEFT__TRACE_ITEMS_STAY(#name "_write", WEFT__JUST ITEMS NULL);                                 \
                return weft__op_block(co, &out->op, WEFT__IN_FLIGHT | WEFT_EVENT_STREAM_WRITE,                 \
                                      X##_cancel_write);                                                       \
            }                                                                                                  \
        }                                                                                                      \
        out->op.status = status;                                                                               \
        out->count = WEFT_STATUS_COUNT(status);                                                                \
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
    /* Begins a write_all; true if the host said BLOCKED. One that is whole at once stores nothing. */         \
    WEFT__FN bool name##__begin_all(name##_writer *out, WEFT__JUST WRITE size_t length)                        \
    {                                                                                                          \
        void (*ended)(weft_stream_writer *) = ENDED;                                                           \
        uint32_t status = WEFT_COPY_DROPPED;                                                                   \
        if (weft__stream_begin(&out->op, #name "_write_all")) {                                                \
            status = WEFT_COPY_COMPLETED;                                                                      \
            if (length)                                                                                        \
                status = X##_write(out->op.handle, WEFT__JUST ITEMS weft__stream_clamp(length));               \
        }                                                                                                      \
        if (status != WEFT_BLOCKED) {                                                                          \
            out->op.status = status;                                                                           \
            out->count = WEFT_STATUS_COUNT(status);                                                            \
            if (!ended && out->count == length)                                                                \
                return false;                                                                                  \
        }                                                                                                      \
        out->items = STORE;                                                                                    \
        out->length = length;                                                                                  \
        out->more = name##__more;                                                                              \
        if (status == WEFT_BLOCKED) {                                                                          \
            out->count = 0;                                                                                    \
        } else if (!name##__more(&out->writer)) {                                                              \
            weft__write_all_ended(&out->writer);                                                               \
            return false;                                                                                      \
        }                                                                                                      \
        WEFT__TRACE_ITEMS_STAY(#name "_write_all", WEFT__JUST ITEMS NULL);                                     \
        return true;                                                                                           \
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
    WEFT__WAIT name##_writer_dropped(weft_coro *co, name##_reader *in)                                         \
    {                                                                                                          \
        if (weft__gone_asks(&in->op, #name "_writer_dropped"))                                                 \
            name##_start_read(co, in, WEFT__JUST NONE 0);                                                      \
        return weft__gone_wait(co, &in->op, WEFT_EVENT_STREAM_READ);                                           \
    }                                                                                                          \
    WEFT__WAIT name##_reader_dropped(weft_coro *co, name##_writer *out)                                        \
    {                                                                                                          \
        if (weft__gone_asks(&out->op, #name "_reader_dropped"))                                                \
            name##_start_write(co, out, WEFT__JUST NONE 0);                                                    \
        return weft__gone_wait(co, &out->op, WEFT_EVENT_STREAM_WRITE);                                         \
    }                                                                                                          \
    WEFT__SEMICOLON

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
    WEFT__WAIT name##_reader_dropped(weft_coro *co, name##_writer *out)                                        \
    {                                                                                                          \
        if (weft__gone_asks(&out->op, #name "_reader_dropped"))                                                \
            (void)weft__future_begin(&out->op, #name "_reader_dropped");                                       \
        return weft__gone_wait(co, &out->op, WEFT_EVENT_FUTURE_WRITE);                                         \
    }                                                                                                          \
    WEFT__FN void name##__default_done(weft__default *base)                                                    \
    {                                                                                                          \
        name##__default *it = (name##__default *)base;                                                         \
        DROP(&it->value, weft_resolved(&base->base));                                                          \
        X##_drop_writable(base->base.op.handle);                                                               \
        weft__op_let_go(&base->base.op);                                                                       \
        weft__free(it, sizeof *it);                                                                            \
    }                                                                                                          \
    /* *spare: memory for the default, if one is needed; or NULL. NULL when it was used. */                    \
    WEFT__FN bool name##__close_with_spare(weft_coro *co, name##_writer *out, name##__default **spare)         \
    {                                                                                                          \
        if (!weft__op_closes(&out->op, #name "_close_writer"))                                                 \
            return true;                                                                                       \
        if (weft_resolved(out) || out->op.status == WEFT_COPY_DROPPED) {                                       \
            DROP(&out->value, weft_resolved(out));                                                             \
            X##_drop_writable(out->op.handle);                                                                 \
            weft__op_let_go(&out->op);                                                                         \
            return true;                                                                                       \
        }                                                                                                      \
        name##__default *it = *spare ? *spare : (name##__default *)weft__alloc(sizeof *it);                    \
        if (!it)                                                                                               \
            return false;                                                                                      \
        *spare = NULL;                                                                                         \
        __builtin_memset(&it->base, 0, sizeof it->base);                                                       \
        out->op.status = WEFT_COPY_CANCELLED; /* for DROPPED by an event, the host still wants the write */    \
        it->base.base.op.handle = weft__op_transfer(&out->op, #name "_close");                                 \
        it->base.done = name##__default_done;                                                                  \
        KEEP;                                                                                                  \
        weft__default_run(co, &it->base, X##_write(it->base.base.op.handle WEFT__JUST IT));                    \
        return true;                                                                                           \
    }                                                                                                          \
    WEFT__FN bool name##_close_writer(weft_coro *co, name##_writer *out)                                       \
    {                                                                                                          \
        name##__default *none = NULL;                                                                          \
        return name##__close_with_spare(co, out, &none);                                                       \
    }                                                                                                          \
    WEFT__FN bool name##_close_writer_blocking(weft_coro *co, name##_writer *out)                              \
    {                                                                                                          \
        weft__op_stop_last(&out->op);                                                                          \
        return name##_close_writer(co, out);                                                                   \
    }                                                                                                          \
    WEFT__SEMICOLON

#define WEFT__STREAM(name, X, T, ITEM, ENDED)                                                                  \
    WEFT__PAYLOAD(X##_read, uint32_t, T *, size_t);                                                            \
    typedef T name##__item;                                                                                    \
    WEFT__STREAM_ENDS(name, X, ENDED)                                                                          \
    WEFT__STREAM_COPIES(name, X, (T * items, ), (ITEM * items, ), (items, ), items,                            \
                        ((const T *)writer->items + writer->count, ), (NULL, ), ENDED)

#define WEFT__STREAM_OWNED(name, X, T, drop)                                                                   \
    WEFT__FN void name##__ended(weft_stream_writer *writer)                                                    \
    {                                                                                                          \
        for (size_t i = 0; i < writer->length; i++)                                                            \
            drop((T *)writer->items + i, i < writer->count);                                                   \
    }                                                                                                          \
    WEFT__STREAM(name, X, T, T, name##__ended)

#define WEFT__STREAM_UNIT(name, X)                                                                             \
    WEFT__PAYLOAD(X##_read, uint32_t, size_t);                                                                 \
    WEFT__STREAM_ENDS(name, X, NULL)                                                                           \
    WEFT__STREAM_COPIES(name, X, (), (), (), NULL, (), (), NULL)

#define WEFT__FUTURE_OWNED(name, X, T, drop)                                                                   \
    WEFT__PAYLOAD(X##_read, uint32_t, T *);                                                                    \
    WEFT__FUTURE_ENDS(name, X, T value;, (, T otherwise), out->value = otherwise)                              \
    WEFT__FUTURE_COPIES(name, X, (, T * value), (, T value), (, value), out->value = value, (, &out->value),   \
                        it->value = out->value, (, &it->value), drop)

#define WEFT__FUTURE_MADE(name, X, T, drop, make)                                                              \
    WEFT__PAYLOAD(X##_read, uint32_t, T *);                                                                    \
    WEFT__FUTURE_ENDS(name, X, T value; void *data;, (, void *data), out->data = data)                         \
    WEFT__FUTURE_COPIES(name, X, (, T * value), (, T value), (, value), out->value = value, (, &out->value),   \
                        (drop(&out->value, false), make(&it->value, out->data)), (, &it->value), drop)

#define WEFT__FUTURE_UNIT(name, X)                                                                             \
    WEFT__PAYLOAD(X##_read, uint32_t);                                                                         \
    WEFT__FUTURE_ENDS(name, X, , (), (void)0)                                                                  \
    WEFT__FUTURE_COPIES(name, X, (), (), (), (void)0, (), (void)0, (), WEFT__KEEP)

// Weak: if nothing is linked that waits, the host never calls back.
WEFT__WEAK uint32_t weft_task_callback(const weft_task_event *event, weft_step *run);

// Runs `task`, whose root's frame is set first.
#define WEFT__EXPORT_START(export, frame, step, start, task_, ...)                                             \
    weft_task *const weft__task = (task_);                                                                     \
    frame *self = weft_frame(weft__task_root(weft__task), frame);                                              \
    weft__zero_frame(&self->co, WEFT__ZEROED(frame));                                                          \
    __VA_ARGS__;                                                                                               \
    return start(weft__task, &export##__weft, (step));

#define WEFT__EXPORT_STEP_OR(world, export, frame, step, parameters, otherwise, ...)                           \
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
        if (WEFT__SHORT && __builtin_expect(export##__first.task.idle, 1)) { /* its address is known */        \
            WEFT__EXPORT_START(export, frame, step, weft_task_start,                                           \
                               weft__task_reuse(&export##__first.task, WEFT__FIRST), __VA_ARGS__)              \
        }                                                                                                      \
        weft_task *const weft__made = WEFT__SHORT ? weft__task_make(&export##__weft)                           \
                                                  : weft_task_new(&export##__weft, &export##__first.task);     \
        if (!weft__made) {                                                                                     \
            otherwise;                                                                                         \
            return WEFT_CALLBACK_EXIT;                                                                         \
        }                                                                                                      \
        WEFT__EXPORT_START(export, frame, step, weft__task_start_made, weft__made, __VA_ARGS__)                \
    }                                                                                                          \
    WEFT__EXTERN_C world##_callback_code_t export##_callback(world##_event_t *event)                           \
    {                                                                                                          \
        return weft_task_callback((const weft_task_event *)(const void *)event, (step));                       \
    }                                                                                                          \
    WEFT__SEMICOLON

#endif
