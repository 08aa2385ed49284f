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
    int i, turn;
    uint32_t mine, peers;
} one_call;

// The words of tests.h.
static void until_held(uint32_t count)
{
    while (weft_calls_peer_held() != count)
        weft_yield_blocking();
}

static uint32_t known(one_call *self)
{
    return weft_subtask_state_of(&self->call);
}

static bool is_over(uint32_t state)
{
    return state >= WEFT_SUBTASK_RETURNED;
}

#define CASE(name)                                                                                             \
    typedef one_call name;                                                                                     \
    static weft_stepped name##_run(weft_coro *co)
#define BEGIN_CASE                                                                                             \
    one_call *self = weft_frame(co, one_call);                                                                 \
    WEFT_BEGIN;                                                                                                \
    self->result = UNTOUCHED
#define END_CASE                                                                                               \
    WEFT_FINALLY;                                                                                              \
    WEFT_END
#define IS(state)                                                                                              \
    do {                                                                                                       \
        EXPECT(known(self), state);                                                                            \
        EXPECT(weft_in_flight(&self->call), !is_over(state));                                                  \
    } while (0)
#define STARTS(import, state)                                                                                  \
    do {                                                                                                       \
        weft_subtask_start(co, &self->call, import);                                                           \
        IS(state);                                                                                             \
    } while (0)
#define TURNS()                                                                                                \
    for (self->turn = 0; self->turn < 3; self->turn++)                                                         \
    WEFT_AWAIT(weft_yield(co))
#define STAYS(state)                                                                                           \
    do {                                                                                                       \
        TURNS();                                                                                               \
        IS(state);                                                                                             \
    } while (0)
#define IS_STARTED()                                                                                           \
    do {                                                                                                       \
        WEFT_AWAIT(weft_subtask_await_started(co, &self->call));                                               \
        IS(WEFT_SUBTASK_STARTED);                                                                              \
    } while (0)
#define RETURNS()                                                                                              \
    do {                                                                                                       \
        WEFT_AWAIT(weft_await(co, &self->call));                                                               \
        IS(WEFT_SUBTASK_RETURNED);                                                                             \
    } while (0)
#define CANCELS(state)                                                                                         \
    do {                                                                                                       \
        weft_stop_blocking(&self->call);                                                                       \
        IS(state);                                                                                             \
    } while (0)
#include "tests.h"

// Awaited to its end, it is not woken by the STARTED event.
CASE(starting_awaited)
{
    BEGIN_CASE;
    weft_calls_peer_block();
    STARTS(weft_calls_peer_add_later(1, 2, &self->result), WEFT_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    RETURNS();
    EXPECT(self->result, 3);
    END_CASE;
}

// What is not in flight has nothing to stop, to await or to wait for its start.
CASE(at_rest)
{
    BEGIN_CASE;
    EXPECT(weft_in_flight(&self->call), false);
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_STARTING);
    EXPECT(weft_await(co, &self->call).pending, false);
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 2, &self->result)));
    CANCELS(WEFT_SUBTASK_RETURNED);
    EXPECT(weft_await(co, &self->call).pending, false);
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    weft_subtask_start(co, &self->call, weft_calls_peer_hold(1, &self->result));
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    weft_stop_blocking(&self->call);
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_subtask_await_started(co, &self->call).pending, false);
    END_CASE;
}

// One struct for calls that end in every way.
CASE(struct_reused)
{
    BEGIN_CASE;
    for (self->i = 0; self->i < 20; self->i++) {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 2, &self->result)));
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 3, &self->result)));
        EXPECT(self->result, 4);
        weft_calls_peer_block();
        STARTS(weft_calls_peer_add(1, 4, &self->result), WEFT_SUBTASK_STARTING);
        CANCELS(WEFT_SUBTASK_STARTED_CANCELLED);
        weft_subtask_start(co, &self->call, weft_calls_peer_add(1, 5, &self->result));
        weft_calls_peer_unblock();
        WEFT_AWAIT(weft_await(co, &self->call));
        EXPECT(self->result, 6);
        weft_subtask_start(co, &self->call, weft_calls_peer_hold(5, &self->result));
        CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add(1, 6, &self->result)));
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
        EXPECT(self->result, 7);
        weft_subtask_start(co, &self->call, weft_calls_peer_insist(5, &self->result));
        CANCELS(WEFT_SUBTASK_RETURNED);
        EXPECT(self->result, 17);
    }
    END_CASE;
}

#include "weft_runner_arguments.h"
#include "weft_runner_several.h"

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe();
}

#define TESTS                                                                                                  \
    CALL_TESTS                                                                                                 \
    TEST(starting_awaited)                                                                                     \
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
