// The sync tests, by hand on the raw bindings: each call is a task of the callee.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PROBE_HOLES 4000
#include "check.h"
#include <stdlib.h>

static void started(runner_subtask_status_t status)
{
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
}

// The next event of `handle`.
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

static void until_returned(runner_subtask_status_t status)
{
    if (RUNNER_SUBTASK_STATE(status) == RUNNER_SUBTASK_RETURNED)
        return;
    uint32_t state = RUNNER_SUBTASK_STATE(status);
    while (state < RUNNER_SUBTASK_RETURNED)
        state = wait_for(RUNNER_SUBTASK_HANDLE(status));
    EXPECT(state, RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
}

static void stop(runner_subtask_status_t status, uint32_t expected)
{
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(status)), expected);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
}

static void wake_one(void)
{
    uint32_t result = 0;
    weft_sync_peer_reset();
    runner_subtask_status_t call = weft_sync_peer_wait(7, 1, &result);
    started(call);
    EXPECT(weft_sync_peer_waiting(), 1);
    EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_set()), RUNNER_SUBTASK_RETURNED);
    EXPECT(result, 0); // woken, but not run
    until_returned(call);
    EXPECT(result, 7);
    EXPECT(weft_sync_peer_waiting(), 0);
    // set already: no wait
    EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_wait(8, 1, &result)), RUNNER_SUBTASK_RETURNED);
    EXPECT(result, 8);
}

static void wake_by_sync(void)
{
    uint32_t result = 0;
    weft_sync_peer_reset();
    runner_subtask_status_t call = weft_sync_peer_wait(7, 1, &result);
    started(call);
    weft_sync_peer_set_now();
    weft_sync_peer_set_now();
    EXPECT(result, 0);
    until_returned(call);
    EXPECT(result, 7);
}

static void wake_many(void)
{
    enum { MANY = 1000 };
    static runner_subtask_status_t calls[MANY];
    static uint32_t results[MANY];
    memset(results, 0, sizeof results);
    weft_sync_peer_reset();
    for (uint32_t i = 0; i < MANY; i++) {
        calls[i] = weft_sync_peer_wait(i + 8, 1, &results[i]);
        started(calls[i]);
    }
    EXPECT(weft_sync_peer_waiting(), MANY);
    EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_set()), RUNNER_SUBTASK_RETURNED);
    for (uint32_t i = 0; i < MANY; i++) {
        until_returned(calls[i]);
        EXPECT(results[i], i + 8);
    }
    EXPECT(weft_sync_peer_waiting(), 0);
}

static void wake_again(void)
{
    uint32_t result = 0;
    weft_sync_peer_reset();
    runner_subtask_status_t call = weft_sync_peer_wait(7, 5, &result);
    started(call);
    for (int i = 0; i < 5; i++) {
        EXPECT(result, 0);
        EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_set()), RUNNER_SUBTASK_RETURNED);
        if (i < 4) // until it sleeps again
            for (int turn = 0; turn < 3; turn++)
                runner_thread_yield();
    }
    until_returned(call);
    EXPECT(result, 7);
}

static void wake_beside_host(void)
{
    uint32_t result = 0, out, item = 1, in = weft_sync_peer_stream_u32_new(&out);
    weft_sync_peer_reset();
    runner_subtask_status_t call = weft_sync_peer_wait_and_read(7, in, &result);
    started(call);
    for (; item < 6; item++) {
        if (item == 4)
            EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_set()), RUNNER_SUBTASK_RETURNED);
        uint32_t status = weft_sync_peer_stream_u32_write(out, &item, 1);
        if (status == RUNNER_WAITABLE_STATUS_BLOCKED)
            status = wait_for(out);
        EXPECT(status, 1 << 4);
    }
    EXPECT(result, 0);
    weft_sync_peer_stream_u32_drop_writable(out);
    until_returned(call);
    EXPECT(result, 7 + 1 + 2 + 3 + 4 + 5);
}

static void cancel_sleeper(void)
{
    uint32_t results[2] = {0};
    runner_subtask_status_t calls[2];
    weft_sync_peer_reset();
    for (uint32_t i = 0; i < 2; i++) {
        calls[i] = weft_sync_peer_wait(17 + i, 1, &results[i]);
        started(calls[i]);
    }
    stop(calls[0], RUNNER_SUBTASK_RETURNED);
    EXPECT(results[0], 1017);
    EXPECT(weft_sync_peer_cancelled(), 1);
    EXPECT(weft_sync_peer_waiting(), 1);
    EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_set()), RUNNER_SUBTASK_RETURNED);
    until_returned(calls[1]);
    EXPECT(results[1], 18);
}

static void cancel_across(void)
{
    uint32_t result = 0;
    weft_sync_peer_reset();
    runner_subtask_status_t call = weft_sync_peer_wait(3, 1, &result);
    started(call);
    EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_cancel(3)), RUNNER_SUBTASK_RETURNED);
    until_returned(call);
    EXPECT(result, 1003);
    EXPECT(weft_sync_peer_cancelled(), 1);
    EXPECT(weft_sync_peer_waiting(), 0);
}

