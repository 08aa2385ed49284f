// The tests of synchronously lifted exports, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>
#include <weft/weft.h>

WEFT_STREAM(bytes, weft_blocking_peer_stream_u8, uint8_t);

// The frame of all of these tests.
typedef struct {
    weft_coro co;
    weft_subtask calls[3];
    uint32_t results[3];
    bytes_writer out;
    uint32_t i;
} several;

typedef several waits_for_calls;

static weft_stepped waits_for_calls_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_blocking_peer_wait_calls(1, 2, &self->results[0]));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(1);
    while (!weft_calls_peer_waits(2))
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->calls[0]), true);
    weft_calls_peer_open(2);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 4 + 7);
    WEFT_FINALLY;
    WEFT_END;
}

typedef several waits_for_any;

static weft_stepped waits_for_any_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    for (self->i = 1; self->i <= 2; self->i++) {
        weft_subtask_start(co, &self->calls[0], weft_blocking_peer_wait_any(1, 2, &self->results[0]));
        EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
        EXPECT(weft_calls_peer_held(), 2);
        weft_calls_peer_open(self->i);
        WEFT_AWAIT(weft_await(co, &self->calls[0]));
        EXPECT(self->results[0], 3 * self->i + 1);
        EXPECT(weft_calls_peer_held(), 0);
    }
    WEFT_FINALLY;
    WEFT_END;
}

typedef several waits_for_a_stream;

static weft_stepped waits_for_a_stream_run(weft_coro *co)
{
    static const uint8_t items[] = {1, 2, 3, 4, 5, 6, 7, 100};
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0],
                       weft_blocking_peer_wait_stream(bytes_new(&self->out), &self->results[0]));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    WEFT_AWAIT(bytes_write_all(co, &self->out, items, sizeof items));
    EXPECT(self->out.count, sizeof items);
    EXPECT(weft_in_flight(&self->calls[0]), true);
    bytes_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 128);
    WEFT_FINALLY;
    bytes_close_writer(&self->out);
    WEFT_END;
}

typedef several yields_with_a_call_in_flight;

static weft_stepped yields_with_a_call_in_flight_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_blocking_peer_wait_yielding(1, &self->results[0]));
    for (self->i = 0; self->i < 5; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 4);
    WEFT_FINALLY;
    WEFT_END;
}

typedef several others_stand_still;

static weft_stepped others_stand_still_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_blocking_peer_relay(3, &self->results[0]));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    weft_subtask_start(co, &self->calls[1], weft_blocking_peer_wait_calls(1, 2, &self->results[1]));
    EXPECT(weft_subtask_state_of(&self->calls[1]), WEFT_SUBTASK_STARTED);
    weft_subtask_start(co, &self->calls[2], weft_blocking_peer_add(5, 6, &self->results[2]));
    weft_calls_peer_open(3);
    while (weft_calls_peer_waits(3))
        WEFT_AWAIT(weft_yield(co));
    for (self->i = 0; self->i < 5; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_STARTED);
    EXPECT(weft_subtask_state_of(&self->calls[2]), WEFT_SUBTASK_STARTING);
    EXPECT(weft_blocking_peer_turns(3), 3);
    EXPECT(weft_blocking_peer_call_ready(8, 9), 17);
    EXPECT(self->results[0], 0);
    weft_calls_peer_open(1);
    while (!weft_calls_peer_waits(2))
        WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(2);
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->results[1], 4 + 7);
    WEFT_AWAIT(weft_await(co, &self->calls[2]));
    EXPECT(self->results[2], 11);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 10);
    WEFT_FINALLY;
    WEFT_END;
}

typedef several cancel_is_not_heard;

static weft_stepped cancel_is_not_heard_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->calls[0], weft_blocking_peer_wait_yielding(1, &self->results[0]));
    weft_subtask_start(co, &self->calls[1], weft_blocking_peer_add(5, 6, &self->results[1]));
    weft_stop_blocking(&self->calls[1]);
    EXPECT(weft_subtask_state_of(&self->calls[1]), WEFT_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_open(1);
    weft_stop_blocking(&self->calls[0]);
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED);
    EXPECT(self->results[0], 4);
    EXPECT(self->results[1], 0);
    WEFT_FINALLY;
    WEFT_END;
}

typedef several sync_type;

static weft_stepped sync_type_run(weft_coro *co)
{
    WEFT_BEGIN;
    EXPECT(weft_blocking_peer_turns(0), 0);
    EXPECT(weft_blocking_peer_turns(7), 7);
    EXPECT(weft_blocking_peer_call_ready(1, 2), 3);
    EXPECT(weft_blocking_peer_call_cancelled(1), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

typedef several sync_type_waits_for_tasks;

static weft_stepped sync_type_waits_for_tasks_run(weft_coro *co)
{
    static const uint32_t turns[] = {0, 1, 2, 5};
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 4; self->i++) {
        WEFT_AWAIT(weft_subtask_call(
            co, &self->calls[0], weft_blocking_peer_promise(40 + self->i, turns[self->i], &self->results[0])));
        EXPECT(weft_blocking_peer_promised(self->results[0]), 40 + self->i);
    }
    WEFT_FINALLY;
    WEFT_END;
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
    TEST(sync_type_waits_for_tasks)
#include "weft_runner.h"
