// The sync tests: what tasks of one component do to each other, seen from outside.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PROBE_HOLES 4000
#include "check.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, weft_sync_peer_stream_u32, uint32_t);

enum { MANY = 1000 };

typedef struct {
    weft_coro co;
    weft_subtask calls[MANY], one;
    uint32_t results[MANY], sum, i;
    uint64_t received[4];
    numbers_writer out;
    uint32_t item;
} frame;

static uint64_t peer_probe(void)
{
    return weft_sync_peer_probe();
}

// One task sleeps on nothing but the event; another sets it.
typedef frame wake_one;

static weft_stepped wake_one_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_wait(7, 1, &self->results[0]));
    EXPECT(weft_in_flight(&self->calls[0]), true);
    EXPECT(weft_sync_peer_waiting(), 1);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 7);
    EXPECT(weft_sync_peer_waiting(), 0);
    // set already: no wait
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_wait(8, 1, &self->results[0])));
    EXPECT(self->results[0], 8);
    WEFT_FINALLY;
    WEFT_END;
}

// By a sync export, which barges in.
typedef frame wake_by_sync;

static weft_stepped wake_by_sync_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_wait(7, 1, &self->results[0]));
    weft_sync_peer_set_now();
    weft_sync_peer_set_now();
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 7);
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame wake_many;

static weft_stepped wake_many_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    for (uint32_t i = 0; i < MANY; i++)
        weft_subtask_start(co, &self->calls[i], weft_sync_peer_wait(i + 8, 1, &self->results[i]));
    EXPECT(weft_sync_peer_waiting(), MANY);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
    for (self->i = 0; self->i < MANY; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i], self->i + 8);
    }
    EXPECT(weft_sync_peer_waiting(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// The same task is woken so again and again.
typedef frame wake_again;

static weft_stepped wake_again_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_wait(7, 5, &self->results[0]));
    for (self->i = 0; self->i < 5; self->i++) {
        EXPECT(weft_in_flight(&self->calls[0]), true);
        WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
        if (self->i < 4) { // until it sleeps again
            WEFT_AWAIT(weft_yield(co));
            WEFT_AWAIT(weft_yield(co));
        }
    }
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 7);
    WEFT_FINALLY;
    WEFT_END;
}

// A task that sleeps on the event and on the host.
typedef frame wake_beside_host;

static weft_stepped wake_beside_host_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0],
                       weft_sync_peer_wait_and_read(7, numbers_new(&self->out), &self->results[0]));
    for (self->item = 1; self->item < 4; self->item++)
        WEFT_AWAIT(numbers_write(co, &self->out, &self->item, 1));
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
    for (; self->item < 6; self->item++)
        WEFT_AWAIT(numbers_write(co, &self->out, &self->item, 1));
    EXPECT(weft_in_flight(&self->calls[0]), true);
    numbers_close_writer(&self->out);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 7 + 1 + 2 + 3 + 4 + 5);
    WEFT_FINALLY;
    WEFT_END;
}

// A call that sleeps on the event is cancelled by its caller.
typedef frame cancel_sleeper;

static weft_stepped cancel_sleeper_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_wait(17, 1, &self->results[0]));
    weft_subtask_start(co, &self->calls[1], weft_sync_peer_wait(18, 1, &self->results[1]));
    weft_stop_blocking(&self->calls[0]);
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED);
    EXPECT(self->results[0], 1017);
    EXPECT(weft_sync_peer_cancelled(), 1);
    EXPECT(weft_sync_peer_waiting(), 1);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->results[1], 18);
    WEFT_FINALLY;
    WEFT_END;
}

// A coroutine of one task cancels one of another, which is asleep.
typedef frame cancel_across;

