// Coroutines that run to their end: frames, calls, awaits in every statement, recursion, yields.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "log.h"

WEFT_STREAM(numbers, runner_stream_u32, uint32_t);

// Adds one to `value` after `yields` rounds.
typedef struct {
    weft_coro co;
    uint32_t value, yields, seen;
} increment;

static weft_stepped increment_run(weft_coro *co)
{
    increment *self = weft_frame(co, increment);
    WEFT_BEGIN;
    for (self->seen = 0; self->seen < self->yields; self->seen++)
        WEFT_AWAIT(weft_yield(co));
    self->value++;
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    increment child;
    uint32_t i, j, sum, waits;
} plain;

// Parameters go in by the child's frame, results come out of it, and the frame runs again as it stands.
typedef plain frames;

static weft_stepped frames_run(weft_coro *co)
{
    frames *self = weft_frame(co, frames);
    WEFT_BEGIN;
    EXPECT(weft_outcome_of(&self->child.co), WEFT_UNFINISHED);
    self->child.value = 41;
    self->child.yields = 2;
    WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
    EXPECT(self->child.value, 42);
    EXPECT(self->child.seen, 2);
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(weft_failure(&self->child.co), 0);
    self->child.yields = 0;
    WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
    EXPECT(self->child.value, 43);
    EXPECT(weft_outcome_of(co), WEFT_UNFINISHED);
    WEFT_FINALLY;
    WEFT_END;
}

// Several awaits a round in for, while and do, with break and continue: these are the user's own.
typedef plain loops;

static weft_stepped loops_run(weft_coro *co)
{
    loops *self = weft_frame(co, loops);
    increment *child = &self->child;
    WEFT_BEGIN;
    child->yields = 1;
    for (self->i = 0; self->i < 10; self->i++) {
        WEFT_AWAIT(weft_call(co, &child->co, increment_run));
        if (self->i == 3)
            continue;
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_call(co, &child->co, increment_run));
        if (self->i == 7)
            break;
    }
    EXPECT(self->i, 7);
    EXPECT(child->value, 15);
    while (child->value > 15 || self->j < 4) {
        WEFT_AWAIT(weft_call(co, &child->co, increment_run));
        child->value--;
        self->j++;
    }
    EXPECT(child->value, 15);
    EXPECT(self->j, 4);
    do
        WEFT_AWAIT(weft_call(co, &child->co, increment_run));
    while (child->value < 20);
    EXPECT(child->value, 20);
    do {
        for (self->j = 0; self->j < 3; self->j++)
            while (child->value % 5)
                WEFT_AWAIT(weft_call(co, &child->co, increment_run));
        child->value++;
    } while (child->value < 40);
    EXPECT(child->value, 41);
    WEFT_FINALLY;
    WEFT_END;
}

// An await is one statement, so it needs no braces in if and else.
typedef plain branches;

static weft_stepped branches_run(weft_coro *co)
{
    branches *self = weft_frame(co, branches);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 6; self->i++) {
        self->child.yields = self->i;
        if (self->i == 0)
            WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
        else if (self->i == 1)
            say('1');
        else if (self->i % 2)
            WEFT_AWAIT(weft_yield(co));
        else
            WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
        if (self->i == 5)
            if (self->child.value == 3)
                WEFT_FINISH;
            else
                say('!');
        else
            say('a');
    }
    say('!');
    WEFT_FINALLY;
    EXPECT(self->child.value, 3);
    EXPECT_SAID("a1aaaa");
    WEFT_END;
}

// Awaits between the cases of the user's switch, which fall through, and in a switch in a switch.
typedef plain switches;

static weft_stepped switches_run(weft_coro *co)
{
    switches *self = weft_frame(co, switches);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 6; self->i++) {
        switch (self->i) {
        case 0:
            WEFT_AWAIT(weft_yield(co));
            say('0');
            __attribute__((fallthrough));
        case 1:
            say('1');
            WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
            WEFT_AWAIT(weft_yield(co));
            __attribute__((fallthrough));
        case 2:
            switch (self->i + 10) {
            case 10:
                WEFT_AWAIT(weft_yield(co));
                say('a');
                break;
            case 12:
                say('c');
                __attribute__((fallthrough));
            default:
                WEFT_AWAIT(weft_yield(co));
                say('d');
            }
            say('2');
            break;
        case 3:
            for (;;) {
                WEFT_AWAIT(weft_yield(co));
                break;
            }
            say('3');
            break;
        default:
            WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
            say('z');
        }
        say(' ');
    }
    EXPECT(self->child.value, 4);
    EXPECT_SAID("01a2 1d2 cd2 3 z z ");
    WEFT_FINALLY;
    WEFT_END;
}

