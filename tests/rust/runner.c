// The tests of Weft and Rust in one component, seen from outside.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, weft_both_weft_side_stream_u32, uint32_t);

typedef struct {
    weft_coro co;
    weft_subtask call, other;
    numbers_writer out, second;
    uint32_t items[100], result;
    uint64_t sum;
    int i;
} frame;

static uint64_t peer_probe(void)
{
    return weft_both_weft_side_probe() + weft_calls_peer_probe();
}

// Lets everybody else go on.
#define SETTLE()                                                                                               \
    for (self->i = 0; self->i < 10; self->i++)                                                                 \
    WEFT_AWAIT(weft_yield(co))

static void fill(frame *self)
{
    for (uint32_t i = 0; i < 100; i++)
        self->items[i] = i;
}

// A Weft export awaits a Rust future that reads a stream.
typedef frame weft_awaits_rust;

static weft_stepped weft_awaits_rust_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    fill(self);
    weft_subtask_start(co, &self->call, weft_both_weft_side_sum(numbers_new(&self->out), &self->sum));
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->call), true);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 100));
    EXPECT(self->out.count, 100);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 10));
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->sum, 4995);
    WEFT_FINALLY;
    numbers_close_writer(&self->out);
    WEFT_END;
}

// What a Rust task can do, and a Weft task not: to run what a Rust future spawns.
typedef frame rust_spawns;

static weft_stepped rust_spawns_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_both_rust_side_spawns(&self->sum)));
    EXPECT(self->sum, 7);
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame weft_spawns_rust;

static weft_stepped weft_spawns_rust_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_both_weft_side_spawns(&self->sum)));
    WEFT_FINALLY;
    WEFT_END;
}

// Two of them in one task; and the same by Rust alone.
typedef frame weft_awaits_two;

static weft_stepped weft_awaits_two_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    fill(self);
    weft_subtask_start(
        co, &self->call,
        weft_both_weft_side_sum_both(numbers_new(&self->out), numbers_new(&self->second), &self->sum));
    WEFT_AWAIT(numbers_write_all(co, &self->second, self->items, 50));
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 100));
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_yield(co));
    numbers_close_writer(&self->second);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->sum, 4950 + 1225);
    weft_subtask_start(co, &self->call, weft_both_rust_side_sum(numbers_new(&self->out), &self->sum));
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 100));
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->sum, 4950);
    WEFT_FINALLY;
    numbers_close_writer(&self->out);
    numbers_close_writer(&self->second);
    WEFT_END;
}

// Cancelled in flight: Rust's future is dropped, and with it its end of the stream.
typedef frame weft_awaits_rust_cancelled;

static weft_stepped weft_awaits_rust_cancelled_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    fill(self);
    weft_subtask_start(co, &self->call, weft_both_weft_side_sum(numbers_new(&self->out), &self->sum));
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 40));
    SETTLE();
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 40));
    EXPECT(weft_dropped(&self->out), true);
    EXPECT(self->out.count, 0);
    WEFT_FINALLY;
    numbers_close_writer(&self->out);
    WEFT_END;
}

// A Rust export awaits a Weft coroutine that makes an async call.
typedef frame rust_awaits_weft;

static weft_stepped rust_awaits_weft_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_both_rust_side_hold(5, &self->result));
    SETTLE();
    EXPECT(weft_in_flight(&self->call), true);
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
    weft_subtask_start(co, &self->call, weft_both_rust_side_hold_both(5, &self->result));
    SETTLE();
    weft_calls_peer_open(6);
    SETTLE();
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16 + 19);
    EXPECT(weft_both_weft_side_overs(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame rust_awaits_weft_cancelled;

static weft_stepped rust_awaits_weft_cancelled_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_both_rust_side_hold(5, &self->result));
    SETTLE();
    EXPECT(weft_calls_peer_held(), 1);
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    SETTLE();
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(weft_both_weft_side_overs(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// Its finaliser waits: the caller has its answer, and the Rust task goes on until that is over.
typedef frame rust_awaits_weft_finaliser;

static weft_stepped rust_awaits_weft_finaliser_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_both_rust_side_hold_slow(5, &self->result));
    SETTLE();
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    SETTLE();
    EXPECT(weft_calls_peer_waits(5), false);
    EXPECT(weft_calls_peer_waits(6), true);
    EXPECT(weft_both_weft_side_overs(), 0);
    weft_calls_peer_open(6);
    SETTLE();
    EXPECT(weft_both_weft_side_overs(), 1);
    // and when it returns
    weft_subtask_start(co, &self->call, weft_both_rust_side_hold_slow(5, &self->result));
    SETTLE();
    weft_calls_peer_open(5);
    SETTLE();
    EXPECT(weft_in_flight(&self->call), true);
    weft_calls_peer_open(6);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
    EXPECT(weft_both_weft_side_overs(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// Rust's waker wakes a Weft task that waits for nothing of the host: from a Weft task, and from a Rust one.
typedef frame rust_wakes_weft;

static weft_stepped rust_wakes_weft_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_both_weft_side_wait(&self->result));
    SETTLE();
    EXPECT(weft_in_flight(&self->call), true);
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_both_weft_side_notify()));
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 1);
    weft_subtask_start(co, &self->call, weft_both_weft_side_wait(&self->result));
    SETTLE();
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_both_rust_side_notify()));
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 1);
    // the waker outlives the one who waits
    weft_subtask_start(co, &self->call, weft_both_weft_side_wait(&self->result));
    SETTLE();
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_both_rust_side_notify()));
    WEFT_FINALLY;
    WEFT_END;
}

// The other way round, which the Rust runtime can with its feature inter-task-wakeup only.
typedef frame weft_wakes_rust;

static weft_stepped weft_wakes_rust_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_both_rust_side_wait(&self->result));
    SETTLE();
    EXPECT(weft_in_flight(&self->call), true);
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_both_weft_side_set()));
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 7);
    weft_subtask_start(co, &self->call, weft_both_rust_side_wait(&self->result));
    SETTLE();
    weft_stop_blocking(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_FINALLY;
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(rust_spawns)                                                                                          \
    TEST(weft_spawns_rust)                                                                                     \
    TEST(weft_awaits_rust)                                                                                     \
    TEST(weft_awaits_two)                                                                                      \
    TEST(weft_awaits_rust_cancelled)                                                                           \
    TEST(rust_awaits_weft)                                                                                     \
    TEST(rust_awaits_weft_cancelled)                                                                           \
    TEST(rust_awaits_weft_finaliser)                                                                           \
    TEST(rust_wakes_weft)                                                                                      \
    TEST(weft_wakes_rust)
#include "weft_runner.h"