static weft_stepped cancel_across_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_wait(3, 1, &self->results[0]));
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_cancel(3)));
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 1003);
    EXPECT(weft_sync_peer_cancelled(), 1);
    EXPECT(weft_sync_peer_waiting(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// The mutex goes from task to task in the order in which they came.
typedef frame mutex_is_fair;

static weft_stepped mutex_is_fair_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    for (uint32_t i = 1; i < 6; i++)
        weft_subtask_start(co, &self->calls[i], weft_sync_peer_lock(i, &self->results[i]));
    for (self->i = 1; self->i < 6; self->i++) {
        EXPECT(weft_sync_peer_holder(), self->i);
        for (uint32_t other = self->i + 1; other < 6; other++)
            EXPECT(weft_in_flight(&self->calls[other]), true);
        weft_sync_peer_leave(self->i);
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i], self->i - 1);
        while (self->i < 5 && weft_sync_peer_holder() != self->i + 1)
            WEFT_AWAIT(weft_yield(co));
    }
    EXPECT(weft_sync_peer_holder(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// Cancelled in the queue: who waits behind is not held up. Cancelled as the holder: the mutex goes on.
typedef frame mutex_cancelled;

static weft_stepped mutex_cancelled_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    for (uint32_t i = 1; i < 5; i++)
        weft_subtask_start(co, &self->calls[i], weft_sync_peer_lock(i, &self->results[i]));
    weft_stop_blocking(&self->calls[2]);
    EXPECT(weft_subtask_state_of(&self->calls[2]), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_sync_peer_cancelled(), 1);
    weft_stop_blocking(&self->calls[1]);
    EXPECT(weft_subtask_state_of(&self->calls[1]), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_sync_peer_cancelled(), 101);
    // The next may hold it, and not have run yet: cancelled then, it has it to give back.
    weft_stop_blocking(&self->calls[3]);
    EXPECT(weft_sync_peer_cancelled(), 201);
    while (weft_sync_peer_holder() != 4)
        WEFT_AWAIT(weft_yield(co));
    weft_sync_peer_leave(4);
    WEFT_AWAIT(weft_await(co, &self->calls[4]));
    EXPECT(self->results[4], 0);
    EXPECT(weft_sync_peer_waiting(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// In order, also through a full channel, with the receiver or the senders first.
typedef frame channel_order;

static weft_stepped channel_order_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 2; self->i++) {
        weft_sync_peer_reset();
        weft_subtask_start(co, &self->calls[0], weft_sync_peer_receive(self->i, 9, &self->received[0]));
        WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_send(self->i, 10, 9, &self->results[0])));
        WEFT_AWAIT(weft_await(co, &self->calls[0]));
        EXPECT(self->results[0], 9);
        EXPECT(self->received[0], 101112131415161718);

        weft_subtask_start(co, &self->calls[1], weft_sync_peer_send(self->i, 20, 6, &self->results[1]));
        weft_subtask_start(co, &self->calls[2], weft_sync_peer_send(self->i, 30, 3, &self->results[2]));
        EXPECT(weft_sync_peer_waiting(), 2);
        WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_receive(self->i, 1, &self->received[1])));
        EXPECT(self->received[1], 20);
        weft_subtask_start(co, &self->calls[3], weft_sync_peer_receive(self->i, 8, &self->received[2]));
        WEFT_AWAIT(weft_await(co, &self->calls[3]));
        WEFT_AWAIT(weft_await(co, &self->calls[1]));
        WEFT_AWAIT(weft_await(co, &self->calls[2]));
        EXPECT(self->results[1], 6);
        EXPECT(self->results[2], 3);
        EXPECT(self->received[2] % 100 == 32 || self->received[2] % 100 == 25, true);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// Closed: what is inside still comes, then the end; senders that wait keep their items.
typedef frame channel_close;

static weft_stepped channel_close_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_send(true, 10, 6, &self->results[0]));
    EXPECT(weft_in_flight(&self->calls[0]), true);
    weft_sync_peer_close(true);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0], 4);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_receive(true, 9, &self->received[0])));
    EXPECT(self->received[0], 10111213);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_send(true, 50, 2, &self->results[0])));
    EXPECT(self->results[0], 0);
    weft_subtask_start(co, &self->calls[1], weft_sync_peer_receive(false, 9, &self->received[1]));
    EXPECT(weft_in_flight(&self->calls[1]), true);
    weft_sync_peer_close(false);
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->received[1], 0);
    EXPECT(weft_sync_peer_waiting(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// A receiver that is cancelled while it waits takes nothing with it; a sender neither.
typedef frame channel_cancelled;

static weft_stepped channel_cancelled_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_receive(false, 1, &self->received[0]));
    weft_subtask_start(co, &self->calls[1], weft_sync_peer_receive(false, 1, &self->received[1]));
    weft_stop_blocking(&self->calls[0]);
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_send(false, 42, 1, &self->results[0])));
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->received[1], 42);
    weft_subtask_start(co, &self->calls[2], weft_sync_peer_send(false, 43, 1, &self->results[0]));
    weft_subtask_start(co, &self->calls[3], weft_sync_peer_send(false, 44, 1, &self->results[1]));
    weft_stop_blocking(&self->calls[2]);
    EXPECT(weft_subtask_state_of(&self->calls[2]), WEFT_SUBTASK_RETURNED_CANCELLED);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_receive(false, 1, &self->received[2])));
    EXPECT(self->received[2], 44);
    WEFT_AWAIT(weft_await(co, &self->calls[3]));
    EXPECT(weft_sync_peer_waiting(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// A cancel of the call ends its root, and what was spawned, or still is, to be cancelled with it; the other
// goes on, in the task.
typedef frame outlive;

static weft_stepped outlive_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_leave_behind());
    weft_stop_blocking(&self->calls[0]);
    EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_sync_peer_left_behind(), 2 << 16);
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
    while (weft_sync_peer_left_behind() != 1 + (2 << 16))
        WEFT_AWAIT(weft_yield(co));
    // Not cancelled, both go on after the root.
    weft_sync_peer_reset();
    weft_subtask_start(co, &self->calls[0], weft_sync_peer_leave_behind());
    WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    while (weft_sync_peer_left_behind() != 2)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

