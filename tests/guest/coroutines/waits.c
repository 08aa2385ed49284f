// Coroutines that are cancelled in a wait for an operation: it is cancelled at the host, and its end can be
// used again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "log.h"

WEFT_STREAM(numbers, runner_stream_u32, uint32_t);

// The ends of two streams that are both in here.
typedef struct {
    weft_coro co;
    numbers_reader in, in2;
    numbers_writer out, out2;
    weft_any any;
    weft_op *ops[3];
    uint32_t items[4], more[4];
    uint32_t before; // items that are written before the cancel
} ends;

static void ends_open(ends *self)
{
    self->in = numbers_reader_of(numbers_new(&self->out));
    self->in2 = numbers_reader_of(numbers_new(&self->out2));
    for (uint32_t i = 0; i < 4; i++) {
        self->items[i] = 0;
        self->more[i] = i + 1;
    }
}

static void ends_close(ends *self)
{
    numbers_close_reader(&self->in);
    numbers_close_writer(&self->out);
    numbers_close_writer(&self->out2);
    numbers_close_reader(&self->in2);
}

static weft_stepped read_cancelled_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN;
    ends_open(self);
    numbers_start_read(co, &self->in, self->items, 4);
    if (self->before)
        WEFT_AWAIT(numbers_write(co, &self->out, self->more, self->before));
    weft_cancel(co);
    WEFT_AWAIT(weft_await(co, &self->in));
    say('!');
    WEFT_FINALLY;
    EXPECT(weft_in_flight(&self->in), false);
    EXPECT(self->in.count, self->before);
    for (uint32_t i = 0; i < self->before; i++)
        EXPECT(self->items[i], i + 1);
    if (!self->before)
        EXPECT(weft_copy_cancelled(&self->in), true);
    numbers_start_write(co, &self->out, self->more + 2, 2);
    EXPECT(weft_in_flight(&self->out), true);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    EXPECT(self->in.count, 2);
    EXPECT(self->items[1], 4);
    WEFT_AWAIT(weft_await(co, &self->out));
    EXPECT(self->out.count, 2);
    ends_close(self);
    WEFT_END;
}

// A write_all that is cancelled after a part of it was read.
static weft_stepped write_all_cancelled_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN;
    ends_open(self);
    numbers_start_write_all(co, &self->out, self->more, 4);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 1));
    weft_cancel(co);
    WEFT_AWAIT(weft_await(co, &self->out));
    say('!');
    WEFT_FINALLY;
    EXPECT(weft_in_flight(&self->out), false);
    EXPECT(weft_copy_cancelled(&self->out), true);
    EXPECT(self->out.count, 1);
    EXPECT(self->items[0], 1);
    ends_close(self);
    WEFT_END;
}

// A wait for any of three, of which none is complete: all three are cancelled.
static weft_stepped any_cancelled_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN;
    ends_open(self);
    numbers_start_read(co, &self->in, self->items, 2);
    numbers_start_write(co, &self->out2, self->more, 2);
    self->ops[0] = &self->in.op;
    self->ops[1] = &self->out2.op;
    weft_cancel(co);
    WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
    say('!');
    WEFT_FINALLY;
    EXPECT(weft_in_flight(&self->in), false);
    EXPECT(weft_in_flight(&self->out2), false);
    EXPECT(weft_copy_cancelled(&self->in), true);
    EXPECT(weft_copy_cancelled(&self->out2), true);
    EXPECT(self->in.count, 0);
    EXPECT(self->out2.count, 0);
    ends_close(self);
    WEFT_END;
}

// A wait that is over when the cancel comes: the operation has completed, and is not touched.
static weft_stepped ready_not_cancelled_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN;
    ends_open(self);
    numbers_close_writer(&self->out);
    weft_cancel(co);
    WEFT_AWAIT(numbers_read(co, &self->in, self->items, 4));
    EXPECT(weft_dropped(&self->in), true);
    EXPECT(self->in.count, 0);
    say('a');
    WEFT_FINALLY;
    ends_close(self);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    ends child;
} test;

typedef test read;

static weft_stepped read_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    for (self->child.before = 0; self->child.before < 4; self->child.before++) {
        WEFT_AWAIT(weft_call(co, &self->child.co, read_cancelled_run));
        EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
        EXPECT_SAID("");
    }
    WEFT_FINALLY;
    WEFT_END;
}

