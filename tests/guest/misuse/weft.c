// Breaks one of Weft's rules a test, as a user might; a second group leaves the rule to the host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "middle.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, weft_rules_peer_stream_u32, uint32_t);
WEFT_FUTURE(number, weft_rules_peer_future_u32, uint32_t);
WEFT_STREAM(texts, weft_rules_peer_stream_string, middle_string_t);

// True if that is the name of the test that runs.
static bool named(const char *name);

// The frame of every test, which the root calls.
typedef struct {
    weft_coro co;
    weft_coro other __attribute__((aligned(16)));
    numbers_reader in;
    numbers_writer out;
    number_reader one;
    number_writer of_one;
    texts_reader texts_in;
    texts_writer texts_out;
    weft_subtask call;
    weft_any any;
    weft_op *ops[2];
    weft_semaphore semaphore;
    weft_permit permit;
    weft_scope scope;
    weft_child child;
    weft_local local, later;
    uint32_t items[4], value;
    middle_string_t text;
} test;

#define EXPORT exports_weft_rules_subject_run

// A test is its body; it ends with its ends closed, if it gets there.
#define TEST_BODY(name, ...)                                                                                   \
    static weft_poll name(weft_coro *co)                                                                       \
    {                                                                                                          \
        test *self = weft_frame(co, test);                                                                     \
        WEFT_BEGIN(co);                                                                                        \
        self->in = numbers_reader_of(numbers_new(&self->out));                                                 \
        self->one = number_reader_of(number_new(&self->of_one, 7));                                            \
        __VA_ARGS__                                                                                            \
        WEFT_FINALLY(co);                                                                                      \
        numbers_close_reader(&self->in);                                                                       \
        numbers_close_writer(&self->out);                                                                      \
        number_close_reader(&self->one);                                                                       \
        number_close_writer(co, &self->of_one);                                                                \
        WEFT_END(co);                                                                                          \
    }

// What goes on in the background of a test: a coroutine that waits for nothing, and does no harm.
static weft_poll idle_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// For a wait whose WEFT_AWAIT is missing.
static void forget(weft_poll poll)
{
    (void)poll;
}

// closed

