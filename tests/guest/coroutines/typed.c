// Typed async functions: what is set, what is zeroed, and what is left, by each macro that starts one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "log.h"
#include "counting_hooks.h"
#include <errno.h>

WEFT_STREAM(numbers, runner_stream_u32, uint32_t);
WEFT_FLOW(numbers, uint32_t);

// Tells what it started with, and leaves it changed.
typedef struct {
    weft_coro co;
    uint32_t a, b, sum;
    uint8_t old[40]; // with what stands before, more than is zeroed by one block
    uint32_t last;
} add;

WEFT_ASYNC(add)
{
    WEFT_BEGIN;
    EXPECT(self->sum, 0);
    for (uint32_t i = 0; i < sizeof self->old; i++)
        EXPECT(self->old[i], 0);
    EXPECT(self->last, 0);
    if (self->a == 13)
        WEFT_FAIL(-7);
    do
        WEFT_AWAIT(weft_yield(co));
    while (self->a == 99);
    self->sum = self->a + self->b;
    memset(self->old, 0xa5, sizeof self->old);
    self->last = 1;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t x, more;
    uint32_t kept[100];
} keep;
WEFT_UNZEROED(keep, kept);

WEFT_ASYNC(keep)
{
    WEFT_BEGIN;
    EXPECT(self->more, 0);
    self->more = self->kept[99];
    self->kept[99] = self->x;
    WEFT_END;
}

// Its frame is larger than the stack.
typedef struct {
    weft_coro co;
    uint32_t x, sum;
    uint32_t buffer[30000];
} whale;

WEFT_ASYNC(whale)
{
    WEFT_BEGIN;
    for (uint32_t i = 0; i < sizeof self->buffer / sizeof *self->buffer; i++)
        self->sum += self->buffer[i]++;
    self->sum += self->x;
    WEFT_END;
}

typedef struct pong pong;
WEFT_ASYNC_DECLARE(pong);

typedef struct {
    weft_coro co;
    uint32_t left, depth;
    pong *other;
} ping;

struct pong {
    weft_coro co;
    uint32_t left, depth;
    ping other;
};

WEFT_ASYNC(ping)
{
    WEFT_BEGIN;
    if (self->left) {
        self->other = calloc(1, sizeof *self->other);
        WEFT_CALL(pong, self->other, .left = self->left - 1);
        self->depth = self->other->depth + 1;
    }
    WEFT_FINALLY;
    free(self->other);
    WEFT_END;
}

WEFT_ASYNC(pong)
{
    WEFT_BEGIN;
    WEFT_CALL(ping, &self->other, .left = self->left);
    self->depth = self->other.depth + 1;
    WEFT_END;
}

typedef struct {
    numbers_feed feed;
    uint32_t from, count, unset;
} counter;