// A write_all of none does not ask the host, which would wait for a reader; one that is whole at once, in
// parts, and to nobody.
static weft_stepped writes_all_run(weft_coro *co)
{
    ends *self = weft_frame(co, ends);
    WEFT_BEGIN;
    ends_open(self);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->more, 0));
    EXPECT(self->out.count, 0);
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->more, 3));
    EXPECT(self->out.count, 3);
    WEFT_AWAIT(weft_await(co, &self->in));
    EXPECT(self->in.count, 3);
    numbers_start_read(co, &self->in, self->items, 1);
    numbers_start_write_all(co, &self->out, self->more, 3);
    EXPECT(weft_in_flight(&self->out), true);
    WEFT_AWAIT(weft_await(co, &self->in));
    WEFT_AWAIT(numbers_read(co, &self->in, self->items + 1, 3));
    WEFT_AWAIT(weft_await(co, &self->out));
    EXPECT(self->out.count, 3);
    EXPECT(self->items[2], 3);
    numbers_close_reader(&self->in);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->more, 2));
    EXPECT(self->out.count, 0);
    EXPECT(weft_dropped(&self->out), true);
    WEFT_AWAIT(numbers_write_all(co, &self->out, self->more, 0));
    EXPECT(weft_dropped(&self->out), true);
    say('w');
    WEFT_FINALLY;
    ends_close(self);
    WEFT_END;
}

// An item's `drop`, while its write is being completed, closes what the task has in flight beside it.
typedef struct owners owners;
typedef struct {
    weft_coro co;
    owners *of;
} reads_two;

static owners *owner;
static void drop_and_close(uint32_t *item, bool moved);

WEFT_STREAM_OWNED(owned, runner_stream_u32, uint32_t, drop_and_close);

struct owners {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    reads_two reads;
    numbers_reader in, in2;
    numbers_writer out2;
    owned_writer out;
    uint32_t items[4], more[2], dropped;
    int i;
};

static void drop_and_close(uint32_t *item, bool moved)
{
    EXPECT(moved, true);
    owner->dropped += *item;
    numbers_close_reader_blocking(&owner->in2);
}

static weft_stepped reads_two_run(weft_coro *co)
{
    reads_two *self = weft_frame(co, reads_two);
    WEFT_BEGIN;
    WEFT_AWAIT(numbers_read(co, &self->of->in, self->of->items, 2));
    WEFT_FINALLY;
    WEFT_END;
}

typedef owners drop_closes;

static weft_stepped drop_closes_run(weft_coro *co)
{
    owners *self = weft_frame(co, owners);
    WEFT_BEGIN;
    owner = self;
    self->in = numbers_reader_of(owned_new(&self->out));
    self->more[0] = 3;
    self->more[1] = 4;
    for (; self->i < 3; self->i++) {
        self->in2 = numbers_reader_of(numbers_new(&self->out2));
        numbers_start_read(co, &self->in2, self->items + 2, 2);
        self->reads.of = self;
        weft_spawn(co, &self->scope, &self->child, &self->reads.co, reads_two_run);
        WEFT_AWAIT(owned_write_all(co, &self->out, self->more, 2));
        EXPECT(self->out.count, 2);
        EXPECT(self->in2.op.handle, 0);
        numbers_close_writer(&self->out2);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        weft_next_ended(&self->scope);
    }
    EXPECT(self->dropped, 21);
    WEFT_FINALLY;
    numbers_close_reader(&self->in2);
    numbers_close_writer(&self->out2);
    numbers_close_reader(&self->in);
    owned_close_writer(&self->out);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Calls `step`, which is to be cancelled, or not, and to say `log`.
#define ONE(name, step, outcome, log)                                                                          \
    typedef test name;                                                                                         \
    static weft_stepped name##_run(weft_coro *co)                                                              \
    {                                                                                                          \
        test *self = weft_frame(co, test);                                                                     \
        WEFT_BEGIN;                                                                                            \
        WEFT_AWAIT(weft_call(co, &self->child.co, step));                                                      \
        EXPECT(weft_outcome_of(&self->child.co), outcome);                                                     \
        EXPECT_SAID(log);                                                                                      \
        WEFT_FINALLY;                                                                                          \
        WEFT_END;                                                                                              \
    }

ONE(write_all, write_all_cancelled_run, WEFT_CANCELLED, "")
ONE(write_all_ways, writes_all_run, WEFT_DONE, "w")
ONE(any, any_cancelled_run, WEFT_CANCELLED, "")
ONE(ready, ready_not_cancelled_run, WEFT_DONE, "a")

#define TESTS                                                                                                  \
    TEST(read)                                                                                                 \
    TEST(write_all)                                                                                            \
    TEST(write_all_ways)                                                                                       \
    TEST(drop_closes)                                                                                          \
    TEST(any)                                                                                                  \
    TEST(ready)
#include "weft_runner.h"