static weft_poll closed_read(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN(co);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    WEFT_FINALLY(co);
    WEFT_END(co);
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
    weft_rules_peer_take_numbers(numbers_release(&self->in));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

TEST_BODY(closed_release, {
    weft_rules_peer_take_numbers(numbers_release(&self->in));
    weft_rules_peer_take_numbers(numbers_release(&self->in));
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

TEST_BODY(closed_future_release, {
    number_close_reader(&self->one);
    weft_rules_peer_take_number(number_release(&self->one));
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

TEST_BODY(busy_release, {
    numbers_start_read(co, &self->in, self->items, 4);
    weft_rules_peer_take_numbers(numbers_release(&self->in));
})

TEST_BODY(busy_future_read, {
    number_start_read(co, &self->one, &self->value);
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
})

TEST_BODY(busy_future_write, {
    number_start_write(co, &self->of_one, 1);
    WEFT_AWAIT(number_write(co, &self->of_one, 2));
})

TEST_BODY(busy_future_release, {
    number_start_read(co, &self->one, &self->value);
    weft_rules_peer_take_number(number_release(&self->one));
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

TEST_BODY(future_done_release, {
    number_start_write(co, &self->of_one, 1);
    WEFT_AWAIT(number_read(co, &self->one, &self->value));
    weft_rules_peer_take_number(number_release(&self->one));
})

// other_gone

TEST_BODY(other_gone_release, {
    numbers_close_writer(&self->out);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    weft_rules_peer_take_numbers(numbers_release(&self->in));
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

static weft_poll awaits_first_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_await(co, &first->in));
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// stopping: `poke` comes while weft_stop waits in the host

TEST_BODY(stopping_stop, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_stop(&self->call);
})

TEST_BODY(stopping_await, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_stop(&self->call);
})

TEST_BODY(stopping_any, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_stop(&self->call);
})

// It was stopped while it was waited for, so that who waits is in the middle of it, too.
TEST_BODY(stopping_cancel, {
    first = self;
    weft_subtask_start(co, &self->call, weft_rules_peer_slow());
    weft_cancel(co);
    WEFT_AWAIT(weft_await(co, &self->call));
})

static weft_poll awaits_stopping_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN(co);
    self->ops[0] = &first->call.op;
    if (named("stopping_any"))
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
    else
        WEFT_AWAIT(weft_await(co, &first->call));
    WEFT_FINALLY(co);
    WEFT_END(co);
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

// other_task

static weft_scope shared;

static weft_poll spawns_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    weft_spawn(co, &shared, &other_child, &another, idle_run);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

TEST_BODY(other_task_spawn, {
    weft_coro in_other_task = {0};
    weft_spawn(co, &shared, &self->child, &self->other, idle_run);
    weft_block_on(&in_other_task, spawns_run);
})

// stray_return

TEST_BODY(stray_return_ready, {
    weft_poll poll = {false};
    return poll;
})

TEST_BODY(stray_return_pending, {
    weft_poll poll = {true};
    return poll;
})

TEST_BODY(stray_return_parked, { return weft_yield(co); })

TEST_BODY(stray_return_again, {
    WEFT_AWAIT(weft_yield(co));
    return weft_call(co, &self->other, idle_run);
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

// second_result

TEST_BODY(second_result_return, {
    WEFT_RETURN_VOID(co, EXPORT);
    WEFT_RETURN_VOID(co, EXPORT);
})

// wrong_export

TEST_BODY(wrong_export_return, { WEFT_RETURN(co, exports_weft_rules_subject_other, 1); })

static weft_poll returns_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_RETURN_VOID(co, EXPORT);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

TEST_BODY(wrong_export_block_on, { weft_block_on(&self->other, returns_run); })

// abandoned: the frame is left as it is

static weft_poll abandoned_read(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN(co);
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

static weft_poll abandoned_call(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN(co);
    weft_subtask_start(co, &self->call, weft_rules_peer_never());
    WEFT_FINALLY(co);
    WEFT_END(co);
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

// deadlock

TEST_BODY(deadlock_any, { WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 0)); })

// no_memory: see `prepare`

TEST_BODY(no_memory_export, {})

// bad_event: the host has no such event, so this plays the host

TEST_BODY(bad_event_callback, {
    WEFT_AWAIT(weft_yield(co));
    weft_task_event unknown = {7, 0, 0};
    weft_task_callback(&unknown);
})

TEST_BODY(bad_event_other_kind, {
    WEFT_AWAIT(weft_yield(co));
    numbers_start_read(co, &self->in, self->items, 4);
    weft_task_event written = {WEFT_EVENT_STREAM_WRITE, self->in.op.handle, 1 << 4};
    weft_task_callback(&written);
})

static test *started_by; // the test that has spawned this

static weft_poll read_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_AWAIT(numbers_read(co, &started_by->in, started_by->items, 4));
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// The same, of the only operation that the task waits for.
TEST_BODY(bad_event_alone, {
    started_by = self;
    weft_spawn(co, &self->scope, &self->child, &self->other, read_run);
    WEFT_AWAIT(weft_yield(co));
    weft_task_event written = {WEFT_EVENT_STREAM_WRITE, self->in.op.handle, 1 << 4};
    weft_task_callback(&written);
})

// lost_task: so does code that keeps something of its own in the slot

TEST_BODY(lost_task_callback, {
    WEFT_AWAIT(weft_yield(co));
    __context_set_0(NULL);
    weft_task_event none = {0};
    weft_task_callback(&none);
})

// no_room, task_over, no_task: of code beside Weft, played here

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

static weft_poll awaits_run(weft_coro *co)
{
    static uint32_t item;
    WEFT_BEGIN(co);
    WEFT_AWAIT(numbers_read(co, &awaited, &item, 1));
    WEFT_FINALLY(co);
    WEFT_END(co);
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

static weft_poll clone_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    keep_current();
    offered.vtable->clone(offered.v1.ptr);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

TEST_BODY(task_over_register, {
    weft_block_on(&self->other, clone_run);
    offered.v1.waitable_register(offered.v1.ptr, self->in.op.handle, called, NULL);
})

static weft_poll reads_run(weft_coro *co)
{
    static numbers_reader in;
    static numbers_writer out;
    static uint32_t item;
    WEFT_BEGIN(co);
    in = numbers_reader_of(numbers_new(&out));
    WEFT_AWAIT(numbers_read(co, &in, &item, 1));
    WEFT_FINALLY(co);
    WEFT_END(co);
}

TEST_BODY(no_task_poll, {
    static weft_embedded embedded;
    weft_embedded_start(&embedded, &self->other, reads_run);
    wasip3_task_set(NULL);
    weft_embedded_poll(&embedded, NULL, NULL);
})

// Left to the host.

TEST_BODY(host_both_ends_of_texts, {
    self->texts_in = texts_reader_of(texts_new(&self->texts_out));
    middle_string_set(&self->text, "a");
    texts_start_write(co, &self->texts_out, &self->text, 1);
    WEFT_AWAIT(texts_read(co, &self->texts_in, &self->text, 1));
})

TEST_BODY(host_out_of_bounds, { WEFT_AWAIT(numbers_read(co, &self->in, (uint32_t *)0xfffffff0, 8)); })

TEST_BODY(host_backpressure_underflow, { weft_backpressure_dec(); })

TEST_BODY(host_backpressure_overflow, {
    for (int i = 0; i < 65536; i++)
        weft_backpressure_inc();
})

TEST_BODY(host_stale_handle, {
    weft_rules_peer_stream_u32_drop_readable(self->in.op.handle);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
})

static weft_poll reads_for_ever_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN(co);
    self->in = numbers_reader_of(numbers_new(&self->out));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    WEFT_FINALLY(co);
    WEFT_END(co);
}

// `poke`, whose type is not async, waits for good; this one is there so that it comes.
TEST_BODY(host_block_in_sync, { WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_rules_peer_never())); })

// No misuse: what the raw bindings make one must, with Weft, go well.

TEST_BODY(fine_close_twice, {
    numbers_close_reader(&self->in);
    numbers_close_reader(&self->in);
    numbers_close_writer(&self->out);
    numbers_close_writer(&self->out);
    number_close_reader(&self->one);
    number_close_reader(&self->one);
    number_close_writer(co, &self->of_one);
    number_close_writer(co, &self->of_one);
})

TEST_BODY(fine_close_in_flight, {
    numbers_start_read(co, &self->in, self->items, 4);
    number_start_read(co, &self->one, &self->value);
    WEFT_AWAIT(weft_yield(co));
    numbers_close_reader(&self->in);
    number_close_reader(&self->one);
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_start_write_all(co, &self->out, self->items, 4);
    number_start_write(co, &self->of_one, 1);
    numbers_close_writer(&self->out);
    number_close_writer(co, &self->of_one);
})

TEST_BODY(fine_close_unseen, {
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 2));
    numbers_close_reader(&self->in);
})

TEST_BODY(fine_stop_idle, {
    weft_stop(&self->in);
    weft_stop(&self->out);
    weft_stop(&self->one);
    weft_stop(&self->of_one);
    weft_stop(&self->call);
})

TEST_BODY(fine_stop_twice, {
    weft_subtask_start(co, &self->call, weft_rules_peer_never());
    WEFT_AWAIT(weft_yield(co));
    weft_stop(&self->call);
    weft_stop(&self->call);
    if (weft_subtask_state_of(&self->call) != WEFT_SUBTASK_RETURNED_CANCELLED)
        __builtin_trap();
    numbers_start_read(co, &self->in, self->items, 4);
    weft_stop(&self->in);
    weft_stop(&self->in);
    if (!weft_copy_cancelled(&self->in))
        __builtin_trap();
})

TEST_BODY(fine_copy_after_dropped, {
    numbers_close_writer(&self->out);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    numbers_close_reader(&self->in);
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_close_reader(&self->in);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->items, 4));
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 4));
    number_close_reader(&self->one);
    WEFT_AWAIT(number_write(co, &self->of_one, 1));
    WEFT_AWAIT(number_write(co, &self->of_one, 1));
    if (!weft_dropped(&self->of_one) || self->out.count != 0)
        __builtin_trap();
})

