// The ends' tests, on Weft, with those of Weft's own words: latch, clamp, close, any of several.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PROBE_HOLES 21000
#include "../streams/weft_words.h"

static void open_both(test *self)
{
    self->reader = items_reader_of(items_new(&self->writer));
}

static uint32_t release(test *self)
{
    return items_hand_on(&self->reader);
}

static void take_back(test *self, uint32_t handle)
{
    self->reader = items_reader_of(handle);
}

static void skip(test *self, uint32_t n)
{
    self->next_read += n;
}

#include "tests.h"

// After DROPPED nothing reaches the host any more, which would trap.

CASE(latch_reader)
{
    BEGIN_CASE;
    open_reader(self);
    weft_streams_peer_close_writer();
    for (self->n = 0; self->n < 3; self->n++) {
        start_read(self, self->n);
        EXPECT(reading(self), false);
        EXPECT(received(self), DROPPED(0));
        EXPECT(weft_dropped(&self->reader), true);
    }

    // By event, with a count, which does not stay.
    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    weft_streams_peer_close_writer();
    EXPECT(weft_dropped(&self->reader), false);
    AWAIT_READ();
    EXPECT(received(self), DROPPED(2));
    start_read(self, 5);
    EXPECT(received(self), DROPPED(0));
    stop_read(self);
    EXPECT(received(self), DROPPED(0));

    // By a cancel.
    open_reader(self);
    start_read(self, 5);
    weft_streams_peer_close_writer();
    stop_read(self);
    EXPECT(received(self), DROPPED(0));
    start_read(self, 5);
    EXPECT(received(self), DROPPED(0));
    END_CASE;
}

CASE(latch_writer)
{
    BEGIN_CASE;
    open_writer(self);
    weft_streams_peer_close_reader();
    for (self->n = 0; self->n < 3; self->n++) {
        start_write(self, self->n);
        EXPECT(writing(self), false);
        EXPECT(sent(self), DROPPED(0));
        start_write_all(self, self->n);
        EXPECT(writing(self), false);
        EXPECT(sent(self), DROPPED(0));
        EXPECT(weft_dropped(&self->writer), true);
    }

    open_writer(self);
    start_write_all(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    weft_streams_peer_close_reader();
    AWAIT_WRITE();
    EXPECT(sent(self), DROPPED(2));
    start_write_all(self, 5);
    EXPECT(sent(self), DROPPED(0));
    start_write(self, 5);
    EXPECT(sent(self), DROPPED(0));

    open_writer(self);
    start_write_all(self, 5);
    weft_streams_peer_close_reader();
    stop_write(self);
    EXPECT(sent(self), DROPPED(0));
    start_write_all(self, 5);
    EXPECT(sent(self), DROPPED(0));
    END_CASE;
}

// A length of 2^28 or more is clamped, which the host would trap on. Nothing of the buffer but the start is
// used.

static const size_t LONG = WEFT_COPY_MAX + 9;

typedef struct {
    test base;
    item *items;
} clamp;

static weft_stepped clamp_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    clamp *it = weft_frame(co, clamp);
    WEFT_BEGIN;
    it->items = malloc(LONG);
    open_reader(self);
    items_start_read(co, &self->reader, it->items, LONG);
    EXPECT(peer_write(3), COMPLETED(3));
    WEFT_AWAIT(weft_await(co, &self->reader));
    EXPECT(self->reader.count, 3);
    EXPECT(weft_dropped(&self->reader), false);

    open_writer(self);
    EXPECT(peer_read(3), PENDING);
    items_start_write(co, &self->writer, it->items, LONG);
    EXPECT(weft_in_flight(&self->writer), false);
    EXPECT(self->writer.count, 3);
    WEFT_FINALLY;
    weft_stop_blocking(&self->call);
    free(it->items);
    end_case(self);
    WEFT_END;
}

// Ends that are closed already, or never were open.
CASE(close_again)
{
    BEGIN_CASE;
    close_reader(self);
    close_writer(self);
    open_both(self);
    close_reader(self);
    close_reader(self);
    close_writer(self);
    close_writer(self);
    EXPECT(reading(self), false);
    EXPECT(weft_dropped(&self->reader), false);

    // One that has been handed on is closed.
    open_both(self);
    EXPECT(call(self, weft_streams_peer_pass(release(self), false, &self->result)) == PENDING, false);
    close_reader(self);
    start_write(self, 1);
    EXPECT(writing(self), true);
    take_back(self, self->result);
    END_CASE;
}