// Tasks that join and close what another has spawned, and sleep on nothing else.
typedef frame join_across;

static weft_stepped join_across_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    for (self->i = WEFT_SYNC_PEER_HOW_ONE; self->i <= WEFT_SYNC_PEER_HOW_CLOSE; self->i++) {
        weft_sync_peer_reset();
        weft_subtask_start(co, &self->calls[0], weft_sync_peer_adopt(&self->results[0]));
        for (uint32_t i = 1; i <= 2; i++)
            weft_subtask_start(co, &self->calls[i],
                               weft_sync_peer_join_adopted((weft_sync_peer_how_t)self->i, &self->results[i]));
        EXPECT(weft_in_flight(&self->calls[0]) && weft_in_flight(&self->calls[2]), true);
        if (self->i != WEFT_SYNC_PEER_HOW_CLOSE)
            WEFT_AWAIT(weft_subtask_call(co, &self->one, weft_sync_peer_set()));
        WEFT_AWAIT(weft_await(co, &self->calls[1]));
        WEFT_AWAIT(weft_await(co, &self->calls[2]));
        WEFT_AWAIT(weft_await(co, &self->calls[0]));
        EXPECT(self->results[0], self->i == WEFT_SYNC_PEER_HOW_CLOSE ? 2 : 0);
        EXPECT(self->results[1] + self->results[2], 14);
    }
    // with no children, at once
    WEFT_AWAIT(weft_subtask_call(co, &self->one,
                                 weft_sync_peer_join_adopted(WEFT_SYNC_PEER_HOW_ALL, &self->results[1])));
    WEFT_AWAIT(weft_subtask_call(co, &self->one,
                                 weft_sync_peer_join_adopted(WEFT_SYNC_PEER_HOW_CLOSE, &self->results[1])));
    WEFT_FINALLY;
    WEFT_END;
}

// What several tasks wait for together, each asleep; the first is cancelled.
typedef frame share_across;

static weft_stepped share_across_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    for (self->i = WEFT_SYNC_PEER_WHAT_VALUE; self->i <= WEFT_SYNC_PEER_WHAT_START_UP; self->i++) {
        weft_sync_peer_reset();
        for (uint32_t i = 0; i < 4; i++)
            weft_subtask_start(co, &self->calls[i],
                               weft_sync_peer_share((weft_sync_peer_what_t)self->i, &self->results[i]));
        EXPECT(weft_sync_peer_waiting(), 4);
        weft_stop_blocking(&self->calls[0]);
        EXPECT(weft_subtask_state_of(&self->calls[0]), WEFT_SUBTASK_RETURNED_CANCELLED);
        EXPECT(weft_sync_peer_cancelled(), self->i == WEFT_SYNC_PEER_WHAT_CONDITION);
        WEFT_AWAIT(weft_yield(co)); // another runs the start-up
        weft_sync_peer_bring(20);
        for (self->item = 1; self->item < 4; self->item++) {
            WEFT_AWAIT(weft_await(co, &self->calls[self->item]));
            EXPECT(self->results[self->item], self->i == WEFT_SYNC_PEER_WHAT_START_UP ? 2 : 20);
        }
        EXPECT(weft_sync_peer_waiting(), 0);
    }
    // It is there, at once.
    WEFT_AWAIT(weft_subtask_call(co, &self->one,
                                 weft_sync_peer_share(WEFT_SYNC_PEER_WHAT_START_UP, &self->results[0])));
    EXPECT(self->results[0], 2);
    WEFT_FINALLY;
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(wake_one)                                                                                             \
    TEST(wake_by_sync)                                                                                         \
    TEST(wake_many)                                                                                            \
    TEST(wake_again)                                                                                           \
    TEST(wake_beside_host)                                                                                     \
    TEST(cancel_sleeper)                                                                                       \
    TEST(cancel_across)                                                                                        \
    TEST(mutex_is_fair)                                                                                        \
    TEST(mutex_cancelled)                                                                                      \
    TEST(join_across)                                                                                          \
    TEST(share_across)                                                                                         \
    TEST(outlive)                                                                                              \
    TEST(channel_order)                                                                                        \
    TEST(channel_close)                                                                                        \
    TEST(channel_cancelled)
#include "weft_runner.h"
