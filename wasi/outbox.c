// Outboxes: one buffer fills while the other is written.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/outbox.h>
#include "internal.h"

enum { KEPT = 8192 }; // bytes: a buffer of at most so many is kept for what comes

static weft_outbox *outbox_of(weft_coro *co, size_t offset)
{
    return (weft_outbox *)(void *)((char *)co - offset);
}

// Keeps the first error, and returns it. Wakes the writer and who drains.
static weft_error fail(weft_outbox *it, weft_error error)
{
    it->error = it->error ? it->error : error;
    weft_event_set(&it->weft__some);
    weft_event_set(&it->weft__less);
    return it->error;
}

// A write is over. Its buffer is used again, if it is small and nothing has come meanwhile.
static void settle(weft_outbox *it)
{
    it->waiting -= it->weft__sent.count;
    weft_bytes_clear(&it->weft__sent);
    if (!it->weft__next.items && it->weft__sent.capacity <= KEPT)
        it->weft__next = weft_bytes_take(&it->weft__sent);
    weft_bytes_buffer_free(&it->weft__sent);
    weft_event_set(&it->weft__less);
}

static weft_stepped write_run(weft_coro *co)
{
    weft_outbox *it = outbox_of(co, offsetof(weft_outbox, weft__writer));
    WEFT_BEGIN;
    for (;;) {
        weft_event_clear(&it->weft__some);
        if (!it->weft__next.count && !it->error)
            WEFT_AWAIT(weft_event_wait(co, &it->weft__some));
        if (it->error)
            WEFT_FINISH;
        it->weft__sent = weft_bytes_take(&it->weft__next);
        WEFT_AWAIT(weft_write(co, it->weft__out, weft_bytes_text(&it->weft__sent)));
        if (it->weft__out->error)
            fail(it, it->weft__out->error);
        else
            settle(it);
    }
    WEFT_FINALLY;
    it->waiting = 0;
    it->weft__out = NULL;
    weft_event_set(&it->weft__less);
    weft_bytes_buffer_free(&it->weft__next);
    weft_bytes_buffer_free(&it->weft__sent);
    WEFT_END;
}

void weft_outbox_open(weft_coro *co, weft_outbox *it, weft_bytes_writer *out, size_t limit)
{
    it->error = WEFT_OK;
    it->weft__out = out;
    it->weft__limit = limit;
    weft_spawn(co, &it->weft__scope, &it->weft__child, &it->weft__writer, write_run);
    weft_detach(&it->weft__child);
}

// ---- Putting ----

// True if `length` more bytes may wait. Else the outbox has failed.
static bool has_room(weft_outbox *it, size_t length)
{
    if (!it->weft__out)
        fail(it, WEFT_ESTATE);
    else if (length > it->weft__limit - it->waiting)
        fail(it, WEFT_ELIMIT);
    return !it->error;
}

// Something was appended to the buffer, which had `before` bytes.
static weft_error put(weft_outbox *it, size_t before)
{
    if (it->weft__next.error)
        return fail(it, it->weft__next.error);
    it->waiting += it->weft__next.count - before;
    weft_event_set(&it->weft__some);
    return it->error;
}

weft_error weft_outbox_put(weft_outbox *it, weft_text text)
{
    size_t before = it->weft__next.count;
    if (!has_room(it, text.length))
        return it->error;
    weft_bytes_append(&it->weft__next, text);
    return put(it, before);
}

weft_error weft_outbox_format(weft_outbox *it, const char *format, ...)
{
    size_t before = it->weft__next.count;
    va_list arguments;
    if (!has_room(it, 0))
        return it->error;
    va_start(arguments, format);
    weft_bytes_append_vformat(&it->weft__next, format, arguments);
    va_end(arguments);
    size_t length = it->weft__next.count - before;
    if (!has_room(it, length)) {
        it->weft__next.count = before;
        return it->error;
    }
    return put(it, before);
}

// ---- Waiting ----

static weft_stepped drain_run(weft_coro *co)
{
    weft_outbox *it = outbox_of(co, offsetof(weft_outbox, weft__drain));
    WEFT_BEGIN;
    while (it->waiting > it->weft__most && !it->error) {
        weft_event_clear(&it->weft__less);
        WEFT_AWAIT(weft_event_wait(co, &it->weft__less));
    }
    WEFT_FINALLY;
    WEFT_END;
}

weft_poll weft_outbox_drain(weft_coro *co, weft_outbox *it, size_t most)
{
    if (it->waiting <= most || it->error)
        return weft_breathe(co);
    it->weft__most = most;
    return weft_call(co, &it->weft__drain, drain_run);
}

weft_poll weft_outbox_close(weft_coro *co, weft_outbox *it)
{
    return weft_scope_close(co, &it->weft__scope);
}