// Awaiting what is at rest is no wait, and stopping it does nothing.
CASE(await_at_rest)
{
    BEGIN_CASE;
    AWAIT_READ();
    stop_read(self);
    open_reader(self);
    AWAIT_READ();
    start_read(self, 2);
    EXPECT(peer_write(2), COMPLETED(2));
    AWAIT_READ();
    AWAIT_READ();
    stop_read(self);
    EXPECT(received(self), COMPLETED(2));
    END_CASE;
}

// The host's news that the other end went come while the task only yields, with and without a copy in flight.
CASE(idle_at_yields)
{
    BEGIN_CASE;
    open_reader(self);
    open_writer(self);
    start_read(self, 2);
    start_write(self, 2);
    EXPECT(peer_write(2), COMPLETED(2));
    EXPECT(peer_read(2), COMPLETED(2));
    AWAIT_READ();
    AWAIT_WRITE();
    EXPECT(received(self), COMPLETED(2));
    EXPECT(sent(self), COMPLETED(2));
    weft_streams_peer_close_writer();
    for (self->n = 0; self->n < 3; self->n++)
        AWAIT(weft_yield(co));
    start_write(self, 2);
    EXPECT(writing(self), true);
    for (self->n = 0; self->n < 3; self->n++)
        AWAIT(weft_yield(co));
    EXPECT(writing(self), true);
    EXPECT(peer_read(2), COMPLETED(2));
    AWAIT_WRITE();
    EXPECT(sent(self), COMPLETED(2));
    EXPECT(weft_dropped(&self->reader), false);
    start_read(self, 1);
    EXPECT(received(self), DROPPED(0));
    END_CASE;
}

// An end at rest is plain data: a child works on a copy of it, and gives it back.

typedef struct {
    weft_coro co;
    items_reader in;
    item items[4];
} child;

static weft_stepped child_run(weft_coro *co)
{
    child *self = weft_frame(co, child);
    WEFT_BEGIN;
    WEFT_AWAIT(items_read(co, &self->in, self->items, 4));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    test base;
    child child;
} copied_end;

static weft_stepped copied_end_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    child *it = &weft_frame(co, copied_end)->child;
    WEFT_BEGIN;
    open_reader(self);
    start_read(self, 2);
    EXPECT(call(self, weft_streams_peer_write_gated(2, open_gate(self), &self->result)), PENDING);
    WEFT_AWAIT(weft_await(co, &self->reader));
    EXPECT(received(self), COMPLETED(2));
    it->in = self->reader;
    self->reader = (items_reader){0};
    memset(it->items, 0xaa, sizeof it->items);
    EXPECT(pass_gate(self), COMPLETED(1));
    WEFT_AWAIT(weft_call(co, &it->co, child_run));
    EXPECT(it->in.count, 2);
    EXPECT(holds(it->items, 4, 2, 2), true);
    self->reader = it->in;
    skip(self, 2);
    AWAIT_CALL();
    EXPECT(self->result, COMPLETED(2));
    start_read(self, 3);
    EXPECT(peer_write(3), COMPLETED(3));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(3));
    WEFT_FINALLY;
    end_case(self);
    WEFT_END;
}

// The first of a read, a write and a call; the others stay in flight and lose nothing.

typedef struct {
    test base;
    weft_op *ops[3];
    weft_any any;
} any;

static weft_stepped any_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    any *it = weft_frame(co, any);
    WEFT_BEGIN;
    it->ops[0] = &self->reader.op;
    it->ops[1] = &self->writer.op;
    it->ops[2] = &self->other.op;
    open_reader(self);
    open_writer(self);
    start_read(self, 2);
    start_write_all(self, 4);
    EXPECT(call_other(self, weft_streams_peer_drain(open_gate(self), 0, &self->other_result)), PENDING);

    EXPECT(peer_write(2), COMPLETED(2));
    AWAIT(weft_await_any(co, &it->any, it->ops, 3));
    EXPECT(it->any.index, 0);
    EXPECT(received(self), COMPLETED(2));
    EXPECT(writing(self), true);
    EXPECT(weft_in_flight(&self->other), true);

    // What is at rest counts as complete.
    it->any.index = 9;
    AWAIT(weft_await_any(co, &it->any, it->ops, 3));
    EXPECT(it->any.index, 0);

    // A part of a write_all does not complete it.
    start_read(self, 2);
    EXPECT(peer_read(1), COMPLETED(1));
    AWAIT_LATER();
    EXPECT(writing(self), true);
    EXPECT(peer_read(3), COMPLETED(3));
    AWAIT(weft_await_any(co, &it->any, it->ops, 3));
    EXPECT(it->any.index, 1);
    EXPECT(sent(self), COMPLETED(4));
    EXPECT(reading(self), true);
    EXPECT(weft_in_flight(&self->other), true);

    start_write(self, 2);
    items_close_writer(&self->gate);
    AWAIT(weft_await_any(co, &it->any, it->ops, 3));
    EXPECT(it->any.index, 2);
    EXPECT(self->other_result, 0);
    EXPECT(reading(self), true);
    EXPECT(writing(self), true);

    // Those two, which have lost, still complete, and can be awaited one by one.
    EXPECT(peer_read(2), COMPLETED(2));
    EXPECT(peer_write(1), COMPLETED(1));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(1));
    AWAIT_WRITE();
    EXPECT(sent(self), COMPLETED(2));
    WEFT_FINALLY;
    end_case(self);
    WEFT_END;
}

