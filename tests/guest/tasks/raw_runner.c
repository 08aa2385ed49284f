// The tasks' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "expect_notes.h"
#include <stdlib.h>

// The form of subtask.cancel that may say BLOCKED; the event comes later.
__attribute__((__import_module__("$root"), __import_name__("[async-lower][subtask-cancel]"))) extern uint32_t
start_cancel(runner_subtask_t subtask);

static void until_returned(runner_subtask_status_t status)
{
    runner_subtask_t subtask = RUNNER_SUBTASK_HANDLE(status);
    runner_waitable_set_t set = runner_waitable_set_new();
    runner_waitable_join(subtask, set);
    runner_event_t event;
    do
        runner_waitable_set_wait(set, &event);
    while (event.code == RUNNER_SUBTASK_STARTED);
    EXPECT(event.event, RUNNER_EVENT_SUBTASK);
    EXPECT(event.code, RUNNER_SUBTASK_RETURNED);
    runner_subtask_drop(subtask);
    runner_waitable_set_drop(set);
}

// The state that an event says which is there without waiting; UINT32_MAX if there is none.
static uint32_t poll(runner_subtask_status_t status)
{
    runner_waitable_set_t set = runner_waitable_set_new();
    runner_waitable_join(RUNNER_SUBTASK_HANDLE(status), set);
    runner_event_t event;
    runner_waitable_set_poll(set, &event);
    runner_waitable_join(RUNNER_SUBTASK_HANDLE(status), 0);
    runner_waitable_set_drop(set);
    return event.event == RUNNER_EVENT_NONE ? UINT32_MAX : event.code;
}

static uint32_t cancel(runner_subtask_status_t status)
{
    uint32_t state = runner_subtask_cancel(RUNNER_SUBTASK_HANDLE(status));
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
    return state;
}

static void pass_turns(void)
{
    for (int i = 0; i < 5; i++)
        runner_thread_yield();
}

static void mix_interleaved(void)
{
    enum { MIXES = 3 };
    runner_subtask_status_t status[MIXES];
    uint32_t sums[MIXES] = {0};
    for (uint32_t i = 0; i < MIXES; i++) {
        status[i] = weft_tasks_peer_mix(i, 10 * i + 1, 10 * i + 2, 10 * i + 3, &sums[i]);
        EXPECT(RUNNER_SUBTASK_STATE(status[i]), RUNNER_SUBTASK_STARTED);
    }
    EXPECT(weft_calls_peer_held(), MIXES);
    // Each goes a step in turn, in another order each time.
    static const uint32_t order[] = {1, 21, 11, 12, 2, 22, 23, 13, 3};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        weft_calls_peer_open(order[i]);
        AWAIT_NOTES(((char[]){(char)('A' + order[i] / 10), 0}));
    }
    for (uint32_t i = 0; i < MIXES; i++) {
        until_returned(status[i]);
        uint32_t sum = i;
        for (uint32_t ticket = 10 * i + 1; ticket <= 10 * i + 3; ticket++)
            sum = 31 * sum + 3 * ticket + 1;
        EXPECT(sums[i], sum);
    }
}

static void works_on_after_return(void)
{
    uint32_t result = 0;
    EXPECT(weft_tasks_peer_early(4, &result), RUNNER_SUBTASK_RETURNED);
    EXPECT(result, 4);
    EXPECT_NOTES("");
    until_held(1);
    EXPECT_NOTES("yyy");
    pass_turns();
    EXPECT_NOTES("");
    weft_calls_peer_open(4);
    AWAIT_NOTES("h");
}

static void yields_count(void)
{
    uint32_t result = 9;
    EXPECT(weft_tasks_peer_turns(0, &result), RUNNER_SUBTASK_RETURNED);
    EXPECT(result, 0);
    EXPECT_NOTES("");
    runner_subtask_status_t status = weft_tasks_peer_turns(5, &result);
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
    until_returned(status);
    EXPECT(result, 5);
    EXPECT_NOTES("ttttt");
}

static void yields_of_two(void)
{
    uint32_t results[2] = {0};
    runner_subtask_status_t first = weft_tasks_peer_turns(3, &results[0]);
    runner_subtask_status_t second = weft_tasks_peer_turns(4, &results[1]);
    until_returned(second);
    until_returned(first);
    EXPECT(results[0], 3);
    EXPECT(results[1], 4);
    EXPECT_NOTES("ttttttt");
}

static void event_in_yield_loop(void)
{
    uint32_t result = 0, other = 0;
    runner_subtask_status_t status = weft_tasks_peer_spin(1, &result);
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    until_returned(weft_tasks_peer_turns(5, &other)); // others are not kept off
    EXPECT_NOTES("ttttt");
    EXPECT(poll(status), UINT32_MAX);
    weft_calls_peer_open(1);
    until_returned(status);
    EXPECT(result, 4);
}