// The expression of an await is evaluated once, ready or not.
typedef plain evaluated_once;

static weft_poll counted(uint32_t *count, weft_poll poll)
{
    ++*count;
    return poll;
}

static weft_stepped evaluated_once_run(weft_coro *co)
{
    evaluated_once *self = weft_frame(co, evaluated_once);
    numbers_reader closed = {.count = 0};
    WEFT_BEGIN;
    WEFT_AWAIT(counted(&self->waits, weft_yield(co)));
    EXPECT(self->waits, 1);
    WEFT_AWAIT(counted(&self->waits, weft_await(co, &closed)));
    EXPECT(self->waits, 2);
    self->child.yields = 3;
    WEFT_AWAIT(counted(&self->waits, weft_call(co, &self->child.co, increment_run)));
    EXPECT(self->waits, 3);
    WEFT_FINALLY;
    WEFT_END;
}

// Bodies with few labels, which compilers treat in ways of their own.
typedef struct {
    weft_coro co;
    killer child;
} few;

static weft_stepped no_await_run(weft_coro *co)
{
    WEFT_BEGIN;
    say('n');
    WEFT_FINALLY;
    say('N');
    WEFT_END;
}

static weft_stepped empty_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped one_await_run(weft_coro *co)
{
    WEFT_BEGIN;
    say('o');
    WEFT_AWAIT(weft_yield(co));
    say('O');
    WEFT_FINALLY;
    say('+');
    WEFT_END;
}

static weft_stepped only_await_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped await_last_run(weft_coro *co)
{
    few *self = weft_frame(co, few);
    WEFT_BEGIN;
    say('l');
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    WEFT_FINALLY;
    say('L');
    WEFT_END;
}

static weft_stepped only_in_finaliser_run(weft_coro *co)
{
    few *self = weft_frame(co, few);
    WEFT_BEGIN;
    say('f');
    WEFT_FINALLY;
    say('F');
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    say('F');
    WEFT_END;
}

static weft_stepped await_first_and_last_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    say('e');
    WEFT_FINALLY;
    say('E');
    WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    few child;
    uint32_t round;
} few_labels;