TEST_BODY(fine_release_from_set, {
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write(co, &self->out, self->items, 2));
    WEFT_AWAIT(weft_await(co, &self->in));
    weft_rules_peer_take_numbers(numbers_release(&self->in));
})

TEST_BODY(fine_cancelled, { WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_rules_peer_never())); })

#define TESTS                                                                                                  \
    TEST(closed_read)                                                                                          \
    TEST(closed_write)                                                                                         \
    TEST(closed_write_all)                                                                                     \
    TEST(closed_read_handed_on)                                                                                \
    TEST(closed_release)                                                                                       \
    TEST(closed_future_read)                                                                                   \
    TEST(closed_future_write)                                                                                  \
    TEST(closed_future_release)                                                                                \
    TEST(busy_read)                                                                                            \
    TEST(busy_read_complete)                                                                                   \
    TEST(busy_write)                                                                                           \
    TEST(busy_write_all)                                                                                       \
    TEST(busy_release)                                                                                         \
    TEST(busy_future_read)                                                                                     \
    TEST(busy_future_write)                                                                                    \
    TEST(busy_future_release)                                                                                  \
    TEST(future_done_read)                                                                                     \
    TEST(future_done_write)                                                                                    \
    TEST(future_done_release)                                                                                  \
    TEST(other_gone_release)                                                                                   \
    TEST(call_busy_call)                                                                                       \
    TEST(awaited_in_any)                                                                                       \
    TEST(awaited_by_another)                                                                                   \
    TEST(stopping_stop)                                                                                        \
    TEST(stopping_await)                                                                                       \
    TEST(stopping_any)                                                                                         \
    TEST(stopping_cancel)                                                                                      \
    TEST(not_running_yield)                                                                                    \
    TEST(not_running_call)                                                                                     \
    TEST(not_running_await)                                                                                    \
    TEST(not_running_any)                                                                                      \
    TEST(not_running_end)                                                                                      \
    TEST(not_running_other)                                                                                    \
    TEST(not_running_spawn)                                                                                    \
    TEST(not_running_bind)                                                                                     \
    TEST(child_busy_itself)                                                                                    \
    TEST(child_busy_block_on)                                                                                  \
    TEST(child_busy_spawn)                                                                                     \
    TEST(child_busy_handle)                                                                                    \
    TEST(other_task_spawn)                                                                                     \
    TEST(stray_return_ready)                                                                                   \
    TEST(stray_return_pending)                                                                                 \
    TEST(stray_return_parked)                                                                                  \
    TEST(stray_return_again)                                                                                   \
    TEST(stray_return_await)                                                                                   \
    TEST(not_started_cancel)                                                                                   \
    TEST(not_started_join)                                                                                     \
    TEST(local_in_use_twice)                                                                                   \
    TEST(local_in_use_covered)                                                                                 \
    TEST(local_in_use_inherited)                                                                               \
    TEST(still_bound_end)                                                                                      \
    TEST(no_result_exit)                                                                                       \
    TEST(second_result_return)                                                                                 \
    TEST(wrong_export_return)                                                                                  \
    TEST(wrong_export_block_on)                                                                                \
    TEST(abandoned_read)                                                                                       \
    TEST(abandoned_call)                                                                                       \
    TEST(abandoned_block_on)                                                                                   \
    TEST(held_acquire)                                                                                         \
    TEST(deadlock_any)                                                                                         \
    TEST(no_memory_export)                                                                                     \
    TEST(bad_event_callback)                                                                                   \
    TEST(bad_event_alone)                                                                                      \
    TEST(bad_event_other_kind)                                                                                 \
    TEST(lost_task_callback)                                                                                   \
    TEST(busy_register)                                                                                        \
    TEST(no_room_register)                                                                                     \
    TEST(task_over_register)                                                                                   \
    TEST(no_task_poll)                                                                                         \
    TEST(host_both_ends_of_texts)                                                                              \
    TEST(host_out_of_bounds)                                                                                   \
    TEST(host_backpressure_underflow)                                                                          \
    TEST(host_backpressure_overflow)                                                                           \
    TEST(host_stale_handle)                                                                                    \
    TEST(host_block_in_sync)                                                                                   \
    TEST(fine_cancel_across)                                                                                   \
    TEST(fine_stop_across)                                                                                     \
    TEST(fine_close_twice)                                                                                     \
    TEST(fine_close_in_flight)                                                                                 \
    TEST(fine_close_unseen)                                                                                    \
    TEST(fine_stop_idle)                                                                                       \
    TEST(fine_stop_twice)                                                                                      \
    TEST(fine_copy_after_dropped)                                                                              \
    TEST(fine_release_from_set)                                                                                \
    TEST(fine_cancelled)

