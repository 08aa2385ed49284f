// Scenarios for the dump and the trace: one coroutine for each kind of wait. test_inside.py reads what is
// shown.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdlib.h>
#include <weft/weft.h>

WEFT_STREAM(bytes, runner_stream_u8, uint8_t);
WEFT_FUTURE(number, runner_future_u32, uint32_t);
WEFT_CHANNEL(letters, char, 1);

void exports_runner_types(runner_stream_u8_t stream, runner_future_u32_t future)
{
    runner_stream_u8_drop_readable(stream);
    runner_future_u32_drop_readable(future);
}

enum { ON_READ, ON_ANY, ON_EVENT, ON_ACQUIRE, ON_SEND, ON_SLEEP, ON_SELECT, ON_CALL, ON_YIELD, WAITERS };

// What they wait on, and what ends the waits.
static bytes_reader in, in_other, in_last, in_selected[2], in_idle;
static bytes_writer out, out_other, out_last, out_selected[2], out_idle;
static number_reader number_in;
static number_writer number_out;
static weft_event event;
static weft_mutex mutex;
static letters channel;
static weft_virtual_clock time_here;

typedef struct {
    weft_coro co;
    uint8_t byte;
} leaf;

static weft_stepped leaf_run(weft_coro *co)
{
    leaf *self = weft_frame(co, leaf);
    WEFT_BEGIN;
    WEFT_AWAIT(bytes_read(co, &in_last, &self->byte, 1));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    int on;
    uint8_t byte;
    uint32_t value;
    weft_any any;
    weft_op *ops[2];
    weft_permit permit;
    letters_slot slot;
    weft_timer timer;
    weft_case cases[4];
    leaf leaf;
} waiter;

static weft_stepped waiter_run(weft_coro *co)
{
    waiter *self = weft_frame(co, waiter);
    WEFT_BEGIN;
    switch (self->on) {
    case ON_READ:
        WEFT_AWAIT(bytes_read(co, &in, &self->byte, 1));
        break;
    case ON_ANY:
        bytes_start_read(co, &in_other, &self->byte, 1);
        number_start_read(co, &number_in, &self->value);
        self->ops[0] = &in_other.op;
        self->ops[1] = &number_in.op;
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
        weft_stop_blocking(&number_in);
        break;
    case ON_EVENT:
        WEFT_AWAIT(weft_event_wait(co, &event));
        break;
    case ON_ACQUIRE:
        WEFT_AWAIT(weft_acquire(co, &mutex, &self->permit));
        break;
    case ON_SEND:
        WEFT_AWAIT(letters_send(co, &channel, &self->slot, 'b'));
        break;
    case ON_SLEEP:
        WEFT_AWAIT(weft_sleep(co, &time_here.clock, &self->timer, 1000));
        break;
    case ON_SELECT:
        for (int i = 0; i < 2; i++)
            bytes_start_read(co, &in_selected[i], &self->byte, 1);
        WEFT_AWAIT(weft_select(co, self->cases, weft_await(of, &in_selected[0]), weft_never(of),
                               weft_await(of, &in_selected[1]), weft_event_wait(of, &event)));
        for (int i = 0; i < 2; i++)
            weft_stop_blocking(&in_selected[i]);
        break;
    case ON_CALL:
        WEFT_AWAIT(weft_call(co, &self->leaf.co, leaf_run));
        break;
    case ON_YIELD:
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_yield(co));
        break;
    }
    WEFT_FINALLY;
    weft_release(&self->permit);
    WEFT_END;
}

// Starts all waiters, and ends what they wait for after `look`, if there is one.
typedef struct {
    weft_coro co;
    void (*look)(void);
    weft_scope scope;
    weft_child handles[WAITERS];
    waiter waiters[WAITERS];
    weft_permit permit;
    char letter;
    uint8_t byte;
} all;

