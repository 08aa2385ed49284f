// The calls' tests with several calls in flight, on Weft. Part of weft_runner.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

enum { SEVERAL = 5 };

typedef struct {
    weft_coro co;
    weft_subtask calls[SEVERAL];
    uint32_t results[SEVERAL];
    weft_op *ops[SEVERAL];
    weft_any any;
    uint32_t i, turn, left, sum;
} several;

// Starts hold(i) for each call.
static void start_several(weft_coro *co, several *self)
{
    for (uint32_t i = 0; i < SEVERAL; i++) {
        self->results[i] = UNTOUCHED;
        self->ops[i] = &self->calls[i].op;
        weft_subtask_start(co, &self->calls[i], weft_calls_peer_hold(i, &self->results[i]));
        EXPECT(weft_subtask_state_of(&self->calls[i]), WEFT_SUBTASK_STARTED);
    }
    EXPECT(weft_calls_peer_held(), SEVERAL);
}

typedef several start_now_await_later;

static weft_stepped start_now_await_later_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    start_several(co, self);
    // Meanwhile the task does other things.
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(3);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->results[1], 4);
    EXPECT(weft_in_flight(&self->calls[0]), true);
    EXPECT(weft_in_flight(&self->calls[2]), true);
    // The first to end may be the last to be awaited; one that ends unawaited is at rest when its event came.
    for (self->i = SEVERAL; self->i-- > 0;)
        if (self->i != 1 && self->i != 3)
            weft_calls_peer_open(self->i);
    for (self->i = 0; self->i < SEVERAL; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(weft_subtask_state_of(&self->calls[self->i]), WEFT_SUBTASK_RETURNED);
        EXPECT(self->results[self->i], 3 * self->i + 1);
    }
    END_CASE;
}

typedef several any_each_first;

static weft_stepped any_each_first_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    for (self->turn = 0; self->turn < SEVERAL; self->turn++) {
        start_several(co, self);
        weft_calls_peer_open(self->turn);
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, SEVERAL));
        EXPECT(self->any.index, self->turn);
        for (uint32_t i = 0; i < SEVERAL; i++) {
            EXPECT(weft_in_flight(&self->calls[i]), i != self->turn);
            EXPECT(self->results[i], i == self->turn ? 3 * i + 1 : UNTOUCHED);
        }
        // The others can be awaited one by one, or stopped.
        for (self->i = 0; self->i < SEVERAL; self->i++) {
            if (self->i == self->turn)
                continue;
            if ((self->i ^ self->turn) & 1) {
                weft_stop_blocking(&self->calls[self->i]);
                EXPECT(weft_subtask_state_of(&self->calls[self->i]), WEFT_SUBTASK_RETURNED_CANCELLED);
                continue;
            }
            weft_calls_peer_open(self->i);
            WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
            EXPECT(self->results[self->i], 3 * self->i + 1);
        }
    }
    END_CASE;
}

// Waits for any again and again until none is left, the calls ending in an order of their own.
typedef several any_repeated;

static weft_stepped any_repeated_run(weft_coro *co)
{
    static const uint32_t order[SEVERAL] = {3, 0, 4, 1, 2};
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    start_several(co, self);
    for (self->left = SEVERAL; self->left > 0; self->left--) {
        self->turn = order[SEVERAL - self->left];
        weft_calls_peer_open(self->turn);
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, self->left));
        EXPECT(self->ops[self->any.index] == &self->calls[self->turn].op, true);
        EXPECT(self->results[self->turn], 3 * self->turn + 1);
        self->ops[self->any.index] = self->ops[self->left - 1];
    }
    END_CASE;
}

typedef several any_of_complete;

static weft_stepped any_of_complete_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    start_several(co, self);
    weft_calls_peer_open(4);
    weft_calls_peer_open(2);
    WEFT_AWAIT(weft_await(co, &self->calls[4]));
    WEFT_AWAIT(weft_await(co, &self->calls[2]));
    // Ready at once, with the first in the array's order.
    EXPECT(weft_await_any(co, &self->any, self->ops, SEVERAL).pending, false);
    EXPECT(self->any.index, 2);
    EXPECT(weft_await_any(co, &self->any, self->ops + 3, 2).pending, false);
    EXPECT(self->any.index, 1);
    // One alone is as good as an await.
    weft_calls_peer_open(0);
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
    EXPECT(self->any.index, 0);
    EXPECT(self->results[0], 1);
    weft_stop_blocking(&self->calls[1]);
    weft_stop_blocking(&self->calls[3]);
    EXPECT(weft_await_any(co, &self->any, self->ops + 1, 4).pending, false);
    EXPECT(self->any.index, 0);
    END_CASE;
}

