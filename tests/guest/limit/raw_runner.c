// The tests of limits, by hand on the raw bindings: the load comes from outside of any task of Weft's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PROBE_HOLES 4096
#include "runner.h"
#include "check.h"
#include <stdlib.h>

enum { CALLS = PLENTY / 5 };

static runner_subtask_status_t calls[CALLS];
static uint32_t results[CALLS], states[CALLS];

static void start(uint32_t first, uint32_t count, uint32_t turns)
{
    for (uint32_t i = first; i < first + count; i++) {
        calls[i] = weft_limit_peer_work(turns, &results[i]);
        states[i] = RUNNER_SUBTASK_STATE(calls[i]);
    }
}

static uint32_t in_state(uint32_t count, uint32_t state)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += states[i] == state;
    return found;
}

// Takes events of the first `count` calls until `enough` of them have returned.
static void until_returned(uint32_t count, uint32_t enough)
{
    uint32_t set = runner_waitable_set_new();
    for (uint32_t i = 0; i < count; i++)
        if (states[i] < RUNNER_SUBTASK_RETURNED)
            runner_waitable_join(RUNNER_SUBTASK_HANDLE(calls[i]), set);
    while (in_state(count, RUNNER_SUBTASK_RETURNED) < enough && !check_text[0]) {
        runner_event_t event;
        runner_waitable_set_wait(set, &event);
        uint32_t i = 0;
        while (i < count && RUNNER_SUBTASK_HANDLE(calls[i]) != event.waitable)
            i++;
        if (i == count) {
            check_add("an event of no call");
            break;
        }
        states[i] = event.code;
        if (states[i] == RUNNER_SUBTASK_RETURNED) {
            runner_waitable_join(event.waitable, 0);
            runner_subtask_drop(event.waitable);
            calls[i] = RUNNER_SUBTASK_RETURNED;
        }
    }
    for (uint32_t i = 0; i < count; i++)
        if (states[i] < RUNNER_SUBTASK_RETURNED)
            runner_waitable_join(RUNNER_SUBTASK_HANDLE(calls[i]), 0);
    runner_waitable_set_drop(set);
}

static void settle(void)
{
    for (int i = 0; i < 10; i++)
        runner_thread_yield();
}

static void load_with(uint32_t limit, uint32_t count)
{
    weft_limit_peer_set_limit(limit);
    weft_limit_peer_highest();
    start(0, count, 3);
    EXPECT(in_state(count, RUNNER_SUBTASK_STARTED), limit);
    EXPECT(in_state(count, RUNNER_SUBTASK_STARTING), count - limit);
    until_returned(count, count);
    EXPECT(weft_limit_peer_highest(), limit);
    EXPECT(weft_limit_peer_inside(), 0);
    weft_limit_peer_set_limit(0);
    settle();
}

static void one_at_a_time(void)
{
    load_with(1, 200);
}

static void sixteen(void)
{
    load_with(16, CALLS);
}

static void late(void)
{
    start(0, 6, 5);
    weft_limit_peer_set_limit(4);
    start(6, 10, 1);
    EXPECT(in_state(16, RUNNER_SUBTASK_STARTED), 6);
    EXPECT(in_state(16, RUNNER_SUBTASK_STARTING), 10);
    until_returned(6, 6);
    weft_limit_peer_highest();
    until_returned(16, 16);
    EXPECT(weft_limit_peer_highest() <= 4, true);
    weft_limit_peer_set_limit(0);
    settle();
}

// Whether they wait or run; the others all return.
static void cancelled(void)
{
    weft_limit_peer_set_limit(4);
    weft_limit_peer_highest();
    start(0, 100, 5);
    settle();
    for (uint32_t i = 0; i < 100; i += 2) {
        states[i] = runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(calls[i]));
        runner_subtask_drop(RUNNER_SUBTASK_HANDLE(calls[i]));
        calls[i] = RUNNER_SUBTASK_RETURNED;
    }
    EXPECT(in_state(100, RUNNER_SUBTASK_STARTED_CANCELLED) > 30, true);
    until_returned(100, in_state(100, RUNNER_SUBTASK_RETURNED) + in_state(100, RUNNER_SUBTASK_STARTED) +
                            in_state(100, RUNNER_SUBTASK_STARTING));
    EXPECT(in_state(100, RUNNER_SUBTASK_RETURNED) >= 50, true);
    EXPECT(weft_limit_peer_highest(), 4);
    EXPECT(weft_limit_peer_inside(), 0);
    weft_limit_peer_set_limit(0);
    settle();
}

static void others_wait(void)
{
    uint32_t result = 0;
    weft_limit_peer_set_limit(2);
    start(0, 1, 5);
    EXPECT(RUNNER_SUBTASK_STATE(weft_limit_peer_other(&result)), RUNNER_SUBTASK_RETURNED);
    start(1, 1, 5);
    start(2, 1, 0);
    calls[3] = weft_limit_peer_other(&result);
    states[3] = RUNNER_SUBTASK_STATE(calls[3]);
    EXPECT(states[3], RUNNER_SUBTASK_STARTING);
    until_returned(4, 4);
    EXPECT(result, 1);
    weft_limit_peer_set_limit(0);
    settle();
}

static uint64_t peer_probe(void)
{
    return weft_limit_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(one_at_a_time)                                                                                        \
    TEST(sixteen)                                                                                              \
    TEST(late)                                                                                                 \
    TEST(cancelled)                                                                                            \
    TEST(others_wait)
#include "raw_runner.h"
