// The calls' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "crowd.h"
#include <stdlib.h>
#include <weft/weft.h>

WEFT_STREAM(bytes, weft_calls_peer_stream_u8, uint8_t);

#define UNTOUCHED 0xababababu

// One call, its result, and what it was given.
typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t result;
    uint64_t sum;
    weft_calls_peer_weigh_args_t weights;
    weft_calls_peer_reverse_args_t args;
    weft_calls_peer_texts_t texts;
    weft_calls_peer_stream_u8_t end;
    bytes_reader in;
    bytes_writer out;
    uint8_t sent, got;
    weft_calls_peer_own_token_t token;
    int i;
    uint32_t mine, peers;
} one_call;

// Waits on the machine stack until `count` calls are held; what else happened stays undelivered.
static void until_held(uint32_t count)
{
    while (weft_calls_peer_held() != count)
        weft_yield_blocking();
}

typedef one_call call_ready;

static weft_poll call_ready_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 2, &self->result)));
    EXPECT(self->result, 3);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call call_pending;

static weft_poll call_pending_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_subtask_start(co, &self->call, weft_calls_peer_add_later(1, 2, &self->result));
    EXPECT(weft_in_flight(&self->call), true);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED);
    EXPECT(self->result, UNTOUCHED);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(weft_in_flight(&self->call), false);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 3);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call call_nothing;

static weft_poll call_nothing_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    weft_subtask_start(co, &self->call, weft_calls_peer_nothing());
    EXPECT(weft_in_flight(&self->call), false);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    weft_subtask_start(co, &self->call, weft_calls_peer_nothing_later());
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call call_in_memory;

static weft_poll call_in_memory_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->weights = (weft_calls_peer_weigh_args_t){200, 1ull << 40, 60000, 4000000000, 7};
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_weigh(&self->weights, &self->sum)));
    EXPECT(self->sum, 200 + (2ull << 40) + 180000 + 16000000000 + 35);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call started_then_returned;

static weft_poll started_then_returned_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED);
    WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
    EXPECT(weft_calls_peer_held(), 1);
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED);
    EXPECT(self->result, UNTOUCHED);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 4);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call starting_then_started;

static weft_poll starting_then_started_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->call), true);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    EXPECT(weft_calls_peer_held(), 0);
    weft_calls_peer_unblock();
    WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
    EXPECT(weft_in_flight(&self->call), true);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    EXPECT(self->result, UNTOUCHED);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 4);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// Awaited to its end, it is not woken by the STARTED event.
typedef one_call starting_awaited;

static weft_poll starting_awaited_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_add_later(1, 2, &self->result));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(weft_in_flight(&self->call), false);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 3);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call starting_then_returned;

static weft_poll starting_then_returned_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_add(1, 2, &self->result));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
    EXPECT(weft_in_flight(&self->call), false);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 3);
    WEFT_AWAIT(weft_await(co, &self->call));
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// Backpressure counts: the door opens with the last of as many downs as there were ups.
typedef one_call backpressure_counts;

static weft_poll backpressure_counts_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    for (self->i = 0; self->i < 3; self->i++)
        weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_add(1, 2, &self->result));
    for (self->i = 0; self->i < 6; self->i++) {
        if (self->i % 3 == 0)
            weft_calls_peer_unblock();
        WEFT_AWAIT(weft_yield(co));
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    }
    weft_calls_peer_unblock();
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 3);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 3, &self->result)));
    EXPECT(self->result, 4);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call cancel_before_start;

static weft_poll cancel_before_start_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    weft_stop(&self->call);
    EXPECT(weft_in_flight(&self->call), false);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(self->result, UNTOUCHED);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED_CANCELLED);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call cancel_after_start;

static weft_poll cancel_after_start_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    EXPECT(weft_calls_peer_held(), 1);
    weft_stop(&self->call);
    EXPECT(weft_in_flight(&self->call), false);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(self->result, UNTOUCHED);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// A call that went from STARTING to STARTED by event is cancelled like one that began STARTED.
typedef one_call cancel_after_late_start;

