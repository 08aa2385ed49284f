// The tests of synchronously lifted exports, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>

static uint32_t next(runner_subtask_status_t status)
{
    runner_subtask_t subtask = RUNNER_SUBTASK_HANDLE(status);
    runner_waitable_set_t set = runner_waitable_set_new();
    runner_waitable_join(subtask, set);
    runner_event_t event;
    runner_waitable_set_wait(set, &event);
    EXPECT(event.event, RUNNER_EVENT_SUBTASK);
    runner_waitable_join(subtask, 0);
    runner_waitable_set_drop(set);
    return event.code;
}

static void until_returned(runner_subtask_status_t status)
{
    uint32_t state = next(status);
    if (state == RUNNER_SUBTASK_STARTED)
        state = next(status);
    EXPECT(state, RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
}

static void expect_started(runner_subtask_status_t status)
{
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
}

static void until_waits(uint32_t ticket, bool waits)
{
    while (weft_calls_peer_waits(ticket) != waits)
        runner_thread_yield();
}

static void waits_for_calls(void)
{
    uint32_t result = 0;
    runner_subtask_status_t status = weft_blocking_peer_wait_calls(1, 2, &result);
    expect_started(status);
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(1);
    until_waits(2, true);
    EXPECT(result, 0);
    weft_calls_peer_open(2);
    until_returned(status);
    EXPECT(result, 4 + 7);
}

static void waits_for_any(void)
{
    for (uint32_t first = 1; first <= 2; first++) {
        uint32_t result = 0;
        runner_subtask_status_t status = weft_blocking_peer_wait_any(1, 2, &result);
        expect_started(status);
        EXPECT(weft_calls_peer_held(), 2);
        weft_calls_peer_open(first);
        until_returned(status);
        EXPECT(result, 3 * first + 1);
        EXPECT(weft_calls_peer_held(), 0);
    }
}

static void waits_for_a_stream(void)
{
    static const uint8_t items[] = {1, 2, 3, 4, 5, 6, 7, 100};
    uint32_t result = 0;
    weft_blocking_peer_stream_u8_writer_t out;
    weft_blocking_peer_stream_u8_t end = weft_blocking_peer_stream_u8_new(&out);
    runner_subtask_status_t status = weft_blocking_peer_wait_stream(end, &result);
    expect_started(status);
    for (size_t sent = 0; sent < sizeof items;) {
        uint32_t write = weft_blocking_peer_stream_u8_write(out, items + sent, sizeof items - sent);
        if (write == RUNNER_WAITABLE_STATUS_BLOCKED) {
            runner_waitable_set_t set = runner_waitable_set_new();
            runner_waitable_join(out, set);
            runner_event_t event;
            runner_waitable_set_wait(set, &event);
            EXPECT(event.event, RUNNER_EVENT_STREAM_WRITE);
            write = event.code;
            runner_waitable_join(out, 0);
            runner_waitable_set_drop(set);
        }
        EXPECT(RUNNER_WAITABLE_STATE(write), RUNNER_WAITABLE_COMPLETED);
        EXPECT(RUNNER_WAITABLE_COUNT(write) > 0, true);
        sent += RUNNER_WAITABLE_COUNT(write);
    }
    weft_blocking_peer_stream_u8_drop_writable(out);
    until_returned(status);
    EXPECT(result, 128);
}

static void yields_with_a_call_in_flight(void)
{
    uint32_t result = 0;
    runner_subtask_status_t status = weft_blocking_peer_wait_yielding(1, &result);
    expect_started(status);
    for (int i = 0; i < 5; i++)
        runner_thread_yield();
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(1);
    until_returned(status);
    EXPECT(result, 4);
}

static void others_stand_still(void)
{
    uint32_t relayed = 0, sum = 0, late = 0;
    runner_subtask_status_t relay = weft_blocking_peer_relay(3, &relayed);
    expect_started(relay);
    runner_subtask_status_t status = weft_blocking_peer_wait_calls(1, 2, &sum);
    expect_started(status);
    runner_subtask_status_t add = weft_blocking_peer_add(5, 6, &late);
    EXPECT(RUNNER_SUBTASK_STATE(add), RUNNER_SUBTASK_STARTING);
    weft_calls_peer_open(3);
    until_waits(3, false);
    for (int i = 0; i < 5; i++)
        runner_thread_yield();
    EXPECT(relayed, 0);
    EXPECT(late, 0);
    EXPECT(weft_blocking_peer_turns(3), 3);
    EXPECT(weft_blocking_peer_call_ready(8, 9), 17);
    EXPECT(relayed, 0);
    weft_calls_peer_open(1);
    until_waits(2, true);
    weft_calls_peer_open(2);
    until_returned(status);
    EXPECT(sum, 4 + 7);
    until_returned(add);
    EXPECT(late, 11);
    until_returned(relay);
    EXPECT(relayed, 10);
}

static void cancel_is_not_heard(void)
{
    uint32_t result = 0, late = 0;
    runner_subtask_status_t status = weft_blocking_peer_wait_yielding(1, &result);
    runner_subtask_status_t add = weft_blocking_peer_add(5, 6, &late);
    EXPECT(RUNNER_SUBTASK_STATE(add), RUNNER_SUBTASK_STARTING);
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(add)), RUNNER_SUBTASK_STARTED_CANCELLED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(add));
    weft_calls_peer_open(1);
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(status)), RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
    EXPECT(result, 4);
    EXPECT(late, 0);
}

static void sync_type(void)
{
    EXPECT(weft_blocking_peer_turns(0), 0);
    EXPECT(weft_blocking_peer_turns(7), 7);
    EXPECT(weft_blocking_peer_call_ready(1, 2), 3);
    EXPECT(weft_blocking_peer_call_cancelled(1), RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
}

static void sync_type_waits_for_tasks(void)
{
    static const uint32_t turns[] = {0, 1, 2, 5};
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t number;
        EXPECT(weft_blocking_peer_promise(40 + i, turns[i], &number), RUNNER_SUBTASK_RETURNED);
        EXPECT(weft_blocking_peer_promised(number), 40 + i);
    }
}

// Traps.
static void sync_type_waits(void)
{
    weft_blocking_peer_call_pending(1);
}

static uint64_t peer_probe(void)
{
    return weft_blocking_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(waits_for_calls)                                                                                      \
    TEST(waits_for_any)                                                                                        \
    TEST(waits_for_a_stream)                                                                                   \
    TEST(yields_with_a_call_in_flight)                                                                         \
    TEST(others_stand_still)                                                                                   \
    TEST(cancel_is_not_heard)                                                                                  \
    TEST(sync_type)                                                                                            \
    TEST(sync_type_waits_for_tasks)                                                                            \
    TEST(sync_type_waits)
#include "raw_runner.h"
