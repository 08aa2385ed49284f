// The words of the streams' tests (tests.h), by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef RAW_WORDS_H
#define RAW_WORDS_H

#include "runner.h"
#include "check.h"
#include "payload.h"

#define CALL(function, ...) JOIN(STREAM(weft_streams_peer), function)(__VA_ARGS__)
#define JOIN(stream, function) JOIN_(stream, function)
#define JOIN_(stream, function) stream##_##function

// One end, and the copy on it.
typedef struct {
    uint32_t handle;
    uint32_t next; // place in the stream
    bool all, in_flight;
    uint32_t length, done;
    item *items;
    uint32_t state;
} end;

typedef struct {
    uint32_t m, n, result, other_result;
    end reader, writer;
    uint32_t call, other; // in flight; else 0
    uint32_t gate;
} test;

// Waits for one waitable, and returns the code of its event.
static uint32_t wait_for(uint32_t waitable, uint32_t event)
{
    runner_waitable_set_t set = runner_waitable_set_new();
    runner_waitable_join(waitable, set);
    runner_event_t got;
    runner_waitable_set_wait(set, &got);
    EXPECT(got.event, event);
    EXPECT(got.waitable, waitable);
    runner_waitable_join(waitable, 0);
    runner_waitable_set_drop(set);
    return got.code;
}

static void await_subtask(uint32_t subtask)
{
    EXPECT(wait_for(subtask, RUNNER_EVENT_SUBTASK), RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(subtask);
}

static bool reading(test *self)
{
    return self->reader.in_flight;
}

static bool writing(test *self)
{
    return self->writer.in_flight;
}

// The host answered with `status`.
static void answered(end *on, uint32_t status)
{
    on->in_flight = status == RUNNER_WAITABLE_STATUS_BLOCKED;
    if (on->in_flight)
        return;
    on->state = RUNNER_WAITABLE_STATE(status);
    on->done += RUNNER_WAITABLE_COUNT(status);
}

static void begin(end *on, item *items, uint32_t length)
{
    EXPECT(on->in_flight, false);
    free(on->items);
    on->items = items;
    on->length = length;
    on->done = 0;
    on->all = false;
    on->state = RUNNER_WAITABLE_COMPLETED;
}

static void start_read(test *self, uint32_t n)
{
    end *on = &self->reader;
    begin(on, new_buffer(n), n);
#ifdef PAYLOAD_NONE
    answered(on, CALL(read, on->handle, n));
#else
    answered(on, CALL(read, on->handle, on->items, n));
#endif
}

static void write_rest(end *on)
{
#ifdef PAYLOAD_NONE
    answered(on, CALL(write, on->handle, on->length - on->done));
#else
    answered(on, CALL(write, on->handle, on->items + on->done, on->length - on->done));
#endif
}

static void write_more(end *on)
{
    while (on->all && !on->in_flight && on->state == RUNNER_WAITABLE_COMPLETED && on->done < on->length)
        write_rest(on);
}

static void start_write(test *self, uint32_t n)
{
    begin(&self->writer, new_items(n, self->writer.next), n);
    write_rest(&self->writer);
}

static void start_write_all(test *self, uint32_t n)
{
    begin(&self->writer, new_items(n, self->writer.next), n);
    self->writer.all = true;
    write_more(&self->writer);
}

static void await_read(test *self)
{
    if (reading(self))
        answered(&self->reader, wait_for(self->reader.handle, RUNNER_EVENT_STREAM_READ));
}

static void await_write(test *self)
{
    while (writing(self)) {
        answered(&self->writer, wait_for(self->writer.handle, RUNNER_EVENT_STREAM_WRITE));
        write_more(&self->writer);
    }
}

static void stop_read(test *self)
{
    if (reading(self))
        answered(&self->reader, CALL(cancel_read, self->reader.handle));
}

static void stop_write(test *self)
{
    if (writing(self))
        answered(&self->writer, CALL(cancel_write, self->writer.handle));
}

static uint32_t received(test *self)
{
    end *on = &self->reader;
    if (!holds(on->items, on->length, on->next, on->done))
        return WRONG_ITEMS;
    on->next += on->done;
    return on->done << 4 | on->state;
}

static uint32_t sent(test *self)
{
    end *on = &self->writer;
    on->next += on->done;
    return on->done << 4 | on->state;
}

static void close_reader(test *self)
{
    stop_read(self);
    if (self->reader.handle)
        CALL(drop_readable, self->reader.handle);
    free(self->reader.items);
    self->reader = (end){0};
}

static void close_writer(test *self)
{
    stop_write(self);
    if (self->writer.handle)
        CALL(drop_writable, self->writer.handle);
    free(self->writer.items);
    self->writer = (end){0};
}

static void open_reader(test *self)
{
    close_reader(self);
    weft_streams_peer_close_writer();
    self->reader.handle = weft_streams_peer_make();
}

static void open_writer(test *self)
{
    close_writer(self);
    weft_streams_peer_close_reader();
    weft_streams_peer_take(CALL(new, &self->writer.handle));
}

static STREAM_T(weft_streams_peer) open_gate(test *self)
{
    return CALL(new, &self->gate);
}

static uint32_t pass_gate(test *self)
{
    item *items = new_items(1, 0);
#ifdef PAYLOAD_NONE
    uint32_t status = CALL(write, self->gate, 1);
#else
    uint32_t status = CALL(write, self->gate, items, 1);
#endif
    free(items);
    CALL(drop_writable, self->gate);
    self->gate = 0;
    return status;
}

static uint32_t call(test *self, uint32_t status)
{
    if (status == RUNNER_SUBTASK_RETURNED)
        return self->result;
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
    self->call = RUNNER_SUBTASK_HANDLE(status);
    return UINT32_MAX;
}

__attribute__((unused)) static uint32_t call_other(test *self, uint32_t status)
{
    if (status == RUNNER_SUBTASK_RETURNED)
        return self->other_result;
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
    self->other = RUNNER_SUBTASK_HANDLE(status);
    return UINT32_MAX;
}

static uint32_t stop_call(test *self)
{
    uint32_t state = runner_subtask_cancel(self->call);
    runner_subtask_drop(self->call);
    self->call = 0;
    return state;
}

static void await_call(test *self)
{
    if (self->call)
        await_subtask(self->call);
    self->call = 0;
}

__attribute__((unused)) static void await_other(test *self)
{
    if (self->other)
        await_subtask(self->other);
    self->other = 0;
}

static void end_case(test *self)
{
    close_reader(self);
    close_writer(self);
    if (check_text[0])
        return;
    weft_streams_peer_close_reader();
    weft_streams_peer_close_writer();
}

#define CASE(name) static void name(void)
#define BEGIN_CASE                                                                                             \
    test frame = {0};                                                                                          \
    test *self = &frame
#define END_CASE end_case(self)
#define AWAIT(wait)                                                                                            \
    do {                                                                                                       \
        if (check_text[0])                                                                                     \
            return;                                                                                            \
        wait;                                                                                                  \
    } while (0)
#define AWAIT_READ() AWAIT(await_read(self))
#define AWAIT_WRITE() AWAIT(await_write(self))
#define AWAIT_CALL() AWAIT(await_call(self))
#define AWAIT_OTHER() AWAIT(await_other(self))
#define AWAIT_LATER() AWAIT(await_subtask(RUNNER_SUBTASK_HANDLE(weft_streams_peer_later())))

static uint64_t peer_probe(void)
{
    return weft_streams_peer_probe();
}

#endif
