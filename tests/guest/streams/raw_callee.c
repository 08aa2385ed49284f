// The peer of the streams' tests, by hand on the raw bindings. Its ends are global.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define CALLEE
#include "callee.h"
#include "check.h"
#include "payload.h"

#define CALL(function, ...) JOIN(STREAM(exports_weft_streams_peer), function)(__VA_ARGS__)
#define JOIN(stream, function) JOIN_(stream, function)
#define JOIN_(stream, function) stream##_##function

typedef STREAM_T(exports_weft_streams_peer) stream;

typedef struct {
    uint32_t handle;
    bool dropped;  // the other end is known to be gone
    uint32_t next; // place in the stream
} end;

static end reader, writer;
static uint32_t cancelled_with;

uint64_t exports_weft_streams_peer_probe(void)
{
    return probe();
}

stream exports_weft_streams_peer_make(void)
{
    writer = (end){0};
    return CALL(new, &writer.handle);
}

void exports_weft_streams_peer_take(stream in)
{
    reader = (end){.handle = in};
}

uint32_t exports_weft_streams_peer_cancelled_with(void)
{
    return cancelled_with;
}

void exports_weft_streams_peer_close_writer(void)
{
    if (writer.handle)
        CALL(drop_writable, writer.handle);
    writer = (end){0};
}

void exports_weft_streams_peer_close_reader(void)
{
    if (reader.handle)
        CALL(drop_readable, reader.handle);
    reader = (end){0};
}

// A call that copies: its state between callbacks.
typedef struct {
    bool writes, all;
    uint32_t n, done;
    item *items;
    void (*give)(uint32_t status);
    uint32_t set;
    enum { UNGATED, BEFORE_GATE, AT_GATE, AFTER_GATE } stage;
    uint32_t gate;
    item *opened;
} copy;

static end *end_of(copy *it)
{
    return it->writes ? &writer : &reader;
}

static item *new_items_of(const copy *it)
{
    return it->writes ? new_items(it->n, writer.next) : new_buffer(it->n);
}

static uint32_t start(copy *it)
{
    end *on = end_of(it);
    if (on->dropped)
        return DROPPED(0);
#ifdef PAYLOAD_NONE
    return it->writes ? CALL(write, on->handle, it->n - it->done) : CALL(read, on->handle, it->n);
#else
    return it->writes ? CALL(write, on->handle, it->items + it->done, it->n - it->done)
                      : CALL(read, on->handle, it->items, it->n);
#endif
}

// Accounts for a copy that ended with `status`; returns the status of all of them.
static uint32_t account(copy *it, uint32_t status)
{
    end *on = end_of(it);
    uint32_t count = CALLEE_WAITABLE_COUNT(status);
    if (!it->writes && !holds(it->items, it->n, on->next, count))
        return WRONG_ITEMS;
    on->next += count;
    on->dropped |= CALLEE_WAITABLE_STATE(status) == CALLEE_WAITABLE_DROPPED;
    it->done += count;
    return it->done << 4 | CALLEE_WAITABLE_STATE(status);
}

// From the host's answer on: the last status, or BLOCKED.
static uint32_t go_on(copy *it, uint32_t status)
{
    while (status != CALLEE_WAITABLE_STATUS_BLOCKED) {
        uint32_t sum = account(it, status);
        if (!it->all || it->done == it->n || CALLEE_WAITABLE_STATE(sum) != CALLEE_WAITABLE_COMPLETED)
            return sum;
        status = start(it);
    }
    return status;
}

static void finish(copy *it)
{
    if (it->set) {
        callee_waitable_join(end_of(it)->handle, 0);
        if (it->gate)
            callee_waitable_join(it->gate, 0);
        callee_waitable_set_drop(it->set);
    }
    if (it->gate)
        CALL(drop_readable, it->gate);
    free(it->items);
    free(it->opened);
    free(it);
}

static callee_callback_code_t wait_for(copy *it, uint32_t handle)
{
    if (!it->set)
        it->set = callee_waitable_set_new();
    callee_waitable_join(handle, it->set);
    callee_context_set_0(it);
    return CALLEE_CALLBACK_CODE_WAIT(it->set);
}