static weft_stepped few_labels_run(weft_coro *co)
{
    few_labels *self = weft_frame(co, few_labels);
    WEFT_BEGIN;
    for (self->round = 0; self->round < 2; self->round++) {
        WEFT_AWAIT(weft_call(co, &self->child.co, no_await_run));
        EXPECT_SAID("nN");
        WEFT_AWAIT(weft_call(co, &self->child.co, empty_run));
        WEFT_AWAIT(weft_call(co, &self->child.co, one_await_run));
        EXPECT_SAID("oO+");
        WEFT_AWAIT(weft_call(co, &self->child.co, only_await_run));
        WEFT_AWAIT(weft_call(co, &self->child.co, await_last_run));
        EXPECT_SAID("lkK.L");
        WEFT_AWAIT(weft_call(co, &self->child.co, only_in_finaliser_run));
        EXPECT_SAID("fFkK.F");
        WEFT_AWAIT(weft_call(co, &self->child.co, await_first_and_last_run));
        EXPECT_SAID("eE");
        EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// Each way out of a body, named by a letter, and what its caller learns of it.
typedef struct {
    weft_coro co;
    killer child;
    char way;
    int32_t code;
    uint32_t i;
} way_out;

static weft_stepped way_out_run(weft_coro *co)
{
    way_out *self = weft_frame(co, way_out);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 3; self->i++) {
        say((char)('0' + self->i));
        switch (self->way) {
        case 'n': // before the first await
            WEFT_FINISH;
        case 'f':
            WEFT_FAIL(self->code);
        default:
            WEFT_AWAIT(weft_yield(co));
        }
        if (self->way == 'N')
            WEFT_FINISH;
        else if (self->way == 'F' && self->i == 1)
            WEFT_FAIL(self->code);
        else
            say(',');
    }
    say('e');
    WEFT_FINALLY;
    say('f');
    EXPECT(weft_outcome_of(co), WEFT_UNFINISHED);
    EXPECT(weft_failure(co), self->code);
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    say('g');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    way_out child;
} ways_out;

static weft_stepped ways_out_run(weft_coro *co)
{
    ways_out *self = weft_frame(co, ways_out);
    WEFT_BEGIN;
    self->child.way = 'e';
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT_SAID("0,1,2,efkK.g");

    self->child.way = 'n';
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT_SAID("0fkK.g");

    self->child.way = 'N';
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT_SAID("0fkK.g");

    self->child.way = 'f';
    self->child.code = 7;
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->child.co), 7);
    EXPECT_SAID("0fkK.g");

    self->child.way = 'F';
    self->child.code = INT32_MIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->child.co), INT32_MIN);
    EXPECT_SAID("0,1fkK.g");

    self->child.code = 0; // a failure all the same
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->child.co), 0);
    EXPECT_SAID("0,1fkK.g");

    self->child.way = 'e'; // nothing is left of the failure
    WEFT_AWAIT(weft_call(co, &self->child.co, way_out_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(weft_failure(&self->child.co), 0);
    EXPECT_SAID("0,1,2,efkK.g");
    EXPECT(weft_outcome_of(co), WEFT_UNFINISHED);
    WEFT_FINALLY;
    WEFT_END;
}

// Recursion in allocated frames. `here` records the depth of the machine stack at each step.
static uintptr_t stack_low, stack_high;

__attribute__((noinline)) static void here(void)
{
    volatile char local = 0;
    uintptr_t at = (uintptr_t)&local;
    stack_low = at < stack_low ? at : stack_low;
    stack_high = at > stack_high ? at : stack_high;
}

typedef struct down {
    weft_coro co;
    struct down *next;
    uint32_t left, count;
} down;

static weft_stepped down_run(weft_coro *co)
{
    down *self = weft_frame(co, down);
    WEFT_BEGIN;
    here();
    if (self->left) {
        self->next = weft_alloc(sizeof *self->next);
        *self->next = (down){.left = self->left - 1};
        WEFT_AWAIT(weft_call(co, &self->next->co, down_run));
        here();
        self->count = self->next->count + 1;
    } else {
        WEFT_AWAIT(weft_yield(co));
        here();
        self->count = 1;
    }
    WEFT_FINALLY;
    here();
    if (self->next)
        weft_free(self->next, sizeof *self->next);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    down first;
} deep;

#define DEEP(name, depth)                                                                                      \
    typedef deep name;                                                                                         \
    static weft_stepped name##_run(weft_coro *co)                                                              \
    {                                                                                                          \
        deep *self = weft_frame(co, deep);                                                                     \
        WEFT_BEGIN;                                                                                            \
        stack_low = UINTPTR_MAX;                                                                               \
        stack_high = 0;                                                                                        \
        self->first.left = (depth) - 1;                                                                        \
        WEFT_AWAIT(weft_call(co, &self->first.co, down_run));                                                  \
        EXPECT(self->first.count, depth);                                                                      \
        EXPECT(stack_high - stack_low < 512, true);                                                            \
        WEFT_FINALLY;                                                                                          \
        WEFT_END;                                                                                              \
    }

DEEP(deep_2000, 2000)
DEEP(deep_100000, 100000)

// Plain recursion, for the test of the test: a stack that the coroutines above do with is too small for it.
__attribute__((noinline)) static uint32_t recurse(uint32_t left)
{
    static volatile uint32_t one = 1;
    return left ? recurse(left - one) + one : 0;
}

typedef plain plain_recursion;

static weft_stepped plain_recursion_run(weft_coro *co)
{
    WEFT_BEGIN;
    EXPECT(recurse(1000), 1000);
    WEFT_FINALLY;
    WEFT_END;
}

// A tree of calls: two allocated children each, one after the other.
typedef struct fibonacci {
    weft_coro co;
    struct fibonacci *child;
    uint32_t n, result;
} fibonacci;

static weft_stepped fibonacci_run(weft_coro *co)
{
    fibonacci *self = weft_frame(co, fibonacci);
    WEFT_BEGIN;
    if (self->n < 2) {
        self->result = self->n;
        WEFT_FINISH;
    }
    self->child = weft_alloc(sizeof *self->child);
    *self->child = (fibonacci){.n = self->n - 1};
    WEFT_AWAIT(weft_call(co, &self->child->co, fibonacci_run));
    self->result = self->child->result;
    self->child->n = self->n - 2;
    WEFT_AWAIT(weft_call(co, &self->child->co, fibonacci_run));
    self->result += self->child->result;
    WEFT_FINALLY;
    if (self->child)
        weft_free(self->child, sizeof *self->child);
    self->child = NULL;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    fibonacci first;
} tree;

static weft_stepped tree_run(weft_coro *co)
{
    tree *self = weft_frame(co, tree);
    WEFT_BEGIN;
    self->first.n = 18;
    WEFT_AWAIT(weft_call(co, &self->first.co, fibonacci_run));
    EXPECT(self->first.result, 2584);
    WEFT_FINALLY;
    WEFT_END;
}

// Many rounds and many awaits in one frame.
typedef plain many_yields;

static weft_stepped many_yields_run(weft_coro *co)
{
    many_yields *self = weft_frame(co, many_yields);
    WEFT_BEGIN;
    stack_low = UINTPTR_MAX;
    stack_high = 0;
    for (self->i = 0; self->i < 10000; self->i++) {
        here();
        WEFT_AWAIT(weft_yield(co));
        here();
        WEFT_AWAIT(weft_call(co, &self->child.co, increment_run));
    }
    EXPECT(self->child.value, 10000);
    EXPECT(stack_high - stack_low < 512, true);
    WEFT_FINALLY;
    WEFT_END;
}

// An event that is there is delivered before the next round, whoever waits or not.
typedef struct {
    weft_coro co;
    numbers_reader in;
    numbers_writer out;
    uint32_t items[4], more[2];
} yield_delivers;

static weft_stepped yield_delivers_run(weft_coro *co)
{
    yield_delivers *self = weft_frame(co, yield_delivers);
    WEFT_BEGIN;
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_start_read(co, &self->in, self->items, 4);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->in), true);
    self->more[0] = 5;
    self->more[1] = 6;
    WEFT_AWAIT(numbers_write(co, &self->out, self->more, 2));
    EXPECT(self->out.count, 2);
    EXPECT(weft_in_flight(&self->in), true);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->in), false);
    EXPECT(self->in.count, 2);
    EXPECT(self->items[1], 6);
    WEFT_FINALLY;
    numbers_close_writer(&self->out);
    numbers_close_reader(&self->in);
    WEFT_END;
}

