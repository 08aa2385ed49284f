// The peer of the tests of flow.h, on Weft: it feeds streams from coroutines and reads them exactly.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

static void drop_name(callee_string_t *name, bool moved)
{
    (void)moved;
    if (name->len)
        free(name->ptr);
}

WEFT_STREAM(numbers, exports_weft_flow_peer_stream_u32, uint32_t);
WEFT_FLOW(numbers, uint32_t);
WEFT_STREAM(bytes, exports_weft_flow_peer_stream_u8, uint8_t);
WEFT_FLOW(bytes, uint8_t);
WEFT_STREAM_OWNED(names, exports_weft_flow_peer_stream_string, callee_string_t, drop_name);
WEFT_FLOW_OWNED(names, callee_string_t, drop_name);
WEFT_STREAM_UNIT(ticks, exports_weft_flow_peer_stream_void);
WEFT_FLOW_UNIT(ticks);

uint64_t exports_weft_flow_peer_probe(void)
{
    return probe();
}

// What feeds a stream of numbers.
typedef struct {
    numbers_feed feed;
    ticks_reader until;
    uint32_t at, count, chunk;
    uint32_t buffer[1000];
} feed_numbers;

WEFT_ASYNC_FEED(numbers, feed_numbers)
{
    WEFT_BEGIN;
    while (self->at < self->count && !weft_dropped(&self->feed.out)) {
        uint32_t n = self->count - self->at < self->chunk ? self->count - self->at : self->chunk;
        for (uint32_t i = 0; i < n; i++)
            self->buffer[i] = self->at + i;
        WEFT_AWAIT(numbers_write_all(co, &self->feed.out, self->buffer, n));
        self->at += (uint32_t)self->feed.out.count;
    }
    while (self->until.op.handle && !weft_dropped(&self->until))
        WEFT_AWAIT(ticks_next(co, &self->until));
    WEFT_FINALLY;
    ticks_close_reader(&self->until);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t count, chunk;
    ticks_reader until;
} give;

static weft_stepped numbers_run(weft_coro *co)
{
    give *self = weft_frame(co, give);
    WEFT_BEGIN;
    uint32_t handle = 0;
    WEFT_FEED_NEW(numbers, feed_numbers, NULL, &handle, .count = self->count, .chunk = self->chunk,
                  .until = self->until);
    if (co->task->from->name[sizeof "exports_weft_flow_peer_" - 1] == 's')
        WEFT_RETURN(co, exports_weft_flow_peer_slow, handle);
    else
        WEFT_RETURN(co, exports_weft_flow_peer_numbers, handle);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_flow_peer_numbers, give, numbers_run, (uint32_t count, uint32_t chunk),
                 self->count = count, self->chunk = chunk);
WEFT_EXPORT_STEP(callee, exports_weft_flow_peer_slow, give, numbers_run, (uint32_t count, uint32_t until),
                 self->count = count, self->chunk = 1, self->until = ticks_reader_of(until));

typedef struct {
    bytes_feed feed;
    callee_string_t text;
    size_t at;
    uint32_t chunk;
} feed_text;

WEFT_ASYNC_FEED(bytes, feed_text)
{
    WEFT_BEGIN;
    while (self->at < self->text.len && !weft_dropped(&self->feed.out)) {
        size_t n = self->text.len - self->at;
        WEFT_AWAIT(
            bytes_write_all(co, &self->feed.out, self->text.ptr + self->at, n < self->chunk ? n : self->chunk));
        self->at += self->feed.out.count;
    }
    WEFT_FINALLY;
    if (self->text.len)
        free(self->text.ptr);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    callee_string_t text;
    uint32_t chunk;
} text;

WEFT_ASYNC(text)
{
    WEFT_BEGIN;
    uint32_t handle = 0;
    WEFT_FEED_NEW(bytes, feed_text, NULL, &handle, .text = self->text, .chunk = self->chunk);
    WEFT_RETURN(co, exports_weft_flow_peer_text, handle);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_flow_peer_text, text, (callee_string_t * it, uint32_t chunk), .text = *it,
            .chunk = chunk);