// `status`: what the copy in flight or just started came to.
static callee_callback_code_t advance(copy *it, uint32_t status)
{
    switch (it->stage) {
    case BEFORE_GATE:
        status = go_on(it, status);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            return wait_for(it, end_of(it)->handle);
        it->stage = AT_GATE;
#ifdef PAYLOAD_NONE
        status = CALL(read, it->gate, 1);
#else
        status = CALL(read, it->gate, it->opened, 1);
#endif
        __attribute__((fallthrough));
    case AT_GATE:
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            return wait_for(it, it->gate);
        it->stage = AFTER_GATE;
        it->done = 0;
        free(it->items);
        it->items = new_items_of(it);
        status = start(it);
        __attribute__((fallthrough));
    default:
        status = go_on(it, status);
        if (status == CALLEE_WAITABLE_STATUS_BLOCKED)
            return wait_for(it, end_of(it)->handle);
        void (*give)(uint32_t) = it->give;
        finish(it);
        give(status);
        return CALLEE_CALLBACK_CODE_EXIT;
    }
}

static callee_callback_code_t called(copy it)
{
    copy *kept = malloc(sizeof *kept);
    *kept = it;
    kept->items = new_items_of(kept);
    kept->opened = it.gate ? new_buffer(1) : NULL;
    // A write_all of nothing makes no copy.
    return advance(kept, it.all && !it.n ? COMPLETED(0) : start(kept));
}

static callee_callback_code_t callback(callee_event_t *event)
{
    copy *it = callee_context_get_0();
    end *on = end_of(it);
    if (event->event == CALLEE_EVENT_CANCEL) {
        callee_waitable_join(on->handle, 0);
        uint32_t status = it->writes ? CALL(cancel_write, on->handle) : CALL(cancel_read, on->handle);
        cancelled_with = account(it, status);
        finish(it);
        callee_task_cancel();
        return CALLEE_CALLBACK_CODE_EXIT;
    }
    // wasmtime tells an idle end that the other is gone, though nothing asked.
    if (event->waitable != (it->stage == AT_GATE ? it->gate : on->handle))
        return CALLEE_CALLBACK_CODE_WAIT(it->set);
    return advance(it, event->code);
}

// An export that copies, with its callback.
#define EXPORT(name, parameters, ...)                                                                          \
    callee_callback_code_t exports_weft_streams_peer_##name parameters                                         \
    {                                                                                                          \
        return called((copy){.give = exports_weft_streams_peer_##name##_return, .n = n, __VA_ARGS__});         \
    }                                                                                                          \
    callee_callback_code_t exports_weft_streams_peer_##name##_callback(callee_event_t *event)                  \
    {                                                                                                          \
        return callback(event);                                                                                \
    }                                                                                                          \
    _Static_assert(1, "")

EXPORT(write, (uint32_t n), .writes = true);
EXPORT(read, (uint32_t n), .writes = false);
EXPORT(write_all, (uint32_t n), .writes = true, .all = true);
EXPORT(read_gated, (uint32_t n, stream gate), .gate = gate, .stage = BEFORE_GATE);
EXPORT(write_gated, (uint32_t n, stream gate), .gate = gate, .stage = BEFORE_GATE, .writes = true);

// The count that a copy comes to which is cancelled at once.
static uint32_t start_and_cancel(bool writes, uint32_t n)
{
    copy it = {.writes = writes, .n = n};
    it.items = new_items_of(&it);
    uint32_t status = start(&it);
    if (status == CALLEE_WAITABLE_STATUS_BLOCKED) {
        status = writes ? CALL(cancel_write, writer.handle) : CALL(cancel_read, reader.handle);
        status = CALLEE_WAITABLE_COUNT(status);
    } else {
        status = UINT32_MAX;
    }
    free(it.items);
    return status;
}

callee_callback_code_t exports_weft_streams_peer_write_and_close(uint32_t n)
{
    uint32_t count = start_and_cancel(true, n);
    exports_weft_streams_peer_close_writer();
    exports_weft_streams_peer_write_and_close_return(count);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_streams_peer_write_and_close_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_streams_peer_read_and_close(uint32_t n)
{
    uint32_t count = start_and_cancel(false, n);
    exports_weft_streams_peer_close_reader();
    exports_weft_streams_peer_read_and_close_return(count);
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_streams_peer_read_and_close_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_streams_peer_later(void)
{
    callee_context_set_0((void *)5);
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_streams_peer_later_callback(callee_event_t *event)
{
    (void)event;
    uintptr_t left = (uintptr_t)callee_context_get_0() - 1;
    callee_context_set_0((void *)left);
    if (left)
        return CALLEE_CALLBACK_CODE_YIELD;
    exports_weft_streams_peer_later_return();
    return CALLEE_CALLBACK_CODE_EXIT;
}
