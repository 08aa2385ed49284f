// The calls' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"

static void call_ready(void)
{
    uint32_t sum = 0;
    EXPECT(weft_calls_peer_add(1, 2, &sum), RUNNER_SUBTASK_RETURNED);
    EXPECT(sum, 3);
}

static void call_pending(void)
{
    uint32_t sum = 0;
    runner_subtask_status_t status = weft_calls_peer_add_later(1, 2, &sum);
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
    runner_waitable_set_t set = runner_waitable_set_new();
    runner_waitable_join(RUNNER_SUBTASK_HANDLE(status), set);
    runner_event_t event;
    runner_waitable_set_wait(set, &event);
    EXPECT(event.event, RUNNER_EVENT_SUBTASK);
    EXPECT(event.code, RUNNER_SUBTASK_RETURNED);
    EXPECT(sum, 3);
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
    runner_waitable_set_drop(set);
}

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(call_ready)                                                                                           \
    TEST(call_pending)
#include "raw_runner.h"