WEFT_ASYNC_FEED(numbers, counter)
{
    WEFT_BEGIN;
    EXPECT(self->unset, 0);
    self->unset = 1;
    for (; self->count && !weft_dropped(&self->feed.out); self->count--) {
        WEFT_AWAIT(numbers_write_all(co, &self->feed.out, &self->from, 1));
        self->from++;
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    weft_deadline deadline;
    weft_virtual_clock clock;
    add child, more[2], *made;
    keep keep;
    ping ping;
    whale *whale;
    counter counter, *fed;
    numbers_reader in;
    uint32_t i, item, sum, evaluated;
} test;

typedef test calls;

// Each parameter goes in, each expression is evaluated once, in the order of the fields.
static add *frame_of(test *self)
{
    self->evaluated++;
    return &self->child;
}

static uint32_t next(test *self)
{
    return ++self->i;
}

WEFT_ASYNC(calls)
{
    WEFT_BEGIN;
    EXPECT(weft_outcome_of(&self->child.co), WEFT_UNFINISHED);
    WEFT_CALL(add, &self->child);
    EXPECT(self->child.sum, 0);
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    WEFT_CALL(add, frame_of(self), .b = next(self), .a = 10 * next(self));
    EXPECT(self->child.sum, 21);
    EXPECT(self->child.b, 1);
    EXPECT(self->evaluated, 1);
    for (self->i = 0; self->i < 2; self->i++) {
        if (self->i)
            WEFT_CALL(add, &self->more[self->i], .a = self->i, .b = 5);
        else
            WEFT_CALL(add, self->more, .b = 5);
        self->sum += self->more[self->i].sum;
    }
    EXPECT(self->sum, 11);
    WEFT_END;
}

// What was there is zeroed, whatever a frame was before: memory of no value, or another call.
typedef test again;
WEFT_ASYNC(again)
{
    WEFT_BEGIN;
    memset(&self->child.a, 0xa5, sizeof self->child - offsetof(add, a));
    WEFT_CALL(add, &self->child, .a = 1);
    EXPECT(self->child.sum, 1);
    WEFT_CALL(add, &self->child, .b = 2);
    EXPECT(self->child.sum, 2);
    WEFT_END;
}

typedef test unzeroed;
WEFT_ASYNC(unzeroed)
{
    keep *made;
    WEFT_BEGIN;
    WEFT_CALL(keep, &self->keep, .x = 7);
    EXPECT(self->keep.more, 0);
    WEFT_CALL(keep, &self->keep, .x = 8);
    EXPECT(self->keep.more, 7);
    EXPECT(self->keep.kept[99], 8);
    made = WEFT_SPAWN_NEW(keep, &self->scope, .x = 9);
    EXPECT(made->x == 9 && !made->more, true);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// No copy of a frame is made, on the stack or elsewhere.
typedef test large;
WEFT_ASYNC(large)
{
    WEFT_BEGIN;
    self->whale = calloc(1, sizeof *self->whale);
    WEFT_CALL(whale, self->whale, .x = 1);
    EXPECT(self->whale->sum, 1);
    WEFT_CALL(whale, self->whale, .x = 2);
    EXPECT(self->whale->sum, 2);
    WEFT_FINALLY;
    free(self->whale);
    WEFT_END;
}

typedef test mutual;
WEFT_ASYNC(mutual)
{
    WEFT_BEGIN;
    WEFT_CALL(ping, &self->ping, .left = 10);
    EXPECT(self->ping.depth, 20);
    WEFT_END;
}

// A failure of the child is the caller's, but not its cancel.
typedef struct {
    weft_coro co;
    uint32_t a;
    add child;
    bool after, finalised;
} tries;

WEFT_ASYNC(tries)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(add, &self->child, .a = self->a, .b = 1);
    self->after = true;
    WEFT_FINALLY;
    self->finalised = true;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    tries it;
    weft_scope scope;
    weft_child handle;
} fails_too;

WEFT_ASYNC(fails_too)
{
    WEFT_BEGIN;
    self->scope.policy = WEFT_GO_ON;
    WEFT_CALL(tries, &self->it, .a = 1);
    EXPECT(weft_outcome_of(&self->it.co), WEFT_DONE);
    EXPECT(self->it.after && self->it.finalised, true);
    WEFT_CALL(tries, &self->it, .a = 13);
    EXPECT(weft_outcome_of(&self->it.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->it.co), -7);
    EXPECT(!self->it.after && self->it.finalised, true);
    WEFT_SPAWN(tries, &self->it, &self->scope, &self->handle, .a = 1);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->it.child.co);
    WEFT_AWAIT(weft_join(co, &self->handle));
    EXPECT(weft_outcome_of(&self->it.child.co), WEFT_CANCELLED);
    EXPECT(weft_outcome_of(&self->it.co), WEFT_DONE);
    EXPECT(self->it.after, true);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// What a wait leaves in `error` is the caller's failure.
typedef struct {
    weft_error error;
    uint32_t looks;
} thing;

typedef struct {
    weft_coro co;
    thing it;
    weft_error leaves;
    bool after;
} erring;

static weft_poll leave(weft_coro *co, thing *it, weft_error error)
{
    it->error = error;
    return weft_yield(co);
}

static thing *look(thing *it)
{
    it->looks++;
    return it;
}

WEFT_ASYNC(erring)
{
    WEFT_BEGIN;
    self->it.error = WEFT_EIO;
    WEFT_TRY(look(&self->it), leave(co, &self->it, WEFT_OK));
    WEFT_TRY(look(&self->it), leave(co, &self->it, self->leaves));
    self->after = true;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    erring it;
} errors;

WEFT_ASYNC(errors)
{
    WEFT_BEGIN;
    WEFT_CALL(erring, &self->it);
    EXPECT(weft_outcome_of(&self->it.co), WEFT_DONE);
    EXPECT(self->it.after, true);
    EXPECT(self->it.it.looks, 2);
    WEFT_CALL(erring, &self->it, .leaves = WEFT_ENOENT);
    EXPECT(weft_outcome_of(&self->it.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->it.co), WEFT_ENOENT);
    EXPECT(self->it.after, false);
    EXPECT(self->it.it.looks, 2);
    EXPECT(strcmp(weft_error_name(WEFT_ENOENT), "ENOENT"), 0);
    EXPECT(strcmp(weft_error_text(weft_failure(&self->it.co)), "no such file or directory"), 0);
    EXPECT(weft_error_errno(WEFT_ENOENT), ENOENT);
    EXPECT(strcmp(weft_error_name(WEFT_OK), "OK"), 0);
    EXPECT(strcmp(weft_error_text(WEFT_OK), "no error"), 0);
    EXPECT(weft_error_errno(WEFT_OK), 0);
    EXPECT(strcmp(weft_error_name(7), "?"), 0);
    EXPECT(strcmp(weft_error_text(7), "failed"), 0);
    EXPECT(weft_error_errno(7), EIO);
    EXPECT(strcmp(weft_outcome_name(weft_outcome_of(&self->it.co)), "failed"), 0);
    WEFT_END;
}

typedef test deadlines;
WEFT_ASYNC(deadlines)
{
    WEFT_BEGIN;
    weft_virtual_clock_init(&self->clock);
    WEFT_CALL_WITHIN(add, &self->child, &self->deadline, &self->clock.clock, 5, .a = 1, .b = 2);
    EXPECT(self->child.sum, 3);
    EXPECT(self->deadline.expired, false);
    weft_virtual_clock_advance(&self->clock, 5);
    WEFT_CALL_UNTIL(add, &self->child, &self->deadline, &self->clock.clock, 4, .a = 99);
    EXPECT(self->deadline.expired, true);
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT(self->child.sum, 0);
    WEFT_END;
}

typedef test spawns;
WEFT_ASYNC(spawns)
{
    WEFT_BEGIN;
    WEFT_SPAWN(add, &self->child, &self->scope, &self->handle, .a = 1, .b = 2);
    EXPECT(self->child.sum, 0);
    WEFT_AWAIT(weft_join(co, &self->handle));
    EXPECT(self->child.sum, 3);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_SPAWN(add, &self->child, &self->scope, &self->handle);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->child.sum == 0 && self->child.last, true);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Without memory there is NULL, and no value is evaluated.
typedef test news;
WEFT_ASYNC(news)
{
    WEFT_BEGIN;
    self->made = WEFT_SPAWN_NEW(add, &self->scope, .a = next(self), .b = next(self));
    EXPECT(self->made->a == 1 && self->made->b == 2 && !self->made->last, true);
    WEFT_AWAIT(weft_join(co, weft_child_of(self->made)));
    EXPECT(self->made->sum, 3);
    self->made = WEFT_TASK_SPAWN(add, WEFT_CANCEL_TOO, .a = next(self));
    EXPECT(self->made->a, 3);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    WEFT_TASK_SPAWN(keep, WEFT_OUTLIVE_CANCEL);
    fail_at = 1;
    EXPECT(WEFT_SPAWN_NEW(add, &self->scope, .a = next(self)) == NULL, true);
    fail_at = 1;
    EXPECT(WEFT_TASK_SPAWN(add, WEFT_CANCEL_TOO, .a = next(self)) == NULL, true);
    fail_at = 1;
    EXPECT(WEFT_FEED_NEW(numbers, counter, &self->scope, &self->item, .from = next(self)) == NULL, true);
    fail_at = 0;
    EXPECT(self->i, 3);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef test feeds;
WEFT_ASYNC(feeds)
{
    WEFT_BEGIN;
    self->in = numbers_reader_of(
        WEFT_FEED_SPAWN(numbers, counter, &self->counter, &self->scope, &self->handle, .from = 5, .count = 3));
    while (!weft_dropped(&self->in)) {
        WEFT_AWAIT(numbers_next(co, &self->in, &self->item));
        self->sum += self->in.count ? self->item : 0;
    }
    EXPECT(self->sum, 18);
    numbers_close_reader(&self->in);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    self->fed = WEFT_FEED_NEW(numbers, counter, &self->scope, &self->item, .from = 7, .count = 1);
    EXPECT(self->fed->from == 7 && self->fed->count == 1, true);
    self->in = numbers_reader_of(self->item);
    WEFT_AWAIT(numbers_next(co, &self->in, &self->item));
    EXPECT(self->item, 7);
    WEFT_FINALLY;
    numbers_close_reader(&self->in);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef test blocks;
WEFT_ASYNC(blocks)
{
    WEFT_BEGIN;
    add it;
    it.co = (weft_coro){0};
    EXPECT(WEFT_BLOCK_ON(add, &it, .a = 4, .b = 5), WEFT_DONE);
    EXPECT(it.sum, 9);
    EXPECT(WEFT_BLOCK_ON(add, &it, .a = 13), WEFT_FAILED);
    WEFT_END;
}

#define TEST_STEP(name) name##__step
#define TESTS                                                                                                  \
    TEST(calls)                                                                                                \
    TEST(again)                                                                                                \
    TEST(unzeroed)                                                                                             \
    TEST(large)                                                                                                \
    TEST(mutual)                                                                                               \
    TEST(fails_too)                                                                                            \
    TEST(errors)                                                                                               \
    TEST(deadlines)                                                                                            \
    TEST(spawns)                                                                                               \
    TEST(news)                                                                                                 \
    TEST(feeds)                                                                                                \
    TEST(blocks)
#include "weft_runner.h"
