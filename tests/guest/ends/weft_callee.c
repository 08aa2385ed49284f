// The peer of the ends' tests, on Weft: the streams' peer, with more ways to move an end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PROBE_HOLES 21000
#include "../streams/weft_callee.c"

typedef struct {
    weft_coro co;
    items_reader in;
    uint32_t n, count;
    bool later;
    item items[16];
} hand_on;

static weft_stepped pass_run(weft_coro *co)
{
    hand_on *self = weft_frame(co, hand_on);
    WEFT_BEGIN;
    if (self->later)
        WEFT_AWAIT(weft_yield(co));
    WEFT_RETURN(co, exports_weft_streams_peer_pass, items_hand_on(&self->in));
    WEFT_FINALLY;
    items_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_pass, hand_on, pass_run, (stream in, bool later),
                 self->in = items_reader_of(in), self->later = later);

static weft_stepped pass_after_run(weft_coro *co)
{
    hand_on *self = weft_frame(co, hand_on);
    WEFT_BEGIN;
    WEFT_AWAIT(items_read(co, &self->in, self->items, self->n));
    WEFT_RETURN(co, exports_weft_streams_peer_pass_after, items_hand_on(&self->in));
    WEFT_FINALLY;
    items_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_pass_after, hand_on, pass_after_run, (stream in, uint32_t n),
                 self->in = items_reader_of(in), self->n = n);

stream exports_weft_streams_peer_give(void)
{
    return items_hand_on(&reader);
}

static weft_stepped drain_run(weft_coro *co)
{
    hand_on *self = weft_frame(co, hand_on);
    WEFT_BEGIN;
    while (!weft_dropped(&self->in)) {
        memset(self->items, 0xaa, sizeof self->items);
        WEFT_AWAIT(items_read(co, &self->in, self->items, 16));
        if (!holds(self->items, 16, self->n + self->count, self->in.count))
            self->count += 1000;
        self->count += (uint32_t)self->in.count;
    }
    WEFT_RETURN(co, exports_weft_streams_peer_drain, self->count);
    WEFT_FINALLY;
    items_close_reader(&self->in);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_drain, hand_on, drain_run, (stream in, uint32_t first),
                 self->in = items_reader_of(in), self->n = first);

// The buffer of a lent read outlives the task that started it.
static item *lent;
static uint32_t lent_length;

static weft_stepped lend_run(weft_coro *co)
{
    copy *self = weft_frame(co, copy);
    WEFT_BEGIN;
    lent = new_buffer(self->n);
    lent_length = self->n;
    self->opened = new_buffer(1);
    items_start_read(co, &reader, lent, self->n);
    WEFT_AWAIT(items_read(co, &self->gate, self->opened, 1));
    WEFT_RETURN_VOID(co, exports_weft_streams_peer_lend);
    WEFT_FINALLY;
    items_close_reader(&self->gate);
    free(self->opened);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_lend, copy, lend_run, (uint32_t n, stream gate), self->n = n,
                 self->gate = items_reader_of(gate));

static weft_stepped await_lent_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_await(co, &reader));
    WEFT_RETURN(co, exports_weft_streams_peer_await_lent, received(lent, lent_length));
    WEFT_FINALLY;
    free(lent);
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_await_lent, copy, await_lent_run, (void), );

typedef struct {
    weft_coro co;
    weft_op *both[2];
    weft_any any;
    item *read, *written;
} race;

static uint32_t race_statuses(race *self)
{
    return received(self->read, 2) << 8 | written();
}

WEFT_ASYNC(race)
{
    WEFT_BEGIN;
    self->read = new_buffer(2);
    self->written = new_items(2, next_written);
    items_start_read(co, &reader, self->read, 2);
    items_start_write(co, &writer, self->written, 2);
    self->both[0] = &reader.op;
    self->both[1] = &writer.op;
    WEFT_AWAIT(weft_await_any(co, &self->any, self->both, 2));
    weft_stop_blocking(&reader);
    weft_stop_blocking(&writer);
    WEFT_RETURN(co, exports_weft_streams_peer_race, self->any.index << 16 | race_statuses(self));
    WEFT_FINALLY;
    if (weft_cancelled(co))
        cancelled_with = race_statuses(self);
    free(self->read);
    free(self->written);
    WEFT_END;
}

WEFT_EXPORT(callee, exports_weft_streams_peer_race, race, (void));

static items_reader *readers;
static items_writer *writers;
static uint32_t many;

void exports_weft_streams_peer_make_many(uint32_t count, exports_weft_streams_peer_list_stream_item_t *made)
{
    many = count;
    writers = calloc(count, sizeof *writers);
    made->ptr = malloc(count * sizeof *made->ptr);
    made->len = count;
    for (uint32_t i = 0; i < count; i++)
        made->ptr[i] = items_new(&writers[i]);
}

void exports_weft_streams_peer_take_many(exports_weft_streams_peer_list_stream_item_t *taken)
{
    many = (uint32_t)taken->len;
    readers = calloc(many, sizeof *readers);
    for (uint32_t i = 0; i < many; i++)
        readers[i] = items_reader_of(taken->ptr[i]);
    free(taken->ptr);
}

void exports_weft_streams_peer_close_many(void)
{
    for (uint32_t i = 0; i < many; i++) {
        if (readers)
            items_close_reader_blocking(&readers[i]);
        if (writers)
            items_close_writer_blocking(&writers[i]);
    }
    free(readers);
    free(writers);
    readers = NULL;
    writers = NULL;
}

static weft_stepped write_many_run(weft_coro *co)
{
    hand_on *self = weft_frame(co, hand_on);
    WEFT_BEGIN;
    for (uint32_t i = 0, at = 0; i < many; i++, at = (at + self->n) % many) {
        self->items[0] = item_at(at);
        items_start_write(co, &writers[at], self->items, 1);
        if (weft_in_flight(&writers[at]))
            weft_stop_blocking(&writers[at]);
        else
            self->count += (uint32_t)writers[at].count;
    }
    WEFT_RETURN(co, exports_weft_streams_peer_write_many, self->count);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_write_many, hand_on, write_many_run, (uint32_t step),
                 self->n = step);

static weft_stepped read_many_run(weft_coro *co)
{
    hand_on *self = weft_frame(co, hand_on);
    WEFT_BEGIN;
    for (uint32_t i = 0, at = 0; i < many; i++, at = (at + self->n) % many) {
        items_start_read(co, &readers[at], self->items, 1);
        if (weft_in_flight(&readers[at]))
            weft_stop_blocking(&readers[at]);
        else if (self->items[0] == item_at(at))
            self->count += (uint32_t)readers[at].count;
    }
    WEFT_RETURN(co, exports_weft_streams_peer_read_many, self->count);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_STEP(callee, exports_weft_streams_peer_read_many, hand_on, read_many_run, (uint32_t step),
                 self->n = step);
