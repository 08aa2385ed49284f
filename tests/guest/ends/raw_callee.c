// The peer of the ends' tests, by hand on the raw bindings: the streams' peer, with more ways to move an end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PROBE_HOLES 21000
#include "../streams/raw_callee.c"

// A call that holds a stream of its own.
typedef struct {
    enum { PASS, PASS_AFTER, DRAIN, LEND } what;
    uint32_t in, set;
    uint32_t n, count;
    item items[16];
} hand_on;

static callee_callback_code_t wait_in(hand_on *it)
{
    if (!it->set)
        it->set = callee_waitable_set_new();
    callee_waitable_join(it->in, it->set);
    callee_context_set_0(it);
    return CALLEE_CALLBACK_CODE_WAIT(it->set);
}

static void leave(hand_on *it)
{
    if (!it->set)
        return;
    callee_waitable_join(it->in, 0);
    callee_waitable_set_drop(it->set);
}

static callee_callback_code_t drain(hand_on *it, uint32_t status)
{
    for (;;) {
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            return wait_in(it);
        uint32_t count = CALLEE_WAITABLE_COUNT(status);
        if (!holds(it->items, 16, it->n + it->count, count))
            it->count += 1000;
        it->count += count;
        if (CALLEE_WAITABLE_STATE(status) != CALLEE_WAITABLE_COMPLETED)
            break;
        memset(it->items, 0xaa, sizeof it->items);
        status = CALL(read, it->in, it->items, 16);
    }
    leave(it);
    CALL(drop_readable, it->in);
    exports_weft_streams_peer_drain_return(it->count);
    free(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

// The read that `it` waited for is over.
static callee_callback_code_t hand_back(hand_on *it)
{
    leave(it);
    if (it->what == PASS)
        exports_weft_streams_peer_pass_return(it->in);
    else if (it->what == PASS_AFTER)
        exports_weft_streams_peer_pass_after_return(it->in);
    else {
        CALL(drop_readable, it->in);
        exports_weft_streams_peer_lend_return();
    }
    free(it);
    return CALLEE_CALLBACK_CODE_EXIT;
}

static callee_callback_code_t hand_on_callback(callee_event_t *event)
{
    hand_on *it = callee_context_get_0();
    return it->what == DRAIN ? drain(it, event->code) : hand_back(it);
}

static hand_on *new_hand_on(hand_on it)
{
    hand_on *kept = malloc(sizeof *kept);
    *kept = it;
    memset(kept->items, 0xaa, sizeof kept->items);
    return kept;
}

callee_callback_code_t exports_weft_streams_peer_pass(stream in, bool later)
{
    hand_on *it = new_hand_on((hand_on){.what = PASS, .in = in});
    if (!later)
        return hand_back(it);
    callee_context_set_0(it);
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_streams_peer_pass_callback(callee_event_t *event)
{
    return hand_on_callback(event);
}

callee_callback_code_t exports_weft_streams_peer_pass_after(stream in, uint32_t n)
{
    hand_on *it = new_hand_on((hand_on){.what = PASS_AFTER, .in = in});
    return CALL(read, in, it->items, n) == CALLEE_WAITABLE_STATUS_BLOCKED ? wait_in(it) : hand_back(it);
}

callee_callback_code_t exports_weft_streams_peer_pass_after_callback(callee_event_t *event)
{
    return hand_on_callback(event);
}

stream exports_weft_streams_peer_give(void)
{
    stream in = reader.handle;
    reader = (end){0};
    return in;
}

callee_callback_code_t exports_weft_streams_peer_drain(stream in, uint32_t first)
{
    hand_on *it = new_hand_on((hand_on){.what = DRAIN, .in = in, .n = first});
    return drain(it, CALL(read, in, it->items, 16));
}

callee_callback_code_t exports_weft_streams_peer_drain_callback(callee_event_t *event)
{
    return hand_on_callback(event);
}

static copy lent;

callee_callback_code_t exports_weft_streams_peer_lend(uint32_t n, stream gate)
{
    lent = (copy){.n = n, .items = new_buffer(n)};
    if (start(&lent) != CALLEE_WAITABLE_STATUS_BLOCKED)
        __builtin_trap();
    hand_on *it = new_hand_on((hand_on){.what = LEND, .in = gate});
    return CALL(read, gate, it->items, 1) == CALLEE_WAITABLE_STATUS_BLOCKED ? wait_in(it) : hand_back(it);
}

callee_callback_code_t exports_weft_streams_peer_lend_callback(callee_event_t *event)
{
    return hand_on_callback(event);
}

callee_callback_code_t exports_weft_streams_peer_await_lent(void)
{
    uint32_t set = callee_waitable_set_new();
    callee_waitable_join(reader.handle, set);
    callee_context_set_0((void *)(uintptr_t)set);
    return CALLEE_CALLBACK_CODE_WAIT(set);
}

callee_callback_code_t exports_weft_streams_peer_await_lent_callback(callee_event_t *event)
{
    uint32_t status = account(&lent, event->code);
    free(lent.items);
    callee_waitable_join(reader.handle, 0);
    callee_waitable_set_drop((uint32_t)(uintptr_t)callee_context_get_0());
    exports_weft_streams_peer_await_lent_return(status);
    return CALLEE_CALLBACK_CODE_EXIT;
}

typedef struct {
    copy read, write;
    uint32_t set;
} race;

callee_callback_code_t exports_weft_streams_peer_race(void)
{
    race *it = malloc(sizeof *it);
    it->read = (copy){.n = 2, .items = new_buffer(2)};
    it->write = (copy){.n = 2, .items = new_items(2, writer.next), .writes = true};
    it->set = callee_waitable_set_new();
    if (start(&it->read) != CALLEE_WAITABLE_STATUS_BLOCKED ||
        start(&it->write) != CALLEE_WAITABLE_STATUS_BLOCKED)
        __builtin_trap();
    callee_waitable_join(reader.handle, it->set);
    callee_waitable_join(writer.handle, it->set);
    callee_context_set_0(it);
    return CALLEE_CALLBACK_CODE_WAIT(it->set);
}

callee_callback_code_t exports_weft_streams_peer_race_callback(callee_event_t *event)
{
    race *it = callee_context_get_0();
    callee_waitable_join(reader.handle, 0);
    callee_waitable_join(writer.handle, 0);
    callee_waitable_set_drop(it->set);
    bool read = event->event == CALLEE_EVENT_STREAM_READ, wrote = event->event == CALLEE_EVENT_STREAM_WRITE;
    uint32_t statuses = account(&it->read, read ? event->code : CALL(cancel_read, reader.handle)) << 8;
    statuses |= account(&it->write, wrote ? event->code : CALL(cancel_write, writer.handle));
    free(it->read.items);
    free(it->write.items);
    free(it);
    if (event->event == CALLEE_EVENT_CANCEL) {
        cancelled_with = statuses;
        callee_task_cancel();
    } else {
        exports_weft_streams_peer_race_return((uint32_t)wrote << 16 | statuses);
    }
    return CALLEE_CALLBACK_CODE_EXIT;
}

static uint32_t *readers, *writers, many;

void exports_weft_streams_peer_make_many(uint32_t count, exports_weft_streams_peer_list_stream_item_t *made)
{
    many = count;
    writers = calloc(count, sizeof *writers);
    made->ptr = malloc(count * sizeof *made->ptr);
    made->len = count;
    for (uint32_t i = 0; i < count; i++)
        made->ptr[i] = CALL(new, &writers[i]);
}

void exports_weft_streams_peer_take_many(exports_weft_streams_peer_list_stream_item_t *taken)
{
    many = (uint32_t)taken->len;
    readers = taken->ptr;
}

void exports_weft_streams_peer_close_many(void)
{
    for (uint32_t i = 0; i < many; i++) {
        if (readers)
            CALL(drop_readable, readers[i]);
        if (writers)
            CALL(drop_writable, writers[i]);
    }
    free(readers);
    free(writers);
    readers = writers = NULL;
}

callee_callback_code_t exports_weft_streams_peer_write_many(uint32_t step)
{
    uint32_t count = 0;
    for (uint32_t i = 0, at = 0; i < many; i++, at = (at + step) % many) {
        item one = item_at(at);
        uint32_t status = CALL(write, writers[at], &one, 1);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            CALL(cancel_write, writers[at]);
        else
            count += CALLEE_WAITABLE_COUNT(status);
    }
    exports_weft_streams_peer_write_many_return(count);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_streams_peer_write_many_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_streams_peer_read_many(uint32_t step)
{
    uint32_t count = 0;
    for (uint32_t i = 0, at = 0; i < many; i++, at = (at + step) % many) {
        item one = 0;
        uint32_t status = CALL(read, readers[at], &one, 1);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            CALL(cancel_read, readers[at]);
        else if (one == item_at(at))
            count += CALLEE_WAITABLE_COUNT(status);
    }
    exports_weft_streams_peer_read_many_return(count);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_streams_peer_read_many_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}