static void until_holds(uint32_t ticket)
{
    while (weft_sync_peer_holder() != ticket)
        runner_thread_yield();
}

static void mutex_is_fair(void)
{
    uint32_t results[6] = {0};
    runner_subtask_status_t calls[6];
    weft_sync_peer_reset();
    for (uint32_t i = 1; i < 6; i++) {
        calls[i] = weft_sync_peer_lock(i, &results[i]);
        started(calls[i]);
    }
    for (uint32_t i = 1; i < 6; i++) {
        EXPECT(weft_sync_peer_holder(), i);
        weft_sync_peer_leave(i);
        until_returned(calls[i]);
        EXPECT(results[i], i - 1);
        if (i < 5)
            until_holds(i + 1);
    }
    EXPECT(weft_sync_peer_holder(), 0);
}

static void mutex_cancelled(void)
{
    uint32_t results[5] = {0};
    runner_subtask_status_t calls[5];
    weft_sync_peer_reset();
    for (uint32_t i = 1; i < 5; i++) {
        calls[i] = weft_sync_peer_lock(i, &results[i]);
        started(calls[i]);
    }
    stop(calls[2], RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_sync_peer_cancelled(), 1);
    stop(calls[1], RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_sync_peer_cancelled(), 101);
    // the next may hold it, and not have run yet: cancelled then, it has it to give back
    stop(calls[3], RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_sync_peer_cancelled(), 201);
    until_holds(4);
    weft_sync_peer_leave(4);
    until_returned(calls[4]);
    EXPECT(results[4], 0);
    EXPECT(weft_sync_peer_waiting(), 0);
}

static void channel_close(void)
{
    uint32_t sent = 0;
    uint64_t received = 1;
    weft_sync_peer_reset();
    runner_subtask_status_t call = weft_sync_peer_send(true, 10, 6, &sent);
    started(call);
    weft_sync_peer_close(true);
    until_returned(call);
    EXPECT(sent, 4);
    until_returned(weft_sync_peer_receive(true, 9, &received));
    EXPECT(received, 10111213);
    until_returned(weft_sync_peer_send(true, 50, 2, &sent));
    EXPECT(sent, 0);
    call = weft_sync_peer_receive(false, 9, &received);
    started(call);
    weft_sync_peer_close(false);
    until_returned(call);
    EXPECT(received, 0);
    EXPECT(weft_sync_peer_waiting(), 0);
}

static void channel_cancelled(void)
{
    uint32_t sent[2] = {0};
    uint64_t received[3] = {0};
    weft_sync_peer_reset();
    runner_subtask_status_t first = weft_sync_peer_receive(false, 1, &received[0]);
    runner_subtask_status_t second = weft_sync_peer_receive(false, 1, &received[1]);
    stop(first, RUNNER_SUBTASK_RETURNED_CANCELLED);
    until_returned(weft_sync_peer_send(false, 42, 1, &sent[0]));
    until_returned(second);
    EXPECT(received[1], 42);
    first = weft_sync_peer_send(false, 43, 1, &sent[0]);
    second = weft_sync_peer_send(false, 44, 1, &sent[1]);
    stop(first, RUNNER_SUBTASK_RETURNED_CANCELLED);
    until_returned(weft_sync_peer_receive(false, 1, &received[2]));
    EXPECT(received[2], 44);
    until_returned(second);
    EXPECT(sent[1], 1);
    EXPECT(weft_sync_peer_waiting(), 0);
}

static uint64_t peer_probe(void)
{
    return weft_sync_peer_probe();
}

static void join_across(void)
{
    for (weft_sync_peer_how_t how = WEFT_SYNC_PEER_HOW_ONE; how <= WEFT_SYNC_PEER_HOW_CLOSE; how++) {
        uint32_t cancelled = 9, results[2] = {0, 0};
        weft_sync_peer_reset();
        runner_subtask_status_t owner = weft_sync_peer_adopt(&cancelled), waiters[2];
        started(owner);
        for (int i = 0; i < 2; i++)
            started(waiters[i] = weft_sync_peer_join_adopted(how, &results[i]));
        if (how != WEFT_SYNC_PEER_HOW_CLOSE)
            EXPECT(RUNNER_SUBTASK_STATE(weft_sync_peer_set()), RUNNER_SUBTASK_RETURNED);
        until_returned(waiters[1]);
        until_returned(waiters[0]);
        until_returned(owner);
        EXPECT(cancelled, how == WEFT_SYNC_PEER_HOW_CLOSE ? 2 : 0);
        EXPECT(results[0] + results[1], 14);
    }
}

#define TESTS                                                                                                  \
    TEST(wake_one)                                                                                             \
    TEST(wake_by_sync)                                                                                         \
    TEST(wake_many)                                                                                            \
    TEST(wake_again)                                                                                           \
    TEST(wake_beside_host)                                                                                     \
    TEST(cancel_sleeper)                                                                                       \
    TEST(cancel_across)                                                                                        \
    TEST(join_across)                                                                                          \
    TEST(mutex_is_fair)                                                                                        \
    TEST(mutex_cancelled)                                                                                      \
    TEST(channel_close)                                                                                        \
    TEST(channel_cancelled)
#include "raw_runner.h"