static void yield_on_the_stack(void)
{
    uint32_t result = 0, sum = 0;
    runner_subtask_status_t mix = weft_tasks_peer_mix(0, 1, 2, 3, &sum);
    runner_subtask_status_t stand = weft_tasks_peer_stand();
    EXPECT(RUNNER_SUBTASK_STATE(stand), RUNNER_SUBTASK_STARTED);
    // Its component stands still: no call gets in, no other callback runs; sync exports do.
    runner_subtask_status_t turns = weft_tasks_peer_turns(1, &result);
    EXPECT(RUNNER_SUBTASK_STATE(turns), RUNNER_SUBTASK_STARTING);
    weft_calls_peer_open(1);
    until_held(0);
    pass_turns();
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT_NOTES("");
    EXPECT(poll(turns), UINT32_MAX);
    weft_tasks_peer_raise_flag();
    until_returned(stand);
    until_returned(turns);
    AWAIT_NOTES("At");
    weft_calls_peer_open(2);
    AWAIT_NOTES("A");
    weft_calls_peer_open(3);
    until_returned(mix);
    EXPECT_NOTES("A");
    EXPECT(sum, (4 * 31 + 7) * 31 + 10);
}

static void backpressure_of_a_task(void)
{
    uint32_t result = 0, sum = 0, count = 0;
    runner_subtask_status_t busy = weft_tasks_peer_busy(1, &result);
    EXPECT(RUNNER_SUBTASK_STATE(busy), RUNNER_SUBTASK_STARTED);
    runner_subtask_status_t mix = weft_tasks_peer_mix(5, 2, 3, 4, &sum);
    runner_subtask_status_t turns = weft_tasks_peer_turns(1, &count);
    EXPECT(RUNNER_SUBTASK_STATE(mix), RUNNER_SUBTASK_STARTING);
    EXPECT(RUNNER_SUBTASK_STATE(turns), RUNNER_SUBTASK_STARTING);
    pass_turns();
    EXPECT(poll(mix), UINT32_MAX);
    EXPECT(poll(turns), UINT32_MAX);
    EXPECT_NOTES("B");
    weft_calls_peer_open(1);
    until_returned(busy);
    EXPECT(result, 4);
    until_returned(turns);
    EXPECT(count, 1);
    EXPECT_NOTES("bt");
    EXPECT(poll(mix), RUNNER_SUBTASK_STARTED);
    weft_calls_peer_open(2);
    AWAIT_NOTES("F");
    weft_calls_peer_open(3);
    AWAIT_NOTES("F");
    weft_calls_peer_open(4);
    until_returned(mix);
    EXPECT(sum, ((5 * 31 + 7) * 31 + 10) * 31 + 13);
    EXPECT_NOTES("F");
}

// Waits that end by themselves, so that the finaliser runs on the usual way out.

static void waits_undisturbed(void)
{
    uint32_t result;
    runner_subtask_status_t status = waits(WEFT_TASKS_PEER_PLACE_CALL, 1, false, 1, 0, &result);
    weft_calls_peer_open(1);
    until_returned(status);
    EXPECT(result, 4);
    EXPECT_NOTES("2fs");
    status = waits(WEFT_TASKS_PEER_PLACE_CHILD, 2, false, 0, 0, &result);
    weft_calls_peer_open(2);
    until_returned(status);
    EXPECT(result, 7);
    EXPECT_NOTES("2cbaf");
    status = waits(WEFT_TASKS_PEER_PLACE_ANY, 1, false, 0, 0, &result);
    weft_calls_peer_open(2);
    until_returned(status);
    EXPECT(result, 7);
    EXPECT_NOTES("424f");
    status = waits(WEFT_TASKS_PEER_PLACE_START, 1, false, 0, 0, &result);
    weft_calls_peer_unblock();
    until_held(1);
    weft_calls_peer_open(1);
    until_returned(status);
    EXPECT(result, 4);
    EXPECT_NOTES("2f");
    status = waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, false, 0, 5, &result);
    weft_calls_peer_open(5);
    until_returned(status);
    EXPECT(result, 0);
    EXPECT_NOTES("f2");
}