// A wait for an operation parks in the frame's own task, in a body with locals of its own after the await.
typedef yield_delivers fields_survive;

static weft_stepped fields_survive_run(weft_coro *co)
{
    fields_survive *self = weft_frame(co, fields_survive);
    WEFT_BEGIN;
    self->in = numbers_reader_of(numbers_new(&self->out));
    numbers_start_read(co, &self->in, self->items, 4);
    for (uint32_t *at = self->more; at < self->more + 2; at++) {
        *at = 17;
    }
    WEFT_AWAIT(numbers_write(co, &self->out, self->more, 2));
    WEFT_AWAIT(weft_await(co, &self->in));
    uint32_t sum = 0;
    for (size_t i = 0; i < self->in.count; i++)
        sum += self->items[i];
    EXPECT(sum, 34);
    WEFT_FINALLY;
    numbers_close_writer(&self->out);
    numbers_close_reader(&self->in);
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(frames)                                                                                               \
    TEST(loops)                                                                                                \
    TEST(branches)                                                                                             \
    TEST(switches)                                                                                             \
    TEST(evaluated_once)                                                                                       \
    TEST(few_labels)                                                                                           \
    TEST(ways_out)                                                                                             \
    TEST(deep_2000)                                                                                            \
    TEST(deep_100000)                                                                                          \
    TEST(plain_recursion)                                                                                      \
    TEST(tree)                                                                                                 \
    TEST(many_yields)                                                                                          \
    TEST(yield_delivers)                                                                                       \
    TEST(fields_survive)
#include "weft_runner.h"
