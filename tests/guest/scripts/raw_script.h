// Runs scripts (script.h) on the raw bindings. Nothing here blocks: a step that waits says what for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RAW_SCRIPT_H
#define RAW_SCRIPT_H

#include "script.h"

// The functions of one kind of stream or future.
typedef struct script_kind {
    const item_kind *item;
    bool stream;
    uint32_t (*make)(uint32_t *writer);
    uint32_t (*read)(uint32_t end, void *items, size_t length);
    uint32_t (*write)(uint32_t end, const void *items, size_t length);
    uint32_t (*cancel_read)(uint32_t end);
    uint32_t (*cancel_write)(uint32_t end);
    void (*drop_readable)(uint32_t end);
    void (*drop_writable)(uint32_t end);
} script_kind;

#define SCRIPT_STREAM(name, X, T, item_) SCRIPT__STREAM(name, X, T, item_)
#define SCRIPT__STREAM(name, X, T, item_)                                                                      \
    static uint32_t name##__read(uint32_t end, void *items, size_t length)                                     \
    {                                                                                                          \
        return X##_read(end, items, length);                                                                   \
    }                                                                                                          \
    static uint32_t name##__write(uint32_t end, const void *items, size_t length)                              \
    {                                                                                                          \
        return X##_write(end, items, length);                                                                  \
    }                                                                                                          \
    SCRIPT__KIND(name, X, item_, true)

#define SCRIPT_FUTURE(name, X, T, item_) SCRIPT__FUTURE(name, X, T, item_)
#define SCRIPT__FUTURE(name, X, T, item_)                                                                      \
    static uint32_t name##__read(uint32_t end, void *items, size_t length)                                     \
    {                                                                                                          \
        (void)length;                                                                                          \
        return X##_read(end, items);                                                                           \
    }                                                                                                          \
    static uint32_t name##__write(uint32_t end, const void *items, size_t length)                              \
    {                                                                                                          \
        (void)length;                                                                                          \
        return X##_write(end, items);                                                                          \
    }                                                                                                          \
    SCRIPT__KIND(name, X, item_, false)

#define SCRIPT_FUTURE_UNIT(name, X, item_) SCRIPT__FUTURE_UNIT(name, X, item_)
#define SCRIPT__FUTURE_UNIT(name, X, item_)                                                                    \
    static uint32_t name##__read(uint32_t end, void *items, size_t length)                                     \
    {                                                                                                          \
        (void)items, (void)length;                                                                             \
        return X##_read(end);                                                                                  \
    }                                                                                                          \
    static uint32_t name##__write(uint32_t end, const void *items, size_t length)                              \
    {                                                                                                          \
        (void)items, (void)length;                                                                             \
        return X##_write(end);                                                                                 \
    }                                                                                                          \
    SCRIPT__KIND(name, X, item_, false)

#define SCRIPT__KIND(name, X, item_, stream_)                                                                  \
    static const script_kind name##_kind = {&item_,           stream_,           X##_new,                      \
                                            name##__read,     name##__write,     X##_cancel_read,              \
                                            X##_cancel_write, X##_drop_readable, X##_drop_writable};

typedef struct script {
    const script_kind *kind;
    bool writes;
    const char *at;  // the rest of the script
    uint32_t handle; // 0: closed
    uint32_t set;    // 0 until needed
    bool in_flight, all, waits;
    bool standing;   // at a waiting step, and has asked once
    bool spent;      // a future's value has moved, or its other end is gone
    bool leaving;    // closed, with the default on its way
    uint32_t status; // the last
    size_t length, count;
    uint32_t made;
    _Alignas(8) char items[ITEMS_MAX * ITEM_SIZE_MAX]; // a future's writer: what it holds
} script;

static bool script_waits(script *self, bool again);
static void script_stands(uint32_t where);

static char *script_item(script *self, size_t i)
{
    return self->items + i * self->kind->item->size;
}

// The end to be written: of a future, with its default.
static uint32_t script_make(script *self, const script_kind *kind)
{
    *self = (script){.kind = kind, .writes = true, .length = 1};
    if (!kind->stream)
        kind->item->make(self->items, DEFAULT_NUMBER);
    return kind->make(&self->handle);
}

// The host said `status`. True if the copy is over; false if it goes on.
static bool script_told(script *self, uint32_t status)
{
    self->in_flight = status == WEFT_BLOCKED;
    if (self->in_flight)
        return false;
    self->status = status;
    self->count += WEFT_STATUS_COUNT(status);
    if (!self->kind->stream)
        self->spent = WEFT_STATUS_STATE(status) != WEFT_COPY_CANCELLED;
    return true;
}

// Goes on with a write of all; true if it is over.
static bool script_more(script *self)
{
    while (self->all && self->count < self->length && WEFT_STATUS_STATE(self->status) == WEFT_COPY_COMPLETED)
        if (!script_told(self, self->kind->write(self->handle, script_item(self, self->count),
                                                 self->length - self->count)))
            return false;
    return true;
}

