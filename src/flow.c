// What the waits of flow.h share over streams of all types: read exactly, read to the end, forward.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/flow.h>
#include "internal.h"

// The first capacity of a buffer, where the limit allows it.
enum { FIRST = 4096 }; // bytes

// Takes the reader's count, so that each item is counted once: a finaliser may find a read that was cut short,
// or one whose items were counted. It is no more than was asked for, whatever the host says.
static size_t take_count(weft_stream_reader *in, size_t asked)
{
    size_t count = in->count;
    in->count = 0;
    return count < asked ? count : asked;
}

// True if there may be more.
static bool goes_on(const weft_stream_reader *in)
{
    return !weft_dropped(in) && !weft_copy_cancelled(in);
}

static weft_stepped exactly_run(weft_coro *co)
{
    weft_exactly *self = weft_frame(co, weft_exactly);
    WEFT_BEGIN;
    do {
        self->read(co, self->in, self->items + self->done * self->size, self->length - self->done);
        WEFT_AWAIT(weft_await(co, self->in));
        self->done += take_count(self->in, self->length - self->done);
    } while (self->done < self->length && goes_on(self->in));
    WEFT_FINALLY;
    self->in->count += self->done;
    WEFT_END;
}

weft_poll weft__read_exactly(weft_coro *co, weft_exactly *exactly, weft_read_start *read,
                             weft_stream_reader *in, void *items, size_t size, size_t length)
{
    WEFT__CHECK(exactly->co.state > WEFT__ENDED, child_busy, "read_exactly", 0);
    *exactly = (weft_exactly){.in = in, .read = read, .items = items, .size = size, .length = length};
    in->count = 0;
    return length ? weft_call(co, &exactly->co, exactly_run) : weft__ready();
}

bool weft__buffer_grow(weft_buffer *buffer, size_t size, size_t least, size_t limit)
{
    size_t capacity = buffer->capacity ? buffer->capacity * 2 : size < FIRST ? FIRST / size : 1;
    if (capacity < least)
        capacity = least; // not covered: what weft/wasi's buffers ask for
    if (capacity > limit)
        capacity = limit;
    if (capacity <= buffer->capacity || capacity > PTRDIFF_MAX / size) // so the product fits
        return false; // not covered: takes a buffer of half of all memory
    void *items = weft__alloc(capacity * size);
    if (!items)
        return false;
    if (buffer->items) {
        __builtin_memcpy(items, buffer->items, buffer->count * size);
        weft__free(buffer->items, buffer->capacity * size);
    }
    buffer->items = items;
    buffer->capacity = capacity;
    return true;
}

static size_t room(const weft_to_end *self)
{
    size_t capacity = self->buffer->capacity < self->limit ? self->buffer->capacity : self->limit;
    return capacity > self->buffer->count ? capacity - self->buffer->count : 0;
}

static weft_stepped to_end_run(weft_coro *co)
{
    weft_to_end *self = weft_frame(co, weft_to_end);
    WEFT_BEGIN;
    for (;;) {
        weft_buffer *buffer = self->buffer;
        if (!weft_dropped(self->in) && !room(self) && buffer->count < self->limit &&
            !weft__buffer_grow(buffer, self->size, buffer->count + 1, self->limit)) {
            self->error = WEFT_ENOMEM;
            break;
        }
        // At the limit, a read of length 0: it waits until there is more, or the end.
        self->read(co, self->in, (char *)buffer->items + buffer->count * self->size, room(self));
        WEFT_AWAIT(weft_await(co, self->in));
        bool full = !room(self);
        self->buffer->count += take_count(self->in, room(self));
        if (goes_on(self->in) && !full)
            continue;
        if (weft_dropped(self->in))
            self->error = WEFT_OK;
        else if (full && !weft_copy_cancelled(self->in))
            self->error = WEFT_ELIMIT;
        break;
    }
    WEFT_FINALLY;
    self->buffer->count += take_count(self->in, room(self));
    WEFT_END;
}

weft_poll weft__read_to_end(weft_coro *co, weft_to_end *to_end, weft_read_start *read, weft_stream_reader *in,
                            weft_buffer *buffer, size_t size, size_t limit)
{
    WEFT__CHECK(to_end->co.state > WEFT__ENDED, child_busy, "read_to_end", 0);
    *to_end = (weft_to_end){.in = in, .read = read, .buffer = buffer, .size = size, .limit = limit};
    to_end->error = WEFT_ECANCELED;
    in->count = 0;
    return weft_call(co, &to_end->co, to_end_run);
}

void weft__buffer_free(weft_buffer *buffer, size_t size, weft_item_drop *drop)
{
    for (size_t i = 0; drop && i < buffer->count; i++)
        drop((char *)buffer->items + i * size, false);
    if (buffer->items)
        weft__free(buffer->items, buffer->capacity * size);
    *buffer = (weft_buffer){0};
}

enum { NOTHING, READING, WRITING };

// Counts the items of the read or write that has ended, once.
static size_t count_once(weft_forward *self)
{
    size_t count = 0;
    if (self->doing == READING) {
        count = self->in->count;
        self->taken += count;
        self->rest = 0;
    } else if (self->doing == WRITING) {
        count = self->out->count;
        self->given += count;
        self->rest = count;
    }
    self->doing = NOTHING;
    return count;
}

static weft_stepped forward_run(weft_coro *co)
{
    weft_forward *self = weft_frame(co, weft_forward);
    WEFT_BEGIN;
    for (;;) {
        self->doing = READING;
        self->read(co, self->in, self->items, self->length);
        WEFT_AWAIT(weft_await(co, self->in));
        size_t count = self->in->count;
        if (!count)
            break;
        count_once(self);
        self->doing = WRITING;
        self->write(co, self->out, self->items, count);
        WEFT_AWAIT(weft_await(co, self->out));
        if (count_once(self) < self->in->count || weft_dropped(self->out) || weft_copy_cancelled(self->in))
            break;
    }
    WEFT_FINALLY;
    bool unwritten = self->doing == READING;
    size_t count = count_once(self);
    for (size_t i = 0; unwritten && self->drop && i < count; i++)
        self->drop(self->items + i * self->size, false);
    WEFT_END;
}

weft_poll weft__forward(weft_coro *co, weft_forward *forward)
{
    return weft_call(co, &forward->co, forward_run);
}