typedef struct {
    const char *name;
    weft_step *run;
} test_case;

#define TEST(name) {#name, name},
static const test_case cases[] = {TESTS};
#undef TEST

static const test_case *chosen;

static bool named(const char *name)
{
    return !strcmp(chosen->name, name);
}

bool exports_weft_rules_subject_prepare(middle_string_t *name)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strlen(cases[i].name) == name->len && !memcmp(cases[i].name, name->ptr, name->len))
            chosen = &cases[i];
    if (!chosen)
        __builtin_trap();
    middle_string_free(name);
    fail_at = named("no_memory_export");
    return named("fine_cancelled");
}

// The root: runs the test, and returns, if the test does not see to that.
typedef struct {
    weft_coro co;
    test test;
} root;

static weft_poll root_run(weft_coro *co)
{
    root *self = weft_frame(co, root);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_call(co, &self->test.co, chosen->run));
    if (!named("no_result_exit"))
        WEFT_RETURN_VOID(co, EXPORT);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

WEFT_EXPORT(middle, exports_weft_rules_subject_run, root, root_run, (middle_string_t * name),
            middle_string_free(name));

void exports_weft_rules_subject_poke(middle_string_t *name)
{
    middle_string_free(name);
    static test frame;
    if (named("fine_cancel_across"))
        weft_cancel(&first->co);
    else if (named("fine_stop_across"))
        weft_stop(&first->in);
    else if (named("awaited_by_another"))
        weft_block_on(&frame.co, awaits_first_run);
    else if (named("stopping_stop") || named("stopping_cancel"))
        weft_stop(&first->call);
    else if (named("stopping_await") || named("stopping_any"))
        weft_block_on(&frame.co, awaits_stopping_run);
    else if (named("host_block_in_sync"))
        weft_block_on(&frame.co, reads_for_ever_run);
}

static weft_poll other_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_RETURN(co, exports_weft_rules_subject_other, 1);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

WEFT_EXPORT(middle, exports_weft_rules_subject_other, root, other_run, (void), );
