// The tasks' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "expect_notes.h"
#include <stdlib.h>
#include <weft/weft.h>

enum { CALLS = 3 };

// The frame of all of these tests.
typedef struct {
    weft_coro co;
    weft_subtask calls[CALLS];
    uint32_t results[CALLS];
    uint32_t i;
} several;

typedef several mix_interleaved;

static weft_stepped mix_interleaved_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < CALLS; i++) {
        weft_subtask_start(co, &self->calls[i],
                           weft_tasks_peer_mix(i, 10 * i + 1, 10 * i + 2, 10 * i + 3, &self->results[i]));
        EXPECT(weft_subtask_state_of(&self->calls[i]), WEFT_SUBTASK_STARTED);
    }
    EXPECT(weft_calls_peer_held(), CALLS);
    // Each goes a step in turn, in another order each time.
    static const uint32_t order[] = {1, 21, 11, 12, 2, 22, 23, 13, 3};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        weft_calls_peer_open(order[i]);
        AWAIT_NOTES(((char[]){(char)('A' + order[i] / 10), 0}));
    }
    for (self->i = 0; self->i < CALLS; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        uint32_t sum = self->i;
        for (uint32_t ticket = 10 * self->i + 1; ticket <= 10 * self->i + 3; ticket++)
            sum = 31 * sum + 3 * ticket + 1;
        EXPECT(self->results[self->i], sum);
    }
    WEFT_FINALLY;
    WEFT_END;
}

typedef several works_on_after_return;

static weft_stepped works_on_after_return_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_tasks_peer_early(4, &self->results[0]));
    EXPECT(weft_in_flight(&self->calls[0]), false);
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED);
    EXPECT(self->results[0], 4);
    EXPECT_NOTES("");
    until_held(1);
    EXPECT_NOTES("yyy");
    for (self->i = 0; self->i < 5; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT_NOTES("");
    weft_calls_peer_open(4);
    AWAIT_NOTES("h");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several yields_count;

static weft_stepped yields_count_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    self->results[0] = 9;
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[0], weft_tasks_peer_turns(0, &self->results[0])));
    EXPECT(self->results[0], 0);
    EXPECT_NOTES("");
    weft_subtask_start(co, &self->calls[0], weft_tasks_peer_turns(5, &self->results[0]));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 5);
    EXPECT_NOTES("ttttt");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several yields_of_two;

static weft_stepped yields_of_two_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_tasks_peer_turns(3, &self->results[0]));
    weft_subtask_start(co, &self->calls[1], weft_tasks_peer_turns(4, &self->results[1]));
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 3);
    EXPECT(self->results[1], 4);
    EXPECT_NOTES("ttttttt");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several event_in_yield_loop;

static weft_stepped event_in_yield_loop_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_tasks_peer_spin(1, &self->results[0]));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[1], weft_tasks_peer_turns(5, &self->results[1])));
    EXPECT_NOTES("ttttt");
    EXPECT(weft_in_flight(&self->calls[0]), true);
    weft_calls_peer_open(1);
    // This side, too, yields until the event comes through.
    while (weft_in_flight(&self->calls[0]))
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED);
    EXPECT(self->results[0], 4);
    WEFT_FINALLY;
    WEFT_END;
}

typedef several yield_on_the_stack;

static weft_stepped yield_on_the_stack_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_tasks_peer_mix(0, 1, 2, 3, &self->results[0]));
    weft_subtask_start(co, &self->calls[1], weft_tasks_peer_stand());
    EXPECT(weft_subtask_state_of(&self->calls[1]), WEFT_SUBTASK_STARTED);
    // Its component stands still: no call gets in, no other callback runs; sync exports do.
    weft_subtask_start(co, &self->calls[2], weft_tasks_peer_turns(1, &self->results[2]));
    weft_calls_peer_open(1);
    until_held(0);
    for (self->i = 0; self->i < 5; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT_NOTES("");
    EXPECT(weft_subtask_state_of(&self->calls[2]), WEFT_SUBTASK_STARTING);
    weft_tasks_peer_raise_flag();
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    WEFT_AWAIT(weft_await(co, &self->calls[2]));
    EXPECT(self->results[2], 1);
    AWAIT_NOTES("At");
    weft_calls_peer_open(2);
    AWAIT_NOTES("A");
    weft_calls_peer_open(3);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], (4 * 31 + 7) * 31 + 10);
    EXPECT_NOTES("A");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several backpressure_of_a_task;

static weft_stepped backpressure_of_a_task_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_tasks_peer_busy(1, &self->results[0]));
    weft_subtask_start(co, &self->calls[1], weft_tasks_peer_mix(5, 2, 3, 4, &self->results[1]));
    weft_subtask_start(co, &self->calls[2], weft_tasks_peer_turns(1, &self->results[2]));
    for (self->i = 0; self->i < 5; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    EXPECT(weft_subtask_state_of(&self->calls[1]), WEFT_SUBTASK_STARTING);
    EXPECT(weft_subtask_state_of(&self->calls[2]), WEFT_SUBTASK_STARTING);
    EXPECT_NOTES("B");
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 4);
    WEFT_AWAIT(weft_subtask_await_started(co, &self->calls[1]));
    EXPECT(weft_in_flight(&self->calls[1]), true);
    WEFT_AWAIT(weft_await(co, &self->calls[2]));
    EXPECT(self->results[2], 1);
    EXPECT_NOTES("bt");
    weft_calls_peer_open(2);
    AWAIT_NOTES("F");
    weft_calls_peer_open(3);
    AWAIT_NOTES("F");
    weft_calls_peer_open(4);
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->results[1], ((5 * 31 + 7) * 31 + 10) * 31 + 13);
    EXPECT_NOTES("F");
    WEFT_FINALLY;
    WEFT_END;
}

