// Breaks one of Weft's rules a test, as a user might, rule by rule.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MISUSE_BROKEN_H
#define MISUSE_BROKEN_H

#include "test.h"

// closed

static weft_stepped closed_read(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(closed_write, {
    numbers_close_writer(&self->out);
    numbers_close_writer(&self->out);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 4));
})

TEST_BODY(closed_write_all, {
    numbers_close_writer(&self->out);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 4));
})

TEST_BODY(closed_read_handed_on, {
    weft_rules_peer_take_numbers(numbers_hand_on(&self->in));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

TEST_BODY(closed_hand_on, {
    weft_rules_peer_take_numbers(numbers_hand_on(&self->in));
    weft_rules_peer_take_numbers(numbers_hand_on(&self->in));
})

TEST_BODY(closed_future_read, {
    number_close_reader(&self->one);
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
})

TEST_BODY(closed_future_write, {
    number_close_reader(&self->one);
    number_close_writer(co, &self->of_one);
    WEFT_AWAIT(number_write(co, &self->of_one, 1));
})

TEST_BODY(closed_future_hand_on, {
    number_close_reader(&self->one);
    weft_rules_peer_take_number(number_hand_on(&self->one));
})

// busy

TEST_BODY(busy_read, {
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

// The read is over, but nobody has seen it.
TEST_BODY(busy_read_complete, {
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 4));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

TEST_BODY(busy_write, {
    numbers_start_write(co, &self->out, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 4));
})

TEST_BODY(busy_write_all, {
    numbers_start_write_all(co, &self->out, self->items, 4);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 4));
})

TEST_BODY(busy_hand_on, {
    numbers_start_read(co, &self->in, self->items, 4);
    weft_rules_peer_take_numbers(numbers_hand_on(&self->in));
})

TEST_BODY(busy_close_reader, {
    numbers_start_read(co, &self->in, self->items, 4);
    numbers_close_reader(&self->in);
})

TEST_BODY(busy_close_writer, {
    numbers_start_write(co, &self->out, self->items, 4);
    numbers_close_writer(&self->out);
})

TEST_BODY(busy_future_read, {
    number_start_read(co, &self->one, &self->value);
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
})

TEST_BODY(busy_future_write, {
    number_start_write(co, &self->of_one, 1);
    WEFT_AWAIT(number_write(co, &self->of_one, 2));
})

TEST_BODY(busy_future_hand_on, {
    number_start_read(co, &self->one, &self->value);
    weft_rules_peer_take_number(number_hand_on(&self->one));
})

TEST_BODY(busy_future_close_reader, {
    number_start_read(co, &self->one, &self->value);
    number_close_reader(&self->one);
})

TEST_BODY(busy_future_close_writer, {
    number_start_write(co, &self->of_one, 1);
    number_close_writer(co, &self->of_one);
})

// future_done

TEST_BODY(future_done_read, {
    number_start_write(co, &self->of_one, 1);
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
})

TEST_BODY(future_done_write, {
    number_start_read(co, &self->one, &self->value);
    WEFT_AWAIT(number_write(co, &self->of_one, 1));
    WEFT_AWAIT(number_write(co, &self->of_one, 2));
})

TEST_BODY(future_done_hand_on, {
    number_start_write(co, &self->of_one, 1);
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
    weft_rules_peer_take_number(number_hand_on(&self->one));
})

// other_gone

TEST_BODY(other_gone_hand_on, {
    numbers_close_writer(&self->out);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    weft_rules_peer_take_numbers(numbers_hand_on(&self->in));
})

// call_busy

TEST_BODY(call_busy_call, {
    weft_subtask_start(co, &self->call, weft_rules_peer_never());
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_rules_peer_never()));
})

// awaited

TEST_BODY(awaited_in_any, {
    numbers_start_read(co, &self->in, self->items, 4);
    self->ops[0] = self->ops[1] = &self->in.op;
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
})

static test *first; // the one that waits, for `poke`

TEST_BODY(awaited_by_another, {
    first = self;
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

static weft_stepped awaits_first_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_await(co, &first->in));
    WEFT_FINALLY;
    WEFT_END;
}

// stopping: `poke` comes while weft_stop_blocking waits in the host