static weft_poll cancel_after_late_start_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    weft_calls_peer_unblock();
    WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(self->result, UNTOUCHED);
    // The callee starts it, but the event that says so is not delivered before the cancel.
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    weft_calls_peer_unblock();
    until_held(1);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call cancel_loses;

static weft_poll cancel_loses_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    weft_calls_peer_open(1);
    until_held(0);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED);
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 4);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// The callee's gate is open, but the cancel reaches it before that news.
typedef one_call cancel_overtakes;

static weft_poll cancel_overtakes_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    self->result = UNTOUCHED;
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    weft_calls_peer_open(1);
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(self->result, UNTOUCHED);
    EXPECT(weft_calls_peer_held(), 0);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef one_call cancel_answered_with_value;

static weft_poll cancel_answered_with_value_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    weft_subtask_start(co, &self->call, weft_calls_peer_insist(1, &self->result));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 5);
    weft_subtask_start(co, &self->call, weft_calls_peer_insist(1, &self->result));
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 4);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// What is not in flight has nothing to stop, to await or to wait for its start.
typedef one_call at_rest;

static weft_poll at_rest_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    EXPECT(weft_in_flight(&self->call), false);
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    EXPECT(weft_await(co, &self->call).pending, false);
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 2, &self->result)));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(weft_await(co, &self->call).pending, false);
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    weft_stop(&self->call);
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// One struct for calls that end in every way.
typedef one_call struct_reused;

static weft_poll struct_reused_run(weft_coro *co)
{
    one_call *self = weft_frame(co, one_call);
    WEFT_BEGIN(co);
    for (self->i = 0; self->i < 20; self->i++) {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 2, &self->result)));
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 3, &self->result)));
        EXPECT(self->result, 4);
        weft_calls_peer_block();
        weft_subtask_start(co, &self->call, weft_calls_peer_add(1, 4, &self->result));
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
        weft_stop(&self->call);
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTED_CANCELLED);
        weft_subtask_start(co, &self->call, weft_calls_peer_add(1, 5, &self->result));
        weft_calls_peer_unblock();
        WEFT_AWAIT(weft_await(co, &self->call));
        EXPECT(self->result, 6);
        weft_subtask_start(co, &self->call, weft_calls_peer_hold(5, &self->result));
        weft_stop(&self->call);
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 6, &self->result)));
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
        EXPECT(self->result, 7);
        weft_subtask_start(co, &self->call, weft_calls_peer_insist(5, &self->result));
        weft_stop(&self->call);
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
        EXPECT(self->result, 17);
    }
    WEFT_FINALLY(co);
    WEFT_END(co);
}

#include "weft_runner_arguments.h"
#include "weft_runner_several.h"

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(call_ready)                                                                                           \
    TEST(call_pending)                                                                                         \
    TEST(call_nothing)                                                                                         \
    TEST(call_in_memory)                                                                                       \
    TEST(started_then_returned)                                                                                \
    TEST(starting_then_started)                                                                                \
    TEST(starting_awaited)                                                                                     \
    TEST(starting_then_returned)                                                                               \
    TEST(backpressure_counts)                                                                                  \
    TEST(cancel_before_start)                                                                                  \
    TEST(cancel_after_start)                                                                                   \
    TEST(cancel_after_late_start)                                                                              \
    TEST(cancel_loses)                                                                                         \
    TEST(cancel_overtakes)                                                                                     \
    TEST(cancel_answered_with_value)                                                                           \
    TEST(at_rest)                                                                                              \
    TEST(arguments_read_late)                                                                                  \
    TEST(arguments_reused_after_start)                                                                         \
    TEST(empty_texts)                                                                                          \
    TEST(texts_do_not_leak)                                                                                    \
    TEST(end_moves)                                                                                            \
    TEST(end_stays)                                                                                            \
    TEST(end_gone_on_cancel)                                                                                   \
    TEST(token_owner)                                                                                          \
    TEST(struct_reused)                                                                                        \
    TEST(start_now_await_later)                                                                                \
    TEST(any_each_first)                                                                                       \
    TEST(any_repeated)                                                                                         \
    TEST(any_of_complete)                                                                                      \
    TEST(any_stopped)                                                                                          \
    TEST(many_in_flight)                                                                                       \
    TEST(many_starting)
#include "weft_runner.h"