// The items of a stream's write are given up.
static void script_settle(script *self)
{
    for (size_t i = 0; self->writes && self->kind->stream && i < self->length; i++)
        script_drop(self->kind->item, script_item(self, i), i < self->count);
    self->length = 1;
}

static void script_result(script *self)
{
    script_settle(self);
    uint32_t state = WEFT_STATUS_STATE(self->status);
    log_word(state == WEFT_COPY_DROPPED ? "D" : state == WEFT_COPY_CANCELLED ? "X" : "C");
    if (self->kind->stream)
        log_number((uint32_t)self->count);
    if (!self->writes && !self->kind->stream && state == WEFT_COPY_COMPLETED)
        self->count = 1;
    if (!self->writes && self->count)
        log_items(self->kind->item, self->items, self->count);
}

static void script_start(script *self, bool all)
{
    self->all = all;
    self->count = 0;
    uint32_t status;
    if (self->writes) {
        if (!self->kind->stream)
            script_drop(self->kind->item, self->items, false);
        for (size_t i = 0; i < self->length; i++)
            self->kind->item->make(script_item(self, i), ++self->made);
        status = self->kind->write(self->handle, self->items, self->length);
    } else {
        status = self->kind->read(self->handle, self->items, self->length);
    }
    if (script_told(self, status) && script_more(self))
        script_result(self);
    else
        log_word("B");
}

static void script_stop(script *self)
{
    if (!self->in_flight)
        return;
    uint32_t status = (self->writes ? self->kind->cancel_write : self->kind->cancel_read)(self->handle);
    script_told(self, status);
    if (self->all && WEFT_STATUS_STATE(status) == WEFT_COPY_COMPLETED && self->count < self->length)
        self->status = WEFT_COPY_CANCELLED;
}

static void script_drop_end(script *self)
{
    if (self->writes && !self->kind->stream)
        script_drop(self->kind->item, self->items, WEFT_STATUS_STATE(self->status) == WEFT_COPY_COMPLETED);
    (self->writes ? self->kind->drop_writable : self->kind->drop_readable)(self->handle);
    self->handle = 0;
}

static void script_close(script *self)
{
    if (!self->handle || self->leaving)
        return;
    if (self->in_flight) {
        script_stop(self);
        script_settle(self);
        if (!self->writes && self->count) {
            log_word("");
            log_items(self->kind->item, self->items, self->count);
        }
    }
    if (self->writes && !self->kind->stream && !self->spent &&
        !script_told(self, self->kind->write(self->handle, self->items, 1)))
        self->leaving = true;
    else
        script_drop_end(self);
}

// Does the step at `at` and goes past it; false if it has to wait.
static bool script_do(script *self)
{
    char step = *self->at;
    if (step >= '0' && step <= '9')
        self->length = (size_t)(step - '0');
    else if (step == 's' || step == 'f')
        script_start(self, step == 'f');
    else if (step == 'x')
        script_stop(self), script_result(self);
    else if (step == 'c')
        script_close(self);
    else
        return false;
    self->at++;
    return true;
}

static uint32_t script_wait(script *self)
{
    if (!self->set)
        self->set = __waitable_set_new();
    __waitable_join(self->handle, self->set);
    self->waits = true;
    return WEFT_CALLBACK_WAIT | self->set << 4;
}

// Runs on after `event`, at first NONE, for `waitable`; answers as a callback does. Set before: kind, writes,
// at and the end; length is 1.
static uint32_t script_run(script *self, uint32_t event, uint32_t waitable, uint32_t code)
{
    if (self->waits) {
        uint32_t due = (self->kind->stream ? WEFT_EVENT_STREAM_READ : WEFT_EVENT_FUTURE_READ) + self->writes;
        EXPECT(event, due);
        EXPECT(waitable, self->handle);
        bool over = script_told(self, code) && script_more(self);
        if (!over)
            return script_wait(self);
        self->waits = false;
        __waitable_join(self->handle, 0);
        if (self->leaving) {
            script_drop_end(self);
        } else {
            script_stands(STANDS_NOWHERE);
            script_result(self);
            self->at++;
        }
    }
    while (*self->at) {
        if (script_do(self))
            continue;
        if (*self->at == 'a') {
            if (self->in_flight) {
                script_stands(STANDS_AT_AWAIT);
                return script_wait(self);
            }
            script_result(self);
            self->at++;
        } else if (*self->at == '~') {
            self->at++;
            return WEFT_CALLBACK_YIELD;
        } else {
            bool again = self->standing;
            self->standing = script_waits(self, again);
            if (self->standing)
                return WEFT_CALLBACK_YIELD;
        }
    }
    script_close(self);
    script_stands(STANDS_AT_END);
    if (self->leaving && self->handle)
        return script_wait(self);
    if (self->set)
        __waitable_set_drop(self->set);
    return WEFT_CALLBACK_EXIT;
}

#endif