// Waits that end by themselves, so that the finaliser runs on the usual way out.
typedef several waits_undisturbed;

static weft_stepped waits_undisturbed_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    weft_subtask *call = &self->calls[0];
    uint32_t *result = &self->results[0];
    WEFT_BEGIN;
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_CALL, 1, false, 1, 0, result));
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, call));
    EXPECT(*result, 4);
    EXPECT_NOTES("2fs");
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_CHILD, 2, false, 0, 0, result));
    weft_calls_peer_open(2);
    WEFT_AWAIT(weft_await(co, call));
    EXPECT(*result, 7);
    EXPECT_NOTES("2cbaf");
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_ANY, 1, false, 0, 0, result));
    weft_calls_peer_open(2);
    WEFT_AWAIT(weft_await(co, call));
    EXPECT(*result, 7);
    EXPECT_NOTES("424f");
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_START, 1, false, 0, 0, result));
    weft_calls_peer_unblock();
    until_held(1);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, call));
    EXPECT(*result, 4);
    EXPECT_NOTES("2f");
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, false, 0, 5, result));
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, call));
    EXPECT(*result, 0);
    EXPECT_NOTES("f2");
    WEFT_FINALLY;
    WEFT_END;
}

// Cancels a task that waits `at`: without and with a finaliser that waits, and answered with a value.
static void cancels(several *self, weft_tasks_peer_place_t at, const char *plain, const char *slow)
{
    weft_subtask *call = &self->calls[0];
    uint32_t *result = &self->results[0];
    weft_subtask_start(&self->co, call, waits(at, 1, false, 0, 0, result));
    weft_stop_blocking(call);
    EXPECT(weft_subtask_state_of(call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(*result, 0);
    EXPECT_NOTES(plain);
    EXPECT(weft_calls_peer_held(), 0);
    weft_subtask_start(&self->co, call, waits(at, 1, false, 2, 0, result));
    weft_stop_blocking(call);
    EXPECT(weft_subtask_state_of(call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(*result, 0);
    EXPECT_NOTES(slow);
    weft_subtask_start(&self->co, call, waits(at, 1, true, 2, 0, result));
    weft_stop_blocking(call);
    EXPECT(weft_subtask_state_of(call), WEFT_SUBTASK_RETURNED);
    EXPECT(*result, 1000);
    EXPECT_NOTES(slow);
}

typedef several cancel_at_call;

static weft_stepped cancel_at_call_run(weft_coro *co)
{
    WEFT_BEGIN;
    cancels(weft_frame(co, several), WEFT_TASKS_PEER_PLACE_CALL, "4f", "4fss");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several cancel_at_start;

static weft_stepped cancel_at_start_run(weft_coro *co)
{
    WEFT_BEGIN;
    cancels(weft_frame(co, several), WEFT_TASKS_PEER_PLACE_START, "3f", "3fss");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several cancel_at_child;

static weft_stepped cancel_at_child_run(weft_coro *co)
{
    WEFT_BEGIN;
    cancels(weft_frame(co, several), WEFT_TASKS_PEER_PLACE_CHILD, "4cbaf", "4cbafss");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several cancel_at_any;

static weft_stepped cancel_at_any_run(weft_coro *co)
{
    WEFT_BEGIN;
    cancels(weft_frame(co, several), WEFT_TASKS_PEER_PLACE_ANY, "444f", "444fss");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several cancel_at_yield;

static weft_stepped cancel_at_yield_run(weft_coro *co)
{
    WEFT_BEGIN;
    cancels(weft_frame(co, several), WEFT_TASKS_PEER_PLACE_YIELD, "f", "fss");
    WEFT_FINALLY;
    WEFT_END;
}

typedef several cancel_in_finaliser;

static weft_stepped cancel_in_finaliser_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    weft_subtask *call = &self->calls[0];
    uint32_t *result = &self->results[0];
    WEFT_BEGIN;
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, false, 3, 0, result));
    EXPECT_NOTES("f");
    weft_stop_blocking(call);
    EXPECT(weft_subtask_state_of(call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT_NOTES("sss");
    weft_subtask_start(co, call, waits(WEFT_TASKS_PEER_PLACE_NOWHERE, 0, true, 3, 0, result));
    weft_stop_blocking(call);
    EXPECT(weft_subtask_state_of(call), WEFT_SUBTASK_RETURNED);
    EXPECT(*result, 1000);
    EXPECT_NOTES("fsss");
    WEFT_FINALLY;
    WEFT_END;
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
    TEST(cancel_in_finaliser)
#include "weft_runner.h"