static weft_stepped all_run(weft_coro *co)
{
    all *self = weft_frame(co, all);
    WEFT_BEGIN;
    in = bytes_reader_of(bytes_new(&out));
    in_other = bytes_reader_of(bytes_new(&out_other));
    in_last = bytes_reader_of(bytes_new(&out_last));
    for (int i = 0; i < 2; i++)
        in_selected[i] = bytes_reader_of(bytes_new(&out_selected[i]));
    in_idle = bytes_reader_of(bytes_new(&out_idle));
    bytes_start_read(co, &in_idle, &self->byte, 1);
    number_in = number_reader_of(number_new(&number_out, 7));
    event = (weft_event){0};
    weft_virtual_clock_init(&time_here);
    EXPECT(weft_try_acquire(&mutex, &self->permit), true);
    EXPECT(letters_try_send(&channel, 'a'), true);
    for (int i = 0; i < WAITERS; i++) {
        self->waiters[i].on = i;
        weft_spawn(co, &self->scope, &self->handles[i], &self->waiters[i].co, waiter_run);
    }
    WEFT_AWAIT(weft_yield(co)); // until all wait
    if (self->look)
        self->look();
    bytes_close_writer(&out);
    bytes_close_writer(&out_other);
    bytes_close_writer(&out_last);
    for (int i = 0; i < 2; i++)
        bytes_close_writer(&out_selected[i]);
    bytes_close_writer(&out_idle);
    weft_event_set(&event);
    weft_release(&self->permit);
    EXPECT(letters_try_receive(&channel, &self->letter), true);
    EXPECT(letters_try_receive(&channel, &self->letter), true);
    weft_virtual_clock_advance(&time_here, 1000);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    bytes_close_reader(&in);
    bytes_close_reader(&in_other);
    bytes_close_reader(&in_last);
    for (int i = 0; i < 2; i++)
        bytes_close_reader(&in_selected[i]);
    bytes_close_reader(&in_idle);
    number_close_reader(&number_in);
    number_close_writer(co, &number_out);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    all all;
} dump;

static weft_stepped dump_run(weft_coro *co)
{
    dump *self = weft_frame(co, dump);
    WEFT_BEGIN;
    self->all.look = weft_dump;
    WEFT_AWAIT(weft_call(co, &self->all.co, all_run));
    WEFT_FINALLY;
    WEFT_END;
}

// The same without the dump, and one that is cancelled while it waits.
typedef struct {
    weft_coro co;
    all all;
    waiter waiter;
    weft_scope scope;
    weft_child child;
} trace;

static weft_stepped trace_run(weft_coro *co)
{
    trace *self = weft_frame(co, trace);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->all.co, all_run));
    in = bytes_reader_of(bytes_new(&out));
    self->waiter.on = ON_READ;
    weft_spawn(co, &self->scope, &self->child, &self->waiter.co, waiter_run);
    WEFT_AWAIT(weft_yield(co));
    weft_scope_cancel(&self->scope);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_outcome_of(&self->waiter.co), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    bytes_close_reader(&in);
    bytes_close_writer(&out);
    WEFT_END;
}

// What a dump says beside the waits: who has not begun, who ends, who calls deeply, who waits for much.
enum { MANY = 9, DEPTH = 18 };
static weft_event until;
static bytes_reader many_in[MANY];
static bytes_writer many_out[MANY];

typedef struct {
    weft_coro co;
    bool shielded;
} ending;

static weft_stepped ending_run(weft_coro *co)
{
    ending *self = weft_frame(co, ending);
    WEFT_BEGIN;
    if (self->shielded)
        weft_shield(co);
    WEFT_AWAIT(weft_event_wait(co, &until)); // first
    WEFT_FINALLY;
    WEFT_AWAIT(weft_event_wait(co, &until)); // last
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_any any;
    weft_op *ops[MANY];
    uint8_t bytes[MANY];
} many;

static weft_stepped many_run(weft_coro *co)
{
    many *self = weft_frame(co, many);
    WEFT_BEGIN;
    for (int i = 0; i < MANY; i++) {
        bytes_start_read(co, &many_in[i], &self->bytes[i], 1);
        self->ops[i] = &many_in[i].op;
    }
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, MANY));
    EXPECT(self->any.index, 0);
    WEFT_FINALLY;
    for (int i = 0; i < MANY; i++)
        weft_stop_blocking(&many_in[i]);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t below;
} deep;

static weft_stepped deep_run(weft_coro *co)
{
    deep *self = weft_frame(co, deep);
    WEFT_BEGIN;
    if (self->below)
        WEFT_AWAIT(weft_call(co, &self[1].co, deep_run));
    else
        WEFT_AWAIT(weft_event_wait(co, &until)); // deep down
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[6];
    ending finalising, shielded, unbegun, unwanted;
    many many;
    deep deep[DEPTH];
    uint32_t value;
} states;

