// Breaks Weft's rules about memory: what is waited with twice, copied, or goes while it is in use.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MISUSE_BROKEN_MEMORY_H
#define MISUSE_BROKEN_MEMORY_H

#include "test.h"

WEFT_CHANNEL(letters, uint32_t, 0);
WEFT_ONESHOT(answer, uint32_t);
WEFT_BROADCAST(news, uint32_t, 1);
WEFT_FLOW(numbers, uint32_t);

static letters channel;
static letters_slot slot;

// not_held, copied, limit_changed, settled, slot_busy

static weft_condition condition;
static weft_once once;

TEST_BODY(not_held_wait, { WEFT_AWAIT(weft_condition_wait(co, &condition, &self->permit)); })

TEST_BODY(not_held_done, { weft_once_done(&once, &self->permit); })

TEST_BODY(copied_permit, {
    weft_permit copy;
    weft_try_acquire(&self->semaphore, &self->permit);
    copy = self->permit;
    weft_release(&self->permit);
    weft_release(&copy);
})

static weft_stepped acquires_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &self->semaphore, &self->permit));
    WEFT_FINALLY;
    weft_release(&self->permit);
    WEFT_END;
}

TEST_BODY(limit_changed_raise, {
    static test waiter;
    weft_try_acquire(&waiter.semaphore, &self->permit);
    weft_spawn(co, &self->scope, &self->child, &waiter.co, acquires_run);
    WEFT_AWAIT(weft_yield(co));
    waiter.semaphore.limit = 2;
    weft_permit late = {0};
    weft_try_acquire(&waiter.semaphore, &late);
})

TEST_BODY(limit_changed_lower, {
    weft_permit late = {0};
    self->semaphore.limit = 3;
    weft_try_acquire(&self->semaphore, &self->permit);
    weft_permit second = {0};
    weft_try_acquire(&self->semaphore, &second);
    self->semaphore.limit = 1;
    weft_try_acquire(&self->semaphore, &late);
})

static answer asked;

TEST_BODY(settled_complete, {
    answer_fail(&asked, 1);
    answer_complete(&asked, 1);
})

TEST_BODY(settled_fail, {
    answer_complete(&asked, 1);
    answer_fail(&asked, 1);
})

static weft_stepped receives_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(letters_receive(co, &channel, &slot));
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(slot_busy_receive, {
    weft_spawn(co, &self->scope, &self->child, &self->other, receives_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(letters_receive(co, &channel, &slot));
})

TEST_BODY(slot_busy_send, {
    weft_spawn(co, &self->scope, &self->child, &self->other, receives_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(letters_send(co, &channel, &slot, 1));
})

TEST_BODY(slot_busy_acquire, {
    static test waiter;
    weft_try_acquire(&waiter.semaphore, &self->permit);
    weft_spawn(co, &self->scope, &self->child, &waiter.co, acquires_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_acquire(co, &waiter.semaphore, &waiter.permit));
})

static news the_news;
static news_subscriber subscriber;

static weft_stepped subscribes_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(news_receive(co, &the_news, &subscriber));
    WEFT_END;
}

TEST_BODY(slot_busy_subscriber, {
    weft_spawn(co, &self->scope, &self->child, &self->other, subscribes_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(news_receive(co, &the_news, &subscriber));
})

TEST_BODY(slot_busy_subscribe, {
    weft_spawn(co, &self->scope, &self->child, &self->other, subscribes_run);
    WEFT_AWAIT(weft_yield(co));
    news_subscribe(&the_news, &subscriber);
})

static weft_stepped waits_for_signal(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &self->semaphore, &self->permit));
    WEFT_AWAIT(weft_condition_wait(co, &condition, &self->permit));
    WEFT_END;
}

TEST_BODY(slot_busy_condition, {
    static test waiter;
    weft_spawn(co, &self->scope, &self->child, &waiter.co, waits_for_signal);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_acquire(co, &waiter.semaphore, &waiter.permit));
})

// no_case, own_case, and what has been in a select already

static weft_event never_set;
static weft_case choices[3];

TEST_BODY(no_case_call, { WEFT_AWAIT(weft_select(co, choices, weft_call(of, &self->other, idle_run))); })

TEST_BODY(no_case_yield, { WEFT_AWAIT(weft_select(co, choices, weft_yield(of))); })

TEST_BODY(no_case_itself, {
    WEFT_AWAIT(weft_select(co, choices, weft_event_wait(of, &never_set), weft_event_wait(co, &never_set)));
})

TEST_BODY(no_case_never, { WEFT_AWAIT(weft_never(co)); })

TEST_BODY(own_case_ends, {
    static letters_slot other_slot;
    WEFT_AWAIT(weft_select(co, choices, letters_receive(of, &channel, &slot),
                           letters_send(of, &channel, &other_slot, 1)));
})