// Two end in one event round while any waits; the rest are stopped in each order.
typedef several any_stopped;

static weft_stepped any_stopped_run(weft_coro *co)
{
    several *self = weft_frame(co, several);
    WEFT_BEGIN;
    start_several(co, self);
    weft_calls_peer_open(3);
    weft_calls_peer_open(1);
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, SEVERAL));
    EXPECT(self->any.index == 1 || self->any.index == 3, true);
    weft_stop_blocking(&self->calls[4 - self->any.index]);
    EXPECT(weft_subtask_state_of(&self->calls[4 - self->any.index]) == WEFT_SUBTASK_RETURNED ||
               weft_subtask_state_of(&self->calls[4 - self->any.index]) == WEFT_SUBTASK_RETURNED_CANCELLED,
           true);
    weft_stop_blocking(&self->calls[4]);
    weft_stop_blocking(&self->calls[0]);
    weft_stop_blocking(&self->calls[2]);
    for (self->i = 0; self->i < SEVERAL; self->i += 2)
        EXPECT(weft_subtask_state_of(&self->calls[self->i]), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    END_CASE;
}

typedef struct {
    weft_coro co;
    uint32_t i;
    weft_subtask calls[TICKETS];
    uint32_t results[TICKETS];
} many_in_flight;

static weft_stepped many_in_flight_run(weft_coro *co)
{
    many_in_flight *self = weft_frame(co, many_in_flight);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < TICKETS; i++)
        weft_subtask_start(co, &self->calls[i], weft_calls_peer_hold(i, &self->results[i]));
    EXPECT(weft_calls_peer_held(), TICKETS);
    for (uint32_t i = 0; i < TICKETS; i++)
        weft_calls_peer_open(7919 * i % TICKETS); // 7919 and TICKETS have no common factor
    for (self->i = 0; self->i < TICKETS; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i], 3 * self->i + 1);
    }
    EXPECT(weft_calls_peer_held(), 0);
    weft_trim(); // the table of operations has grown
    settle_handles();
    weft_calls_peer_settle();
    END_CASE;
}

// A crowd at a closed door: half of it goes away, the rest is let in.
typedef many_in_flight many_starting;

static weft_stepped many_starting_run(weft_coro *co)
{
    many_in_flight *self = weft_frame(co, many_in_flight);
    enum { CROWD = 1000 };
    WEFT_BEGIN;
    weft_calls_peer_block();
    for (uint32_t i = 0; i < CROWD; i++)
        weft_subtask_start(co, &self->calls[i], weft_calls_peer_hold(i, &self->results[i]));
    EXPECT(weft_calls_peer_held(), 0);
    for (uint32_t i = 0; i < CROWD; i++) {
        EXPECT(weft_subtask_state_of(&self->calls[i]), WEFT_SUBTASK_STARTING);
        if (i % 2)
            weft_stop_blocking(&self->calls[i]);
    }
    weft_calls_peer_unblock();
    for (self->i = 0; self->i < CROWD; self->i += 2)
        WEFT_AWAIT(weft_subtask_await_started(co, &self->calls[self->i]));
    EXPECT(weft_calls_peer_held(), CROWD / 2);
    for (uint32_t i = 0; i < CROWD; i++) {
        EXPECT(weft_subtask_state_of(&self->calls[i]),
               i % 2 ? WEFT_SUBTASK_STARTED_CANCELLED : WEFT_SUBTASK_STARTED);
        if (i % 2 == 0)
            weft_calls_peer_open(CROWD - 2 - i);
    }
    for (self->i = 0; self->i < CROWD; self->i += 2) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i], 3 * self->i + 1);
    }
    settle_handles();
    weft_calls_peer_settle();
    END_CASE;
}
