// The ends' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PROBE_HOLES 21000
#include "../streams/raw_words.h"

static void open_both(test *self)
{
    self->reader.handle = CALL(new, &self->writer.handle);
}

static uint32_t release(test *self)
{
    uint32_t handle = self->reader.handle;
    self->reader.handle = 0;
    return handle;
}

static void take_back(test *self, uint32_t handle)
{
    self->reader.handle = handle;
}

static void skip(test *self, uint32_t n)
{
    self->reader.next += n;
}

#include "tests.h"

enum { TASKS = PLENTY / 10 };

// Takes the events of all copies, each of one item, out of `set`.
static void await_many(uint32_t set, uint32_t event)
{
    for (uint32_t i = 0; i < PLENTY; i++) {
        runner_event_t got;
        runner_waitable_set_wait(set, &got);
        EXPECT(got.event, event);
        EXPECT(got.code, COMPLETED(1));
        runner_waitable_join(got.waitable, 0);
    }
    runner_event_t none;
    runner_waitable_set_poll(set, &none);
    EXPECT(none.event, RUNNER_EVENT_NONE);
}

// All of them are in flight at once, and complete in another order than they began.
CASE(many_reads)
{
    BEGIN_CASE;
    item *items = new_buffer(PLENTY);
    uint32_t set = runner_waitable_set_new();
    weft_streams_peer_list_stream_item_t readers;
    weft_streams_peer_make_many(PLENTY, &readers);
    for (uint32_t i = 0; i < PLENTY; i++) {
        EXPECT(CALL(read, readers.ptr[i], &items[i], 1), RUNNER_WAITABLE_STATUS_BLOCKED);
        runner_waitable_join(readers.ptr[i], set);
    }
    EXPECT(call(self, weft_streams_peer_write_many(7919, &self->result)), PLENTY);
    await_many(set, RUNNER_EVENT_STREAM_READ);
    EXPECT(holds(items, PLENTY, 0, PLENTY), true);
    for (uint32_t i = 0; i < PLENTY; i++)
        CALL(drop_readable, readers.ptr[i]);
    weft_streams_peer_close_many();
    runner_waitable_set_drop(set);
    free(readers.ptr);
    free(items);
    END_CASE;
}

CASE(many_writes)
{
    BEGIN_CASE;
    item *items = new_items(PLENTY, 0);
    uint32_t set = runner_waitable_set_new();
    uint32_t *writers = malloc(PLENTY * sizeof *writers);
    weft_streams_peer_list_stream_item_t readers = {.ptr = malloc(PLENTY * sizeof *readers.ptr), .len = PLENTY};
    for (uint32_t i = 0; i < PLENTY; i++) {
        readers.ptr[i] = CALL(new, &writers[i]);
        EXPECT(CALL(write, writers[i], &items[i], 1), RUNNER_WAITABLE_STATUS_BLOCKED);
        runner_waitable_join(writers[i], set);
    }
    weft_streams_peer_take_many(&readers);
    EXPECT(call(self, weft_streams_peer_read_many(7919, &self->result)), PLENTY);
    await_many(set, RUNNER_EVENT_STREAM_WRITE);
    for (uint32_t i = 0; i < PLENTY; i++)
        CALL(drop_writable, writers[i]);
    weft_streams_peer_close_many();
    runner_waitable_set_drop(set);
    free(readers.ptr);
    free(writers);
    free(items);
    END_CASE;
}

// As many tasks of the peer at once, each with a read in flight.
CASE(many_tasks)
{
    BEGIN_CASE;
    item *items = new_items(TASKS, 0);
    struct {
        uint32_t writer, subtask, count;
    } *peers = malloc(TASKS * sizeof *peers);
    for (uint32_t i = 0; i < TASKS; i++) {
        uint32_t status = weft_streams_peer_drain(CALL(new, &peers[i].writer), i, &peers[i].count);
        EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
        peers[i].subtask = RUNNER_SUBTASK_HANDLE(status);
    }
    for (uint32_t i = 0, at = 0; i < TASKS; i++, at = (at + 389) % TASKS) {
        uint32_t length = TASKS - at < 9 ? TASKS - at : 9;
        EXPECT(CALL(write, peers[at].writer, items + at, length), COMPLETED(length));
        CALL(drop_writable, peers[at].writer);
    }
    for (uint32_t i = 0; i < TASKS; i++) {
        await_subtask(peers[i].subtask);
        EXPECT(peers[i].count, TASKS - i < 9 ? TASKS - i : 9);
    }
    free(peers);
    free(items);
    END_CASE;
}

#define TESTS                                                                                                  \
    END_TESTS                                                                                                  \
    TEST(many_reads)                                                                                           \
    TEST(many_writes)                                                                                          \
    TEST(many_tasks)
#include "raw_runner.h"