static weft_stepped selects_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_select(co, choices, weft_event_wait(of, &never_set)));
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(slot_busy_select, {
    weft_spawn(co, &self->scope, &self->child, &self->other, selects_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_select(co, choices, weft_event_wait(of, &never_set)));
})

TEST_BODY(not_running_select, {
    weft_spawn(co, &self->scope, &self->child, &self->other, selects_run);
    WEFT_AWAIT(weft_yield(co));
    weft_poll ignored = weft_select(&self->other, choices, weft_event_wait(of, &never_set));
    (void)ignored;
})

// child_busy: what is waited with is a frame, too

typedef struct {
    weft_coro co;
    weft_exactly exactly;
    weft_to_end to_end;
    weft_forward forward;
    numbers_reader in;
    numbers_writer out;
    numbers_buffer buffer;
    uint32_t items[4];
} waits;

static weft_stepped waits_run(weft_coro *co)
{
    waits *self = weft_frame(co, waits);
    WEFT_BEGIN;
    if (named("child_busy_exactly"))
        WEFT_AWAIT(numbers_read_exactly(co, &self->exactly, &self->in, self->items, 4));
    else if (named("child_busy_to_end"))
        WEFT_AWAIT(numbers_read_to_end(co, &self->to_end, &self->in, &self->buffer, 100));
    else if (named("child_busy_forward"))
        WEFT_AWAIT(numbers_forward(co, &self->forward, &self->in, &self->out, self->items, 4));
    WEFT_FINALLY;
    WEFT_END;
}

#define WAITED_TWICE(name, ...)                                                                                \
    TEST_BODY(name, {                                                                                          \
        static waits waiter;                                                                                   \
        waiter.in = numbers_reader_of(numbers_hand_on(&self->in));                                             \
        weft_spawn(co, &self->scope, &self->child, &waiter.co, waits_run);                                     \
        WEFT_AWAIT(weft_yield(co));                                                                            \
        forget(__VA_ARGS__);                                                                                   \
    })
WAITED_TWICE(child_busy_exactly, numbers_read_exactly(co, &waiter.exactly, &waiter.in, self->items, 4))
WAITED_TWICE(child_busy_to_end, numbers_read_to_end(co, &waiter.to_end, &waiter.in, &waiter.buffer, 100))
WAITED_TWICE(child_busy_forward, numbers_forward(co, &waiter.forward, &waiter.in, &self->out, self->items, 4))

// still_in_scope

TEST_BODY(still_in_scope_spawn, {
    weft_spawn(co, &self->scope, &self->child, &self->other, idle_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_spawn(co, &self->scope, &self->child, &self->other, idle_run);
})

// left_in_flight, open_scope

static weft_stepped leaves_call_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_rules_peer_never());
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(left_in_flight_child, {
    weft_spawn_new(co, &self->scope, sizeof(test), leaves_call_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
})

static weft_stepped yields_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped leaves_scope_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_spawn_new(co, &self->scope, sizeof(weft_coro), yields_run);
    WEFT_FINALLY;
    WEFT_END;
}

// The frame of the test is in the root's.
TEST_BODY(open_scope_root, { weft_spawn_new(co, &self->scope, sizeof(weft_coro), yields_run); })

TEST_BODY(open_scope_child, {
    weft_spawn_new(co, &self->scope, sizeof(test), leaves_scope_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
})

// on_stack

TEST_BODY(on_stack_read, {
    uint32_t items[4];
    WEFT_AWAIT(numbers_read(co, &self->in, items, 4));
})

TEST_BODY(on_stack_start_read, {
    uint32_t items[4];
    numbers_start_read(co, &self->in, items, 4);
})

TEST_BODY(on_stack_write, {
    uint32_t items[4] = {0};
    WEFT_AWAIT(numbers_write(co, &self->out, items, 4));
})

TEST_BODY(on_stack_write_all, {
    uint32_t items[4] = {0};
    WEFT_AWAIT(numbers_write_all(co, &self->out, items, 4));
})

TEST_BODY(on_stack_future_read, {
    uint32_t value;
    WEFT_AWAIT(number_read(co, &self->one, &value));
})

TEST_BODY(on_stack_call, {
    weft_subtask call = {0};
    WEFT_AWAIT(weft_subtask_call(co, &call, weft_rules_peer_never()));
})

TEST_BODY(on_stack_frame, {
    weft_coro child = {0};
    WEFT_AWAIT(weft_call(co, &child, idle_run));
})

TEST_BODY(on_stack_slot, {
    letters_slot mine = {0};
    WEFT_AWAIT(letters_receive(co, &channel, &mine));
})

TEST_BODY(on_stack_spawn, {
    weft_child child = {0};
    weft_spawn(co, &self->scope, &child, &self->other, idle_run);
})

// no_room_to_read

TEST_BODY(no_room_to_read_forward, {
    static weft_forward forward;
    WEFT_AWAIT(numbers_forward(co, &forward, &self->in, &self->out, self->items, 0));
})

#endif