// Of many that are in flight the one that completes is the one that is told.

enum { CROWD = 100 };

typedef struct {
    test base;
    items_reader readers[CROWD];
    items_writer writers[CROWD];
    weft_op *ops[CROWD];
    item items[CROWD], one;
    weft_any any;
} any_of_many;

static weft_stepped any_of_many_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    any_of_many *it = weft_frame(co, any_of_many);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < CROWD; i++) {
        it->readers[i] = items_reader_of(items_new(&it->writers[i]));
        it->ops[i] = &it->readers[i].op;
        items_start_read(co, &it->readers[i], &it->items[i], 1);
    }
    for (self->m = 0; self->m < CROWD; self->m++) {
        self->n = self->m * 37 % CROWD;
        it->one = item_at(self->m);
        items_start_write(co, &it->writers[self->n], &it->one, 1);
        AWAIT(weft_await_any(co, &it->any, it->ops, CROWD));
        EXPECT(it->any.index, self->n);
        EXPECT(it->readers[self->n].count, 1);
        EXPECT(it->items[self->n], it->one);
        items_start_read(co, &it->readers[self->n], &it->items[self->n], 1);
    }
    WEFT_FINALLY;
    for (uint32_t i = 0; i < CROWD; i++) {
        items_close_reader_blocking(&it->readers[i]);
        items_close_writer_blocking(&it->writers[i]);
    }
    WEFT_END;
}

// Ten thousand in flight at once in one task, which complete in another order than they began.

enum { TASKS = PLENTY / 10 };

typedef struct {
    test base;
    weft_streams_peer_list_stream_item_t handles;
    items_reader *readers;
    items_writer *writers;
    item *items;
} many;

typedef many many_reads;

static weft_stepped many_reads_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    many *it = weft_frame(co, many);
    WEFT_BEGIN;
    it->items = new_buffer(PLENTY);
    it->readers = calloc(PLENTY, sizeof *it->readers);
    weft_streams_peer_make_many(PLENTY, &it->handles);
    for (uint32_t i = 0; i < PLENTY; i++) {
        it->readers[i] = items_reader_of(it->handles.ptr[i]);
        items_start_read(co, &it->readers[i], &it->items[i], 1);
        EXPECT(weft_in_flight(&it->readers[i]), true);
    }
    EXPECT(call(self, weft_streams_peer_write_many(7919, &self->result)), PLENTY);
    for (self->n = 0; self->n < PLENTY; self->n++) {
        AWAIT(weft_await(co, &it->readers[self->n]));
        EXPECT(it->readers[self->n].count, 1);
    }
    EXPECT(holds(it->items, PLENTY, 0, PLENTY), true);
    WEFT_FINALLY;
    for (uint32_t i = 0; i < PLENTY; i++)
        items_close_reader_blocking(&it->readers[i]);
    weft_streams_peer_close_many();
    free(it->handles.ptr);
    free(it->readers);
    free(it->items);
    WEFT_END;
}

typedef many many_writes;

