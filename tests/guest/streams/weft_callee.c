// The peer of the streams' tests, on Weft. Its ends are global: each call is a task of its own that works them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define CALLEE
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include "payload.h"
#include <weft/weft.h>

#ifdef PAYLOAD_NONE
WEFT_STREAM_UNIT(items, exports_weft_streams_peer_stream_void);
#else
WEFT_STREAM(items, exports_weft_streams_peer_stream_item, item);
#endif

typedef STREAM_T(exports_weft_streams_peer) stream;

static items_reader reader;
static items_writer writer;
static uint32_t next_read, next_written; // places in the streams
static uint32_t cancelled_with;

uint64_t exports_weft_streams_peer_probe(void)
{
    return probe();
}

stream exports_weft_streams_peer_make(void)
{
    next_written = 0;
    return items_new(&writer);
}

void exports_weft_streams_peer_take(stream in)
{
    next_read = 0;
    reader = items_reader_of(in);
}

uint32_t exports_weft_streams_peer_cancelled_with(void)
{
    return cancelled_with;
}

void exports_weft_streams_peer_close_writer(void)
{
    items_close_writer_blocking(&writer);
}

void exports_weft_streams_peer_close_reader(void)
{
    items_close_reader_blocking(&reader);
}

#define STATUS(end)                                                                                            \
    ((uint32_t)(end).count << 4 | weft_dropped(&(end)) | (uint32_t)weft_copy_cancelled(&(end)) << 1)

static uint32_t written(void)
{
    next_written += (uint32_t)writer.count;
    return STATUS(writer);
}

static uint32_t received(const item *items, size_t length)
{
    if (!holds(items, length, next_read, reader.count))
        return WRONG_ITEMS;
    next_read += (uint32_t)reader.count;
    return STATUS(reader);
}

typedef struct {
    weft_coro co;
    uint32_t n;
    item *items;
    items_reader gate;
    item *opened;
} copy;

static weft_stepped write_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_items(self->n, next_written);
    WEFT_AWAIT(items_write(co, &writer, ITEMS(self->items) self->n));
    WEFT_RETURN(co, exports_weft_streams_peer_write, written());
    WEFT_FINALLY;
    if (weft_cancelled(co))
        cancelled_with = written();
    free(self->items);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_write, copy, write_run, (uint32_t n), self->n = n);

static weft_stepped write_all_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_items(self->n, next_written);
    WEFT_AWAIT(items_write_all(co, &writer, ITEMS(self->items) self->n));
    WEFT_RETURN(co, exports_weft_streams_peer_write_all, written());
    WEFT_FINALLY;
    if (weft_cancelled(co))
        cancelled_with = written();
    free(self->items);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_write_all, copy, write_all_run, (uint32_t n), self->n = n);

static weft_stepped read_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_buffer(self->n);
    WEFT_AWAIT(items_read(co, &reader, ITEMS(self->items) self->n));
    WEFT_RETURN(co, exports_weft_streams_peer_read, received(self->items, self->n));
    WEFT_FINALLY;
    if (weft_cancelled(co))
        cancelled_with = received(self->items, self->n);
    free(self->items);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_read, copy, read_run, (uint32_t n), self->n = n);

static weft_stepped write_and_close_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_items(self->n, next_written);
    items_start_write(co, &writer, ITEMS(self->items) self->n);
    bool blocked = weft_in_flight(&writer);
    items_close_writer_blocking(&writer);
    WEFT_RETURN(co, exports_weft_streams_peer_write_and_close, blocked ? (uint32_t)writer.count : UINT32_MAX);
    WEFT_FINALLY;
    free(self->items);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_write_and_close, copy, write_and_close_run, (uint32_t n),
                 self->n = n);

static weft_stepped read_and_close_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_buffer(self->n);
    items_start_read(co, &reader, ITEMS(self->items) self->n);
    bool blocked = weft_in_flight(&reader);
    items_close_reader_blocking(&reader);
    WEFT_RETURN(co, exports_weft_streams_peer_read_and_close, blocked ? (uint32_t)reader.count : UINT32_MAX);
    WEFT_FINALLY;
    free(self->items);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_read_and_close, copy, read_and_close_run, (uint32_t n),
                 self->n = n);

// Between the two copies the end is idle in the set of a task that waits for something else.
static weft_stepped read_gated_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_buffer(self->n);
    self->opened = new_buffer(1);
    WEFT_AWAIT(items_read(co, &reader, ITEMS(self->items) self->n));
    received(self->items, self->n);
    WEFT_AWAIT(items_read(co, &self->gate, ITEMS(self->opened) 1));
    free(self->items);
    self->items = new_buffer(self->n);
    WEFT_AWAIT(items_read(co, &reader, ITEMS(self->items) self->n));
    WEFT_RETURN(co, exports_weft_streams_peer_read_gated, received(self->items, self->n));
    WEFT_FINALLY;
    items_close_reader(&self->gate);
    free(self->items);
    free(self->opened);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_read_gated, copy, read_gated_run, (uint32_t n, stream gate),
                 self->n = n, self->gate = items_reader_of(gate));

static weft_stepped write_gated_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    self->items = new_items(self->n, next_written);
    self->opened = new_buffer(1);
    WEFT_AWAIT(items_write(co, &writer, ITEMS(self->items) self->n));
    written();
    WEFT_AWAIT(items_read(co, &self->gate, ITEMS(self->opened) 1));
    free(self->items);
    self->items = new_items(self->n, next_written);
    WEFT_AWAIT(items_write(co, &writer, ITEMS(self->items) self->n));
    WEFT_RETURN(co, exports_weft_streams_peer_write_gated, written());
    WEFT_FINALLY;
    items_close_reader(&self->gate);
    free(self->items);
    free(self->opened);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_write_gated, copy, write_gated_run,
                 (uint32_t n, stream gate), self->n = n, self->gate = items_reader_of(gate));

static weft_stepped later_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    for (self->n = 0; self->n < 5; self->n++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN_VOID(co, exports_weft_streams_peer_later);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_later, copy, later_run, (void), );