// Cancels a task that waits `at`: without and with a finaliser that waits, and answered with a value.
static void cancels(weft_tasks_peer_place_t at, const char *plain, const char *slow)
{
    uint32_t result;
    runner_subtask_status_t status = waits(at, 1, false, 0, 0, &result);
    EXPECT(cancel(status), RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(result, 0);
    EXPECT_NOTES(plain);
    EXPECT(weft_calls_peer_held(), 0);
    status = waits(at, 1, false, 2, 0, &result);
    EXPECT(cancel(status), RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT(result, 0);
    EXPECT_NOTES(slow);
    status = waits(at, 1, true, 2, 0, &result);
    EXPECT(cancel(status), RUNNER_SUBTASK_RETURNED);
    EXPECT(result, 1000);
    EXPECT_NOTES(slow);
}

static void cancel_at_call(void)
{
    cancels(WEFT_TASKS_PEER_PLACE_CALL, "4f", "4fss");
}

static void cancel_at_start(void)
{
    cancels(WEFT_TASKS_PEER_PLACE_START, "3f", "3fss");
}

static void cancel_at_child(void)
{
    cancels(WEFT_TASKS_PEER_PLACE_CHILD, "4cbaf", "4cbafss");
}

static void cancel_at_any(void)
{
    cancels(WEFT_TASKS_PEER_PLACE_ANY, "444f", "444fss");
}

static void cancel_at_yield(void)
{
    cancels(WEFT_TASKS_PEER_PLACE_YIELD, "f", "fss");
}

static void cancel_in_finaliser(void)
{
    uint32_t result;
    runner_subtask_status_t status = waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, false, 3, 0, &result);
    EXPECT_NOTES("f");
    EXPECT(cancel(status), RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT_NOTES("sss");
    status = waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, true, 3, 0, &result);
    EXPECT(cancel(status), RUNNER_SUBTASK_RETURNED);
    EXPECT(result, 1000);
    EXPECT_NOTES("fsss");
}

// With the other form of cancel this component goes on while the callee unwinds.

// The event after a cancel that did not return at once: `state`.
static void until_cancelled(runner_subtask_status_t status, uint32_t state)
{
    while (poll(status) != state)
        runner_thread_yield();
    runner_subtask_drop(RUNNER_SUBTASK_HANDLE(status));
}

static void cancel_takes_its_time(void)
{
    for (int insists = 0; insists < 2; insists++) {
        uint32_t result;
        runner_subtask_status_t status = waits(WEFT_TASKS_PEER_PLACE_CHILD, 1, insists, 0, 8, &result);
        EXPECT(start_cancel(RUNNER_SUBTASK_HANDLE(status)), RUNNER_WAITABLE_STATUS_BLOCKED);
        AWAIT_NOTES("4cbaf");
        pass_turns();
        EXPECT(poll(status), UINT32_MAX);
        EXPECT(weft_calls_peer_held(), 1);
        weft_calls_peer_open(8);
        until_cancelled(status, insists ? RUNNER_SUBTASK_RETURNED : RUNNER_SUBTASK_RETURNED_CANCELLED);
        EXPECT(result, insists ? 1000 : 0);
        EXPECT_NOTES("2");
    }
}

// A cancel that comes while the root is in its finaliser by itself.
static void cancel_does_not_disturb(void)
{
    uint32_t result;
    runner_subtask_status_t status = waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, false, 0, 8, &result);
    EXPECT(start_cancel(RUNNER_SUBTASK_HANDLE(status)), RUNNER_WAITABLE_STATUS_BLOCKED);
    pass_turns();
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(8);
    until_cancelled(status, RUNNER_SUBTASK_RETURNED_CANCELLED);
    EXPECT_NOTES("f2");
}

// The host delivers CANCEL again for each further cancel.
static void cancel_again(void)
{
    for (int insists = 0; insists < 2; insists++) {
        uint32_t result;
        runner_subtask_status_t status = waits(WEFT_TASKS_PEER_PLACE_CALL, 1, insists, 0, 8, &result);
        for (int i = 0; i < 3; i++) {
            EXPECT(start_cancel(RUNNER_SUBTASK_HANDLE(status)), RUNNER_WAITABLE_STATUS_BLOCKED);
            if (i == 0)
                AWAIT_NOTES("4f");
            pass_turns();
        }
        EXPECT(weft_calls_peer_held(), 1);
        EXPECT(poll(status), UINT32_MAX);
        weft_calls_peer_open(8);
        until_cancelled(status, insists ? RUNNER_SUBTASK_RETURNED : RUNNER_SUBTASK_RETURNED_CANCELLED);
        EXPECT_NOTES("2");
    }
}

static uint64_t peer_probe(void)
{
    return weft_tasks_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(mix_interleaved)                                                                                      \
    TEST(works_on_after_return)                                                                                \
    TEST(yields_count)                                                                                         \
    TEST(yields_of_two)                                                                                        \
    TEST(event_in_yield_loop)                                                                                  \
    TEST(yield_on_the_stack)                                                                                   \
    TEST(backpressure_of_a_task)                                                                               \
    TEST(waits_undisturbed)                                                                                    \
    TEST(cancel_at_call)                                                                                       \
    TEST(cancel_at_start)                                                                                      \
    TEST(cancel_at_child)                                                                                      \
    TEST(cancel_at_any)                                                                                        \
    TEST(cancel_at_yield)                                                                                      \
    TEST(cancel_in_finaliser)                                                                                  \
    TEST(cancel_takes_its_time)                                                                                \
    TEST(cancel_does_not_disturb)                                                                              \
    TEST(cancel_again)
#include "raw_runner.h"
