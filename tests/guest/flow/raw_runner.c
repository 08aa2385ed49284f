// The tests of flow.h, by hand on the raw bindings: what the callee feeds and reads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>

// Waits for the event of `handle`, which was blocked.
static uint32_t wait_for(uint32_t handle)
{
    uint32_t set = runner_waitable_set_new();
    runner_event_t event;
    runner_waitable_join(handle, set);
    runner_waitable_set_wait(set, &event);
    EXPECT(event.waitable, handle);
    runner_waitable_join(handle, 0);
    runner_waitable_set_drop(set);
    return event.code;
}

#define COPY(call, handle)                                                                                     \
    (status = (call), status == RUNNER_WAITABLE_STATUS_BLOCKED ? status = wait_for(handle) : status)

// Peers see that an end is gone in their next turn.
static void settle(void)
{
    for (int i = 0; i < 10; i++)
        runner_thread_yield();
}

static void called(runner_subtask_status_t status)
{
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_RETURNED);
}

static void read_all(uint32_t count, uint32_t most)
{
    uint32_t in, status, got = 0, buffer[4];
    called(weft_flow_peer_numbers(count, 3, &in));
    do {
        COPY(weft_flow_peer_stream_u32_read(in, buffer, most - got < 4 ? most - got : 4), in);
        for (uint32_t i = 0; i < RUNNER_WAITABLE_COUNT(status); i++)
            EXPECT(buffer[i], got + i);
        got += RUNNER_WAITABLE_COUNT(status);
    } while (got < most && RUNNER_WAITABLE_STATE(status) == RUNNER_WAITABLE_COMPLETED);
    EXPECT(got, count < most ? count : most);
    weft_flow_peer_stream_u32_drop_readable(in);
    settle();
}

static void feed(void)
{
    read_all(10, 1000);
    read_all(0, 1000);
}

static void feed_reader_goes(void)
{
    read_all(10, 4);
    read_all(10, 9);
}

static void feed_names(void)
{
    uint32_t in, status;
    runner_string_t name;
    called(weft_flow_peer_names(3, &in));
    for (int i = 0; i < 2; i++) {
        COPY(weft_flow_peer_stream_string_read(in, &name, 1), in);
        EXPECT(RUNNER_WAITABLE_COUNT(status), 1);
        EXPECT(name.len, 4);
        free(name.ptr);
    }
    weft_flow_peer_stream_string_drop_readable(in);
    settle();
}

static void feed_ticks(void)
{
    uint32_t in, status;
    called(weft_flow_peer_ticks(5, &in));
    COPY(weft_flow_peer_stream_void_read(in, 9), in);
    EXPECT(RUNNER_WAITABLE_COUNT(status), 5);
    weft_flow_peer_stream_void_drop_readable(in);
    settle();
}

// Writes numbers until all are gone or the reader is.
static void write_sum(uint32_t count, uint32_t most)
{
    uint32_t out, status, sent = 0, in = weft_flow_peer_stream_u32_new(&out);
    uint64_t sum = 0;
    runner_subtask_status_t call = weft_flow_peer_sum(in, most, &sum);
    do {
        uint32_t next = sent;
        COPY(weft_flow_peer_stream_u32_write(out, &next, 1), out);
        sent += RUNNER_WAITABLE_COUNT(status);
    } while (sent < count && RUNNER_WAITABLE_STATE(status) == RUNNER_WAITABLE_COMPLETED);
    weft_flow_peer_stream_u32_drop_writable(out);
    if (RUNNER_SUBTASK_STATE(call) != RUNNER_SUBTASK_RETURNED) {
        EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_RETURNED);
        runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
    }
    uint32_t n = count < most ? count : most;
    EXPECT(sum >> 32, n);
    EXPECT(sum & UINT32_MAX, n * (n - 1) / 2);
    EXPECT(sent, n);
    settle();
}

static void exactly(void)
{
    write_sum(20, 14);
    write_sum(20, 20);
    write_sum(20, 99);
    write_sum(3, 2);
}

// Cancels the call while it reads.
static void exactly_cancelled(void)
{
    uint32_t out, status, next = 5, in = weft_flow_peer_stream_u32_new(&out);
    uint64_t sum = 0;
    runner_subtask_status_t call = weft_flow_peer_sum(in, 9, &sum);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    COPY(weft_flow_peer_stream_u32_write(out, &next, 1), out);
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_RETURNED_CANCELLED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
    COPY(weft_flow_peer_stream_u32_write(out, &next, 1), out);
    EXPECT(status, RUNNER_WAITABLE_DROPPED);
    weft_flow_peer_stream_u32_drop_writable(out);
    settle();
}

static void to_end(uint32_t most, bool cancel)
{
    uint32_t out, status, in = weft_flow_peer_stream_string_new(&out);
    uint64_t measure = 0;
    runner_string_t names[3] = {{(uint8_t *)"a", 1}, {(uint8_t *)"bcd", 3}, {(uint8_t *)"", 0}};
    runner_subtask_status_t call = weft_flow_peer_measure(in, most, &measure);
    COPY(weft_flow_peer_stream_string_write(out, names, 3), out);
    EXPECT(RUNNER_WAITABLE_COUNT(status), most < 3 ? most : 3);
    if (cancel) {
        EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_RETURNED_CANCELLED);
        weft_flow_peer_stream_string_drop_writable(out);
    } else {
        if (most > 3) {
            weft_flow_peer_stream_string_drop_writable(out);
        } else { // the callee waits at its limit until there is more
            COPY(weft_flow_peer_stream_string_write(out, names, 1), out);
            EXPECT(status, RUNNER_WAITABLE_DROPPED);
            weft_flow_peer_stream_string_drop_writable(out);
        }
        EXPECT(wait_for(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_RETURNED);
        EXPECT(measure >> 32, most < 3 ? most : 3);
        EXPECT(measure & UINT32_MAX, most < 3 ? most == 1 ? 1 : 4 : 4);
    }
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
    settle();
}

static void to_end_whole(void)
{
    to_end(9, false);
}

static void to_end_limit(void)
{
    to_end(2, false);
    to_end(3, false);
}

static void to_end_cancelled(void)
{
    to_end(9, true);
}

static uint64_t peer_probe(void)
{
    return weft_flow_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(feed)                                                                                                 \
    TEST(feed_reader_goes)                                                                                     \
    TEST(feed_names)                                                                                           \
    TEST(feed_ticks)                                                                                           \
    TEST(exactly)                                                                                              \
    TEST(exactly_cancelled)                                                                                    \
    TEST(to_end_whole)                                                                                         \
    TEST(to_end_limit)                                                                                         \
    TEST(to_end_cancelled)
#include "raw_runner.h"