typedef struct {
    names_feed feed;
    callee_string_t name;
    uint32_t left;
} feed_names;

WEFT_ASYNC_FEED(names, feed_names)
{
    WEFT_BEGIN;
    for (; self->left && !weft_dropped(&self->feed.out); self->left--) {
        callee_string_dup(&self->name, "name");
        WEFT_AWAIT(names_write_all(co, &self->feed.out, &self->name, 1));
    }
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped names_run(weft_coro *co)
{
    give *self = weft_frame(co, give);
    WEFT_BEGIN;
    uint32_t handle = 0;
    WEFT_FEED_NEW(names, feed_names, NULL, &handle, .left = self->count);
    WEFT_RETURN(co, exports_weft_flow_peer_names, handle);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_flow_peer_names, give, names_run, (uint32_t count), self->count = count);

typedef struct {
    weft_coro co;
    uint32_t count;
    weft_scope scope;
    weft_child child;
    struct feed_ticks {
        ticks_feed feed;
        uint32_t count;
    } feed;
} ticks_frame;

static weft_stepped feed_ticks_run(weft_coro *co)
{
    struct feed_ticks *self = weft_frame(co, struct feed_ticks);
    WEFT_BEGIN;
    WEFT_AWAIT(ticks_write_all(co, &self->feed.out, self->count));
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_ASYNC(ticks_frame)
{
    WEFT_BEGIN;
    self->feed.count = self->count;
    WEFT_RETURN(co, exports_weft_flow_peer_ticks,
                ticks_feed_spawn(co, &self->scope, &self->child, &self->feed.feed, feed_ticks_run));
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_flow_peer_ticks, ticks_frame, (uint32_t count), .count = count);

typedef struct {
    weft_coro co;
    numbers_reader in;
    weft_exactly exactly;
    uint64_t most, count, sum;
    uint32_t items[7];
} sum;

WEFT_ASYNC(sum)
{
    WEFT_BEGIN;
    while (self->count < self->most && !weft_dropped(&self->in)) {
        size_t n = self->most - self->count;
        WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, n < 7 ? n : 7));
        self->count += self->in.count;
        for (size_t i = 0; i < self->in.count; i++)
            self->sum += self->items[i];
    }
    WEFT_RETURN(co, exports_weft_flow_peer_sum, self->count << 32 | self->sum);
    WEFT_FINALLY;
    numbers_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_flow_peer_sum, sum, (uint32_t in, uint32_t most), .in = numbers_reader_of(in),
            .most = most);

typedef struct {
    weft_coro co;
    names_reader in;
    weft_to_end to_end;
    names_buffer names;
    uint32_t most;
} measure;

WEFT_ASYNC(measure)
{
    WEFT_BEGIN;
    WEFT_AWAIT(names_read_to_end(co, &self->to_end, &self->in, &self->names, self->most));
    uint64_t bytes = 0;
    for (size_t i = 0; i < self->names.count; i++)
        bytes += self->names.items[i].len;
    WEFT_RETURN(co, exports_weft_flow_peer_measure, (uint64_t)self->names.count << 32 | bytes);
    WEFT_FINALLY;
    names_buffer_free(&self->names);
    names_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_flow_peer_measure, measure, (uint32_t in, uint32_t most),
            .in = names_reader_of(in), .most = most);

typedef struct {
    weft_coro co;
    ticks_reader in;
    weft_exactly exactly;
    uint32_t most;
} count;

WEFT_ASYNC(count)
{
    WEFT_BEGIN;
    WEFT_AWAIT(ticks_read_exactly(co, &self->exactly, &self->in, self->most));
    WEFT_RETURN(co, exports_weft_flow_peer_count, (uint64_t)self->in.count << 32);
    WEFT_FINALLY;
    ticks_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_flow_peer_count, count, (uint32_t in, uint32_t most),
            .in = ticks_reader_of(in), .most = most);