static weft_stepped many_writes_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    many *it = weft_frame(co, many);
    WEFT_BEGIN;
    it->items = new_items(PLENTY, 0);
    it->writers = calloc(PLENTY, sizeof *it->writers);
    it->handles.ptr = malloc(PLENTY * sizeof *it->handles.ptr);
    it->handles.len = PLENTY;
    for (uint32_t i = 0; i < PLENTY; i++) {
        it->handles.ptr[i] = items_new(&it->writers[i]);
        items_start_write(co, &it->writers[i], &it->items[i], 1);
        EXPECT(weft_in_flight(&it->writers[i]), true);
    }
    weft_streams_peer_take_many(&it->handles);
    EXPECT(call(self, weft_streams_peer_read_many(7919, &self->result)), PLENTY);
    for (self->n = 0; self->n < PLENTY; self->n++) {
        AWAIT(weft_await(co, &it->writers[self->n]));
        EXPECT(it->writers[self->n].count, 1);
    }
    WEFT_FINALLY;
    for (uint32_t i = 0; i < PLENTY; i++)
        items_close_writer_blocking(&it->writers[i]);
    weft_streams_peer_close_many();
    free(it->handles.ptr);
    free(it->writers);
    free(it->items);
    WEFT_END;
}

// As many as that, and nothing ever comes: each is stopped by its close.
typedef many many_closed;

static weft_stepped many_closed_run(weft_coro *co)
{
    many *it = weft_frame(co, many);
    WEFT_BEGIN;
    it->items = new_buffer(PLENTY);
    it->readers = calloc(PLENTY, sizeof *it->readers);
    weft_streams_peer_make_many(PLENTY, &it->handles);
    for (uint32_t i = 0; i < PLENTY; i++) {
        it->readers[i] = items_reader_of(it->handles.ptr[i]);
        items_start_read(co, &it->readers[i], &it->items[i], 1);
    }
    AWAIT(weft_subtask_call(co, &it->base.later, weft_streams_peer_later()));
    WEFT_FINALLY;
    for (uint32_t i = 0; i < PLENTY; i++)
        items_close_reader_blocking(&it->readers[i * 7919 % PLENTY]);
    EXPECT(holds(it->items, PLENTY, 0, 0), true);
    weft_streams_peer_close_many();
    free(it->handles.ptr);
    free(it->readers);
    free(it->items);
    WEFT_END;
}

// As many tasks of the peer at once, each with a read in flight.

typedef struct {
    test base;
    item *items;
    struct {
        items_writer out;
        weft_subtask call;
        uint32_t count;
    } *peers;
} many_tasks;

static weft_stepped many_tasks_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    many_tasks *it = weft_frame(co, many_tasks);
    WEFT_BEGIN;
    it->items = new_items(TASKS, 0);
    it->peers = calloc(TASKS, sizeof *it->peers);
    for (uint32_t i = 0; i < TASKS; i++) {
        uint32_t status = weft_streams_peer_drain(items_new(&it->peers[i].out), i, &it->peers[i].count);
        weft_subtask_start(co, &it->peers[i].call, status);
        EXPECT(weft_in_flight(&it->peers[i].call), true);
    }
    for (uint32_t i = 0, at = 0; i < TASKS; i++, at = (at + 389) % TASKS) {
        uint32_t length = TASKS - at < 9 ? TASKS - at : 9;
        items_start_write(co, &it->peers[at].out, it->items + at, length);
        EXPECT(weft_in_flight(&it->peers[at].out), false);
        EXPECT(it->peers[at].out.count, length);
        items_close_writer_blocking(&it->peers[at].out);
    }
    for (self->n = 0; self->n < TASKS; self->n++) {
        AWAIT(weft_await(co, &it->peers[self->n].call));
        EXPECT(it->peers[self->n].count, TASKS - self->n < 9 ? TASKS - self->n : 9);
    }
    WEFT_FINALLY;
    free(it->peers);
    free(it->items);
    WEFT_END;
}

// Waits for the other end to go: idle, before and behind a copy of that end, which loses nothing; in a select,
// cancelled, and told by the host's own event alone.

typedef struct gone {
    test base;
    weft_case cases[2];
    weft_scope scope;
    weft_child handle;
    struct waiter {
        weft_coro co;
        struct gone *of;
        bool closes, told;
    } other;
} gone;

// In another coroutine: waits, or after some turns takes the peer's copy back and closes its ends.
static weft_stepped waiter_run(weft_coro *co)
{
    struct waiter *self = weft_frame(co, struct waiter);
    WEFT_BEGIN;
    if (!self->closes) {
        WEFT_AWAIT(items_writer_dropped(co, &self->of->base.reader));
        self->told = true;
        WEFT_FINISH;
    }
    WEFT_AWAIT(weft_subtask_call(co, &self->of->base.other, weft_streams_peer_later()));
    stop_call(&self->of->base);
    weft_streams_peer_close_writer();
    weft_streams_peer_close_reader();
    WEFT_FINALLY;
    WEFT_END;
}

