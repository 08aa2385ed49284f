// The words of the streams' tests (tests.h), on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORDS_H
#define WEFT_WORDS_H

#include "runner.h"
#include "check.h"
#include "payload.h"
#include <weft/weft.h>

#ifdef PAYLOAD_NONE
WEFT_STREAM_UNIT(items, weft_streams_peer_stream_void);
#else
WEFT_STREAM(items, weft_streams_peer_stream_item, item);
#endif

typedef struct {
    weft_coro co;
    uint32_t m, n, result, other_result;
    items_reader reader;
    items_writer writer;
    item *read, *written;             // the buffers of the last copies
    uint32_t length;                  // of `read`
    uint32_t next_read, next_written; // places in the streams
    weft_subtask call, other, later;
    items_writer gate;
} test;

static bool reading(test *self)
{
    return weft_in_flight(&self->reader);
}

static bool writing(test *self)
{
    return weft_in_flight(&self->writer);
}

static void start_read(test *self, uint32_t n)
{
    free(self->read);
    self->read = new_buffer(n);
    self->length = n;
    items_start_read(&self->co, &self->reader, ITEMS(self->read) n);
}

static void start_write(test *self, uint32_t n)
{
    free(self->written);
    self->written = new_items(n, self->next_written);
    items_start_write(&self->co, &self->writer, ITEMS(self->written) n);
}

static void start_write_all(test *self, uint32_t n)
{
    free(self->written);
    self->written = new_items(n, self->next_written);
    items_start_write_all(&self->co, &self->writer, ITEMS(self->written) n);
}

static void stop_read(test *self)
{
    weft_stop_blocking(&self->reader);
}

static void stop_write(test *self)
{
    weft_stop_blocking(&self->writer);
}

#define STATUS(end)                                                                                            \
    ((uint32_t)(end).count << 4 | (uint32_t)weft_dropped(&(end)) | (uint32_t)weft_copy_cancelled(&(end)) << 1)

static uint32_t received(test *self)
{
    if (!holds(self->read, self->length, self->next_read, self->reader.count))
        return WRONG_ITEMS;
    self->next_read += (uint32_t)self->reader.count;
    return STATUS(self->reader);
}

static uint32_t sent(test *self)
{
    self->next_written += (uint32_t)self->writer.count;
    return STATUS(self->writer);
}

static void close_reader(test *self)
{
    items_close_reader_blocking(&self->reader);
    free(self->read);
    self->read = NULL;
    self->next_read = 0;
}

static void close_writer(test *self)
{
    items_close_writer_blocking(&self->writer);
    free(self->written);
    self->written = NULL;
    self->next_written = 0;
}

static void open_reader(test *self)
{
    close_reader(self);
    weft_streams_peer_close_writer();
    self->reader = items_reader_of(weft_streams_peer_make());
}

static void open_writer(test *self)
{
    close_writer(self);
    weft_streams_peer_close_reader();
    weft_streams_peer_take(items_new(&self->writer));
}

static STREAM_T(weft_streams_peer) open_gate(test *self)
{
    return items_new(&self->gate);
}

static uint32_t pass_gate(test *self)
{
    item *one = new_items(1, 0);
    items_start_write(&self->co, &self->gate, ITEMS(one) 1);
    uint32_t status = weft_in_flight(&self->gate) ? UINT32_MAX : STATUS(self->gate);
    items_close_writer(&self->gate);
    free(one);
    return status;
}

static uint32_t call(test *self, uint32_t status)
{
    weft_subtask_start(&self->co, &self->call, status);
    return weft_in_flight(&self->call) ? UINT32_MAX : self->result;
}

__attribute__((unused)) static uint32_t call_other(test *self, uint32_t status)
{
    weft_subtask_start(&self->co, &self->other, status);
    return weft_in_flight(&self->other) ? UINT32_MAX : self->other_result;
}

static uint32_t stop_call(test *self)
{
    weft_stop_blocking(&self->call);
    return weft_subtask_state_of(&self->call);
}

static void end_case(test *self)
{
    close_reader(self);
    close_writer(self);
    items_close_writer(&self->gate);
    weft_stop_blocking(&self->call);
    weft_stop_blocking(&self->other);
    if (check_text[0])
        return;
    weft_streams_peer_close_reader();
    weft_streams_peer_close_writer();
}

#define CASE(name)                                                                                             \
    typedef test name;                                                                                         \
    static weft_stepped name##_run(weft_coro *co)
#define BEGIN_CASE                                                                                             \
    test *self = weft_frame(co, test);                                                                         \
    WEFT_BEGIN
#define END_CASE                                                                                               \
    WEFT_FINALLY;                                                                                              \
    end_case(self);                                                                                            \
    WEFT_END
#define AWAIT(wait)                                                                                            \
    do {                                                                                                       \
        if (check_text[0])                                                                                     \
            WEFT_FINISH;                                                                                       \
        WEFT_AWAIT(wait);                                                                                      \
    } while (0)
#define AWAIT_READ() AWAIT(weft_await(co, &self->reader))
#define AWAIT_WRITE() AWAIT(weft_await(co, &self->writer))
#define AWAIT_CALL() AWAIT(weft_await(co, &self->call))
#define AWAIT_OTHER() AWAIT(weft_await(co, &self->other))
#define AWAIT_LATER() AWAIT(weft_subtask_call(co, &self->later, weft_streams_peer_later()))

static uint64_t peer_probe(void)
{
    return weft_streams_peer_probe();
}

#endif