TEST_BODY(stopping_stop, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_stop_blocking(&self->call);
})

TEST_BODY(stopping_await, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_stop_blocking(&self->call);
})

TEST_BODY(stopping_any, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_stop_blocking(&self->call);
})

// It was stopped while it was waited for, so that who waits is in the middle of it, too.
TEST_BODY(stopping_cancel, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_cancel(co);
    WEFT_AWAIT(weft_await(co, &self->call));
})

static weft_stepped awaits_stopping_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->ops[0] = &first->call.op;
    if (named("stopping_any"))
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
    else
        WEFT_AWAIT(weft_await(co, &first->call));
    WEFT_FINALLY;
    WEFT_END;
}

// not_running

TEST_BODY(not_running_yield, {
    forget(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
})

TEST_BODY(not_running_call, {
    forget(weft_yield(co));
    WEFT_AWAIT(weft_call(co, &self->other, idle_run));
})

TEST_BODY(not_running_await, {
    forget(weft_yield(co));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

TEST_BODY(not_running_any, {
    forget(weft_yield(co));
    numbers_start_read(co, &self->in, self->items, 4);
    self->ops[0] = &self->in.op;
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
})

TEST_BODY(not_running_end, { forget(weft_yield(co)); })

TEST_BODY(not_running_other, { WEFT_AWAIT(weft_yield(&self->other)); })

TEST_BODY(not_running_spawn, { weft_spawn(&self->other, &self->scope, &self->child, &self->other, idle_run); })

TEST_BODY(not_running_bind, { weft_local_bind(&self->other, &self->local, self, self); })

// child_busy

TEST_BODY(child_busy_itself, { WEFT_AWAIT(weft_call(co, co, idle_run)); })

TEST_BODY(child_busy_block_on, { weft_block_on(co, idle_run); })

static weft_child other_child;

TEST_BODY(child_busy_spawn, {
    weft_spawn(co, &self->scope, &self->child, &self->other, idle_run);
    weft_spawn(co, &self->scope, &other_child, &self->other, idle_run);
})

// The handle of one that has ended, but has not been told.
static weft_coro another;

TEST_BODY(child_busy_handle, {
    weft_spawn(co, &self->scope, &self->child, &self->other, idle_run);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_spawn(co, &self->scope, &self->child, &another, idle_run);
})

// The same by the typed forms, whose handle may be in the frame that they zero.
typedef struct {
    weft_coro co;
    weft_child handle;
} idler;

static idler its;

WEFT_ASYNC(idler)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

TEST_BODY(child_busy_typed, {
    WEFT_SPAWN(idler, &its, &self->scope, &self->child);
    WEFT_CALL(idler, &its);
})

TEST_BODY(child_busy_typed_spawn, {
    WEFT_SPAWN(idler, &its, &self->scope, &its.handle);
    WEFT_SPAWN(idler, &its, &self->scope, &its.handle);
})

TEST_BODY(child_busy_typed_handle, {
    WEFT_SPAWN(idler, &its, &self->scope, &its.handle);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_SPAWN(idler, &its, &self->scope, &its.handle);
})

// other_task

static weft_scope shared;

static weft_stepped spawns_run(weft_coro *co)
{
    WEFT_BEGIN;
    weft_spawn(co, &shared, &other_child, &another, idle_run);
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(other_task_spawn, {
    weft_coro in_other_task = {0};
    weft_spawn(co, &shared, &self->child, &self->other, idle_run);
    weft_block_on(&in_other_task, spawns_run);
})

// scope_full

TEST_BODY(scope_full_spawn, {
    self->scope.limit = 1;
    weft_spawn(co, &self->scope, &self->child, &self->other, idle_run);
    weft_spawn(co, &self->scope, &other_child, &another, idle_run);
})

// stray_return: it compiles only with what a step returns made by hand

static weft_stepped stray(weft_poll poll)
{
    return (weft_stepped){poll.pending};
}

TEST_BODY(stray_return_ready, { return stray((weft_poll){false}); })

TEST_BODY(stray_return_pending, { return stray((weft_poll){true}); })

TEST_BODY(stray_return_parked, { return stray(weft_yield(co)); })

TEST_BODY(stray_return_alone, { return stray(numbers_read(co, &self->in, self->items, 4)); })

TEST_BODY(stray_return_again, {
    WEFT_AWAIT(weft_yield(co));
    return stray(weft_call(co, &self->other, idle_run));
})

// An await of a wait that nobody made.
TEST_BODY(stray_return_await, {
    weft_poll poll = {true};
    WEFT_AWAIT(poll);
})

// not_started

TEST_BODY(not_started_cancel, { weft_cancel(&self->other); })

TEST_BODY(not_started_join, { WEFT_AWAIT(weft_join(co, &self->child)); })

// local_in_use

TEST_BODY(local_in_use_twice, {
    weft_local_bind(co, &self->local, self, self);
    weft_local_bind(co, &self->local, self, self);
})

TEST_BODY(local_in_use_covered, {
    weft_local_bind(co, &self->local, self, self);
    weft_local_bind(co, &self->later, self, self);
    weft_local_unbind(&self->local);
})

TEST_BODY(local_in_use_inherited, {
    weft_local_bind(co, &self->local, self, self);
    weft_spawn(co, &self->scope, &self->child, &self->other, idle_run);
    weft_local_unbind(&self->local);
})

// still_bound

TEST_BODY(still_bound_end, { weft_local_bind(co, &self->local, self, self); })

// held

TEST_BODY(held_acquire, {
    self->semaphore.limit = 2;
    weft_try_acquire(&self->semaphore, &self->permit);
    weft_try_acquire(&self->semaphore, &self->permit);
})

// no_result: see the root

TEST_BODY(no_result_exit, {})

// failed_result: see the root

TEST_BODY(failed_result_exit, {})

// second_result

TEST_BODY(second_result_return, {
    WEFT_RETURN_VOID(co, EXPORT);
    WEFT_RETURN_VOID(co, EXPORT);
})

// wrong_export

TEST_BODY(wrong_export_return, { WEFT_RETURN(co, exports_weft_rules_subject_other, 1); })

static weft_stepped returns_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_RETURN_VOID(co, EXPORT);
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(wrong_export_block_on, { weft_block_on(&self->other, returns_run); })

// abandoned: the frame is left as it is

static weft_stepped abandoned_read(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped abandoned_call(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_subtask_start(co, &self->call, weft_rules_peer_never());
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(abandoned_block_on, {
    static test frame;
    weft_block_on(&frame.co, abandoned_read);
})

// what `poke` does wakes a coroutine of a task that is asleep in the host

TEST_BODY(fine_cancel_across, {
    first = self;
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

TEST_BODY(fine_stop_across, {
    first = self;
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

// overtaken: `poke` waits on the machine stack for what this one does, which stops a call on top of that

#define STOPS_ON_TOP(start)                                                                                    \
    first = self;                                                                                              \
    weft_subtask_start(co, &self->call, start);                                                                \
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 1));                                                   \
    number_start_write(co, &self->of_one, 1);                                                                  \
    weft_stop_blocking(&self->call);

TEST_BODY(overtaken_poke, {STOPS_ON_TOP(weft_rules_peer_slow())})

static bool stopped;

TEST_BODY(fine_overtaken, {
    STOPS_ON_TOP(weft_rules_peer_never())
    stopped = true;
})

static weft_stepped waits_for_first_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->one = number_reader_of(number_hand_on(&first->one));
    WEFT_AWAIT(numbers_write(co, &first->out, self->items, 1));
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
    WEFT_FINALLY;
    number_close_reader(&self->one);
    WEFT_END;
}

static void waits_for_first(test *frame)
{
    weft_block_on(&frame->co, waits_for_first_run);
    if (!stopped)
        __builtin_trap();
}

// deadlock

TEST_BODY(deadlock_any, { WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 0)); })

// no_memory: see `prepare`

TEST_BODY(no_memory_export, {})

// bad_event: the host has no such event, so this plays the host

TEST_BODY(bad_event_callback, {
    WEFT_AWAIT(weft_yield(co));
    weft_task_event unknown = {7, 0, 0};
    weft_task_callback(&unknown, NULL);
})

TEST_BODY(bad_event_other_kind, {
    WEFT_AWAIT(weft_yield(co));
    numbers_start_read(co, &self->in, self->items, 4);
    weft_task_event written = {WEFT_EVENT_STREAM_WRITE, self->in.op.handle, 1 << 4};
    weft_task_callback(&written, NULL);
})

TEST_BODY(bad_event_code, {
    WEFT_AWAIT(weft_yield(co));
    numbers_start_read(co, &self->in, self->items, 4);
    weft_task_event read = {WEFT_EVENT_STREAM_READ, self->in.op.handle, 1 << 4 | 8};
    weft_task_callback(&read, NULL);
})

// The same, of the only operation that the task waits for, in another coroutine.

static test *started_by; // the test that has spawned it

static weft_stepped read_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_read(co, &started_by->in, started_by->items, 4));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped write_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_write(co, &started_by->out, started_by->items, 4));
    WEFT_FINALLY;
    WEFT_END;
}

#define BAD_EVENT_ALONE(run, code, end)                                                                        \
    started_by = self;                                                                                         \
    weft_spawn(co, &self->scope, &self->child, &self->other, run);                                             \
    WEFT_AWAIT(weft_yield(co));                                                                                \
    weft_task_event event = {code, (end).op.handle, 1 << 4};                                                   \
    weft_task_callback(&event, NULL);

TEST_BODY(bad_event_alone_read, {BAD_EVENT_ALONE(write_run, WEFT_EVENT_STREAM_READ, self->out)})
TEST_BODY(bad_event_alone_write, {BAD_EVENT_ALONE(read_run, WEFT_EVENT_STREAM_WRITE, self->in)})
TEST_BODY(bad_event_alone_call, {BAD_EVENT_ALONE(read_run, WEFT_EVENT_SUBTASK, self->in)})
TEST_BODY(bad_event_alone_future, {BAD_EVENT_ALONE(read_run, WEFT_EVENT_FUTURE_READ, self->in)})

// lost_task: so does code that keeps something of its own in the slot

TEST_BODY(lost_task_callback, {
    WEFT_AWAIT(weft_yield(co));
    __context_set_0(NULL);
    weft_task_event none = {0};
    weft_task_callback(&none, NULL);
})

// no_room, rust_spawn, task_over, no_task: of code beside Weft, played here

static wasip3_task_v2 offered;

static void called(void *it, uint32_t code)
{
    (void)it;
    (void)code;
}

static void keep_current(void)
{
    wasip3_task *task = wasip3_task_set(NULL);
    wasip3_task_set(task);
    offered = *(wasip3_task_v2 *)(void *)task;
}

// What a coroutine of the same task waits for already, and nothing else.
static numbers_reader awaited;

static weft_stepped awaits_run(weft_coro *co)
{
    static uint32_t item;
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_read(co, &awaited, &item, 1));
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(busy_register, {
    awaited = self->in;
    weft_spawn(co, &self->scope, &self->child, &self->other, awaits_run);
    WEFT_AWAIT(weft_yield(co));
    keep_current();
    offered.v1.waitable_register(offered.v1.ptr, self->in.op.handle, called, NULL);
})

TEST_BODY(no_room_register, {
    keep_current();
    fail_at = 1;
    offered.v1.waitable_register(offered.v1.ptr, self->in.op.handle, called, NULL);
})

TEST_BODY(rust_spawn, {
    keep_current();
    offered.vtable->rust_spawn(offered.v1.ptr, NULL, NULL);
})

static weft_stepped clone_run(weft_coro *co)
{
    WEFT_BEGIN;
    keep_current();
    offered.vtable->clone(offered.v1.ptr);
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(task_over_register, {
    weft_block_on(&self->other, clone_run);
    offered.v1.waitable_register(offered.v1.ptr, self->in.op.handle, called, NULL);
})

static weft_stepped reads_run(weft_coro *co)
{
    static numbers_reader in;
    static numbers_writer out;
    static uint32_t item;
    WEFT_BEGIN;
    in = numbers_reader_of(numbers_new(&out));
    WEFT_AWAIT(numbers_read(co, &in, &item, 1));
    WEFT_FINALLY;
    WEFT_END;
}

TEST_BODY(no_task_poll, {
    static weft_embedded embedded;
    weft_embedded_start(&embedded, &self->other, reads_run);
    wasip3_task_set(NULL);
    weft_embedded_poll(&embedded, NULL, NULL);
})

#endif
