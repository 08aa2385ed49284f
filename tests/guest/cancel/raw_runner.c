// The tests of cancellation, by hand on the raw bindings: what a cancel does in the callee.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>

static void settle(void)
{
    for (int i = 0; i < 10; i++)
        runner_thread_yield();
}

static void shield(uint32_t before, bool insists, uint32_t expected)
{
    uint32_t result = 0;
    weft_cancel_peer_turns();
    runner_subtask_status_t call = weft_cancel_peer_shielded(5, insists, &result);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    for (uint32_t i = 0; i < before; i++)
        runner_thread_yield();
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(call)), expected);
    EXPECT(weft_cancel_peer_turns(), 5);
    EXPECT(result, expected == RUNNER_SUBTASK_RETURNED ? 7 : 0);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
    settle();
}

static void shield_defers(void)
{
    for (uint32_t before = 0; before < 4; before++)
        shield(before, false, RUNNER_SUBTASK_RETURNED_CANCELLED);
}

static void shield_insists(void)
{
    for (uint32_t before = 0; before < 4; before++)
        shield(before, true, RUNNER_SUBTASK_RETURNED);
}

static void cancelled_reading(void)
{
    uint32_t out, in = weft_cancel_peer_stream_u8_new(&out), result = 0;
    runner_subtask_status_t call = weft_cancel_peer_take(in, &result);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTED);
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_RETURNED_CANCELLED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
    EXPECT(weft_cancel_peer_stream_u8_write(out, (const uint8_t *)"x", 1), RUNNER_WAITABLE_DROPPED);
    weft_cancel_peer_stream_u8_drop_writable(out);
    settle();
}

static void cancelled_starting(void)
{
    uint32_t out, in = weft_cancel_peer_stream_u8_new(&out), result = 0;
    weft_cancel_peer_hold();
    runner_subtask_status_t call = weft_cancel_peer_take(in, &result);
    EXPECT(RUNNER_SUBTASK_STATE(call), RUNNER_SUBTASK_STARTING);
    EXPECT(runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(call)), RUNNER_SUBTASK_STARTED_CANCELLED);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(call));
    weft_cancel_peer_stream_u8_drop_readable(in);
    weft_cancel_peer_stream_u8_drop_writable(out);
    weft_cancel_peer_release();
    settle();
}

static uint64_t peer_probe(void)
{
    return weft_cancel_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(shield_defers)                                                                                        \
    TEST(shield_insists)                                                                                       \
    TEST(cancelled_reading)                                                                                    \
    TEST(cancelled_starting)
#include "raw_runner.h"