static void with_other(gone *self, bool closes)
{
    while (weft_next_ended(&self->scope)) {
    }
    self->other.of = self;
    self->other.closes = closes;
    weft_spawn(&self->base.co, &self->scope, &self->handle, &self->other.co, waiter_run);
}

#define SELECTS_LATER(wait)                                                                                    \
    do {                                                                                                       \
        weft_subtask_start(co, &self->later, weft_streams_peer_later());                                       \
        AWAIT(weft_select(co, it->cases, wait, weft_await(of, &self->later)));                                 \
        EXPECT(weft_chosen(it->cases), 1);                                                                     \
    } while (0)

static weft_stepped gone_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    gone *it = weft_frame(co, gone);
    WEFT_BEGIN;
    // Idle; and again, when that is known.
    open_reader(self);
    open_writer(self);
    SELECTS_LATER(items_writer_dropped(of, &self->reader));
    SELECTS_LATER(items_reader_dropped(of, &self->writer));
    EXPECT(reading(self) && writing(self), true);
    with_other(it, true);
    AWAIT(items_writer_dropped(co, &self->reader));
    AWAIT(items_reader_dropped(co, &self->writer));
    AWAIT(items_writer_dropped(co, &self->reader));
    AWAIT(items_reader_dropped(co, &self->writer));
    EXPECT(weft_dropped(&self->reader) && weft_dropped(&self->writer), true);
    start_read(self, 2);
    EXPECT(received(self), DROPPED(0));
    start_write(self, 2);
    EXPECT(sent(self), DROPPED(0));

    // What can be read while it waits is read then.
    open_reader(self);
    SELECTS_LATER(items_writer_dropped(of, &self->reader));
    EXPECT(call(self, weft_streams_peer_write(3, &self->result)), PENDING);
    SELECTS_LATER(items_writer_dropped(of, &self->reader));
    stop_read(self);
    start_read(self, 3);
    EXPECT(received(self), COMPLETED(3));
    AWAIT_CALL();

    // Only the host's event tells: the peer has a copy in flight when the wait begins, and then goes.
    EXPECT(call(self, weft_streams_peer_write(3, &self->result)), PENDING);
    with_other(it, true);
    AWAIT(items_writer_dropped(co, &self->reader));
    EXPECT(weft_dropped(&self->reader), true);
    open_writer(self);
    EXPECT(call(self, weft_streams_peer_read(3, &self->result)), PENDING);
    with_other(it, true);
    AWAIT(items_reader_dropped(co, &self->writer));
    EXPECT(weft_dropped(&self->writer), true);

    // A cancel leaves the end as it was, whatever the wait had come to.
    open_reader(self);
    for (self->n = 0; self->n < 2; self->n++) {
        with_other(it, false);
        AWAIT_LATER();
        if (self->n) {
            EXPECT(call(self, weft_streams_peer_write(2, &self->result)), PENDING);
            AWAIT_LATER();
        }
        EXPECT(reading(self), true);
        weft_cancel(&it->other.co);
        AWAIT(weft_join_all(co, &it->scope));
        EXPECT(it->other.told || reading(self) || weft_dropped(&self->reader), false);
        start_read(self, 2);
        if (!self->n)
            EXPECT(peer_write(2), COMPLETED(2));
        AWAIT_READ();
        EXPECT(received(self), COMPLETED(2));
        AWAIT_CALL();
    }
    WEFT_FINALLY;
    weft_stop_blocking(&self->later);
    end_case(self);
    WEFT_AWAIT(weft_scope_close(co, &it->scope));
    WEFT_END;
}

#define TESTS                                                                                                  \
    END_TESTS                                                                                                  \
    TEST(many_reads)                                                                                           \
    TEST(many_writes)                                                                                          \
    TEST(many_tasks)                                                                                           \
    TEST(many_closed)                                                                                          \
    TEST(latch_reader)                                                                                         \
    TEST(latch_writer)                                                                                         \
    TEST(clamp)                                                                                                \
    TEST(close_again)                                                                                          \
    TEST(idle_at_yields)                                                                                       \
    TEST(await_at_rest)                                                                                        \
    TEST(copied_end)                                                                                           \
    TEST(any)                                                                                                  \
    TEST(any_of_many)                                                                                          \
    TEST(gone)
#include "weft_runner.h"
