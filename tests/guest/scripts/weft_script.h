// Runs scripts (script.h) on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SCRIPT_H
#define WEFT_SCRIPT_H

#include "script.h"
#include <weft/weft.h>

// Any typed reader or writer.
typedef union script_end {
    weft_op op;
    weft_stream_reader reader;
    weft_stream_writer writer;
    uint64_t space[12];
} script_end;

// The typed functions of one kind of stream or future.
typedef struct script_kind {
    const item_kind *item;
    bool stream;
    uint32_t (*make)(script_end *out);
    void (*wrap)(script_end *in, uint32_t handle);
    void (*start_read)(weft_coro *co, script_end *in, void *items, size_t length);
    void (*start_write)(weft_coro *co, script_end *out, void *items, size_t length);
    void (*start_write_all)(weft_coro *co, script_end *out, void *items, size_t length);
    void (*close_reader)(script_end *in);
    bool (*close_writer)(weft_coro *co, script_end *out);
} script_kind;

// What streams and futures have in common.
#define SCRIPT__ENDS(name)                                                                                     \
    _Static_assert(sizeof(name##_writer) <= sizeof(script_end), "no room for the writer");                     \
    static void name##__wrap(script_end *in, uint32_t handle)                                                  \
    {                                                                                                          \
        *(name##_reader *)in = name##_reader_of(handle);                                                       \
    }                                                                                                          \
    static void name##__close_reader(script_end *in)                                                           \
    {                                                                                                          \
        name##_close_reader_blocking((name##_reader *)in);                                                     \
    }

// Binds X, a stream of T, to `name`, and makes name_kind. The items are those of `item`, an item_kind.
#define SCRIPT_STREAM(name, X, T, item_) SCRIPT__STREAM(name, X, T, item_)
#define SCRIPT__STREAM(name, X, T, item_)                                                                      \
    static void name##__drop(T *value, bool moved)                                                             \
    {                                                                                                          \
        script_drop(&item_, value, moved);                                                                     \
    }                                                                                                          \
    WEFT_STREAM_OWNED(name, X, T, name##__drop);                                                               \
    SCRIPT__ENDS(name)                                                                                         \
    static uint32_t name##__make(script_end *out)                                                              \
    {                                                                                                          \
        return name##_new((name##_writer *)out);                                                               \
    }                                                                                                          \
    static void name##__read(weft_coro *co, script_end *in, void *items, size_t length)                        \
    {                                                                                                          \
        name##_start_read(co, (name##_reader *)in, items, length);                                             \
    }                                                                                                          \
    static void name##__write(weft_coro *co, script_end *out, void *items, size_t length)                      \
    {                                                                                                          \
        name##_start_write(co, (name##_writer *)out, items, length);                                           \
    }                                                                                                          \
    static void name##__write_all(weft_coro *co, script_end *out, void *items, size_t length)                  \
    {                                                                                                          \
        name##_start_write_all(co, (name##_writer *)out, items, length);                                       \
    }                                                                                                          \
    static bool name##__close_writer(weft_coro *co, script_end *out)                                           \
    {                                                                                                          \
        (void)co;                                                                                              \
        name##_close_writer_blocking((name##_writer *)out);                                                    \
        return true;                                                                                           \
    }                                                                                                          \
    static const script_kind name##_kind = {&item_,                                                            \
                                            true,                                                              \
                                            name##__make,                                                      \
                                            name##__wrap,                                                      \
                                            name##__read,                                                      \
                                            name##__write,                                                     \
                                            name##__write_all,                                                 \
                                            name##__close_reader,                                              \
                                            name##__close_writer};

// The same for X, a future.
#define SCRIPT_FUTURE(name, X, T, item_) SCRIPT__FUTURE(name, X, T, item_)
#define SCRIPT__FUTURE(name, X, T, item_)                                                                      \
    static void name##__drop(T *value, bool moved)                                                             \
    {                                                                                                          \
        script_drop(&item_, value, moved);                                                                     \
    }                                                                                                          \
    WEFT_FUTURE_OWNED(name, X, T, name##__drop);                                                               \
    static uint32_t name##__make(script_end *out)                                                              \
    {                                                                                                          \
        T value;                                                                                               \
        item_.make(&value, DEFAULT_NUMBER);                                                                    \
        return name##_new((name##_writer *)out, value);                                                        \
    }                                                                                                          \
    static void name##__read(weft_coro *co, script_end *in, void *items, size_t length)                        \
    {                                                                                                          \
        (void)length;                                                                                          \
        name##_start_read(co, (name##_reader *)in, items);                                                     \
    }                                                                                                          \
    static void name##__write(weft_coro *co, script_end *out, void *items, size_t length)                      \
    {                                                                                                          \
        (void)length;                                                                                          \
        name##_start_write(co, (name##_writer *)out, *(T *)items);                                             \
    }                                                                                                          \
    SCRIPT__FUTURE_KIND(name, item_)

// The same for X, a future without payload.
#define SCRIPT_FUTURE_UNIT(name, X, item_) SCRIPT__FUTURE_UNIT(name, X, item_)
#define SCRIPT__FUTURE_UNIT(name, X, item_)                                                                    \
    WEFT_FUTURE_UNIT(name, X);                                                                                 \
    static uint32_t name##__make(script_end *out)                                                              \
    {                                                                                                          \
        return name##_new((name##_writer *)out);                                                               \
    }                                                                                                          \
    static void name##__read(weft_coro *co, script_end *in, void *items, size_t length)                        \
    {                                                                                                          \
        (void)items, (void)length;                                                                             \
        name##_start_read(co, (name##_reader *)in);                                                            \
    }                                                                                                          \
    static void name##__write(weft_coro *co, script_end *out, void *items, size_t length)                      \
    {                                                                                                          \
        (void)items, (void)length;                                                                             \
        name##_start_write(co, (name##_writer *)out);                                                          \
    }                                                                                                          \
    SCRIPT__FUTURE_KIND(name, item_)

#define SCRIPT__FUTURE_KIND(name, item_)                                                                       \
    SCRIPT__ENDS(name)                                                                                         \
    static bool name##__close_writer(weft_coro *co, script_end *out)                                           \
    {                                                                                                          \
        return name##_close_writer_blocking(co, (name##_writer *)out);                                         \
    }                                                                                                          \
    static const script_kind name##_kind = {                                                                   \
        &item_,        false,         name##__make,         name##__wrap,        name##__read,                 \
        name##__write, name##__write, name##__close_reader, name##__close_writer};

typedef struct script {
    weft_coro co;
    const script_kind *kind;
    bool writes;
    const char *at; // the rest of the script
    script_end end;
    uint32_t length; // of the next start
    uint32_t made;   // items
    uint32_t mine;   // items of the last stream write that this side still has to give up
    bool arrived;    // a stream read's items are in, and not logged yet
    bool standing;   // at a waiting step, and has asked once
    _Alignas(8) char items[ITEMS_MAX * ITEM_SIZE_MAX];
} script;

// Provided by the side: a step that it knows besides those below. True while the script has to wait there.
static bool script_waits(script *self, bool again);
static void script_stands(uint32_t where);

static size_t script_moved(script *self)
{
    return self->writes ? self->end.writer.count : self->end.reader.count;
}

// Gives up what the last stream copy left with this side, now that it is over.
static void script_settle(script *self)
{
    for (uint32_t i = 0; i < self->mine; i++)
        script_drop(self->kind->item, self->items + i * self->kind->item->size, i < script_moved(self));
    self->mine = 0;
}

static void script_result(script *self)
{
    script_end *end = &self->end;
    if (weft_in_flight(end)) {
        log_word("B");
        return;
    }
    script_settle(self);
    log_word(weft_dropped(end) ? "D" : weft_copy_cancelled(end) ? "X" : "C");
    if (self->kind->stream)
        log_number((uint32_t)script_moved(self));
    if (!self->writes && (self->kind->stream ? script_moved(self) > 0 : weft_resolved(end)))
        log_items(self->kind->item, self->items, self->kind->stream ? script_moved(self) : 1);
    self->arrived = false;
}

static void script_start(script *self, weft_coro *co, bool all)
{
    if (self->writes) {
        for (uint32_t i = 0; i < self->length; i++)
            self->kind->item->make(self->items + i * self->kind->item->size, ++self->made);
        self->mine = self->kind->stream && !all ? self->length : 0;
        (all ? self->kind->start_write_all : self->kind->start_write)(co, &self->end, self->items,
                                                                      self->length);
    } else {
        self->arrived = self->kind->stream;
        self->kind->start_read(co, &self->end, self->items, self->length);
    }
    self->length = 1;
    script_result(self);
}

static void script_close(script *self, weft_coro *co)
{
    if (self->writes) {
        if (!self->kind->close_writer(co, &self->end))
            log_word("!");
    } else {
        self->kind->close_reader(&self->end);
        if (self->arrived && script_moved(self)) {
            log_word("");
            log_items(self->kind->item, self->items, script_moved(self));
        }
        self->arrived = false;
    }
    script_settle(self);
}

// Does the step at `at` and goes past it; false if it has to wait.
static bool script_do(script *self, weft_coro *co)
{
    char step = *self->at;
    if (step >= '0' && step <= '9')
        self->length = (uint32_t)(step - '0');
    else if (step == 's' || step == 'f')
        script_start(self, co, step == 'f');
    else if (step == 'x')
        weft_stop_blocking(&self->end), script_result(self);
    else if (step == 'c')
        script_close(self, co);
    else
        return false;
    self->at++;
    return true;
}

// Set before: kind, writes, at and the end.
static weft_stepped script_run(weft_coro *co)
{
    script *self = weft_frame(co, script);
    WEFT_BEGIN;
    self->length = 1;
    while (*self->at) {
        if (script_do(self, co))
            continue;
        if (*self->at == 'a') {
            script_stands(STANDS_AT_AWAIT);
            WEFT_AWAIT(weft_await(co, &self->end));
            script_stands(STANDS_NOWHERE);
            script_result(self);
            self->at++;
        } else if (*self->at == '~') {
            self->at++;
            WEFT_AWAIT(weft_yield(co));
        } else {
            self->standing = false;
            while (script_waits(self, self->standing)) {
                self->standing = true;
                WEFT_AWAIT(weft_yield(co));
            }
        }
    }
    WEFT_FINALLY;
    script_close(self, co);
    script_stands(STANDS_AT_END);
    WEFT_END;
}

#endif