static weft_stepped states_run(weft_coro *co)
{
    states *self = weft_frame(co, states);
    WEFT_BEGIN;
    until = (weft_event){0};
    for (int i = 0; i < MANY; i++)
        many_in[i] = bytes_reader_of(bytes_new(&many_out[i]));
    for (uint32_t i = 0; i < DEPTH; i++)
        self->deep[i].below = DEPTH - 1 - i;
    number_in = number_reader_of(number_new(&number_out, 7));
    number_close_writer(co, &number_out);
    self->shielded.shielded = true;
    weft_spawn(co, &self->scope, &self->handles[0], &self->finalising.co, ending_run);
    weft_spawn(co, &self->scope, &self->handles[1], &self->shielded.co, ending_run);
    weft_spawn(co, &self->scope, &self->handles[2], &self->many.co, many_run);
    weft_spawn(co, &self->scope, &self->handles[3], &self->deep[0].co, deep_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->finalising.co);
    weft_cancel(&self->shielded.co);
    WEFT_AWAIT(weft_yield(co)); // until it is in its finaliser
    weft_spawn(co, &self->scope, &self->handles[4], &self->unbegun.co, ending_run);
    weft_spawn(co, &self->scope, &self->handles[5], &self->unwanted.co, ending_run);
    weft_cancel(&self->unwanted.co);
    weft_dump();
    weft_event_set(&until);
    bytes_close_writer(&many_out[0]);
    WEFT_AWAIT(number_read(co, &number_in, &self->value));
    EXPECT(self->value, 7);
    WEFT_AWAIT(weft_yield(co)); // until its writer is told
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_outcome_of(&self->finalising.co), WEFT_CANCELLED);
    EXPECT(weft_outcome_of(&self->shielded.co), WEFT_DONE);
    EXPECT(weft_outcome_of(&self->unbegun.co), WEFT_DONE);
    EXPECT(weft_outcome_of(&self->unwanted.co), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    for (int i = 0; i < MANY; i++) {
        bytes_close_reader(&many_in[i]);
        bytes_close_writer(&many_out[i]);
    }
    number_close_reader(&number_in);
    WEFT_END;
}

// Dumps from inside a task in a task.
typedef struct {
    weft_coro co;
    struct {
        weft_coro co;
    } inner;
} nested;

static weft_stepped inner_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    weft_dump();
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped nested_run(weft_coro *co)
{
    nested *self = weft_frame(co, nested);
    WEFT_BEGIN;
    EXPECT(weft_block_on(&self->inner.co, inner_run), WEFT_DONE);
    WEFT_FINALLY;
    WEFT_END;
}

// Beside other runtimes: foreign code waits in this task, and a coroutine of Weft's in a foreign task, which
// is this one again.
WEFT_OFFER_TASK;

typedef struct {
    weft_coro co;
    weft_embedded embedded;
    leaf leaf;
    runner_stream_u8_t in;
    runner_stream_u8_writer_t out;
    uint8_t byte;
    bool called;
} foreign;

static void called(void *data, uint32_t code)
{
    foreign *self = data;
    EXPECT(code, WEFT_COPY_DROPPED);
    self->called = true;
}

static void wake(void *data)
{
    (void)data;
    weft_event_set(&event);
}

static weft_stepped foreign_run(weft_coro *co)
{
    foreign *self = weft_frame(co, foreign);
    wasip3_task *task;
    WEFT_BEGIN;
    self->in = runner_stream_u8_new(&self->out);
    in_last = bytes_reader_of(bytes_new(&out_last));
    event = (weft_event){0};
    WEFT_AWAIT(weft_yield(co)); // out of the first step
    EXPECT(runner_stream_u8_read(self->in, &self->byte, 1), WEFT_BLOCKED);
    task = wasip3_task_set(NULL);
    wasip3_task_set(task);
    EXPECT(task->waitable_register(task->ptr, self->in, called, self) == NULL, true);
    weft_embedded_start(&self->embedded, &self->leaf.co, leaf_run);
    EXPECT(weft_embedded_poll(&self->embedded, wake, NULL), false);
    weft_dump();
    runner_stream_u8_drop_writable(self->out);
    bytes_close_writer(&out_last);
    while (!self->called || !event.is_set)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_embedded_poll(&self->embedded, wake, NULL), true);
    WEFT_FINALLY;
    runner_stream_u8_drop_readable(self->in);
    bytes_close_reader(&in_last);
    WEFT_END;
}

// Two that wait for each other's end.
typedef struct {
    weft_coro co;
    weft_child *other;
} joiner;

static weft_stepped joiner_run(weft_coro *co)
{
    joiner *self = weft_frame(co, joiner);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_join(co, self->other));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[2];
    joiner joiners[2];
} deadlock;

static weft_stepped deadlock_run(weft_coro *co)
{
    deadlock *self = weft_frame(co, deadlock);
    WEFT_BEGIN;
    for (int i = 0; i < 2; i++) {
        self->joiners[i].other = &self->handles[1 - i];
        weft_spawn(co, &self->scope, &self->handles[i], &self->joiners[i].co, joiner_run);
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope)); // never
    WEFT_FINALLY;
    WEFT_END;
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(dump)                                                                                                 \
    TEST(trace)                                                                                                \
    TEST(states)                                                                                               \
    TEST(nested)                                                                                               \
    TEST(foreign)                                                                                              \
    TEST(deadlock)
#include "weft_runner.h"
