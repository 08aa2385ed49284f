// Coroutines that are cancelled: where it takes effect, in which order, and what their callers learn.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All cancels come from within: a coroutine cancels itself, or the one that awaits it.
#include "runner.h"
#include "log.h"

// Awaits a killer three times, of which number `at` cancels it; its finaliser yields, and awaits another.
typedef struct {
    weft_coro co;
    killer child;
    uint32_t at, i;
} victim;

static weft_stepped victim_run(weft_coro *co)
{
    victim *self = weft_frame(co, victim);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 3; self->i++) {
        say((char)('0' + self->i));
        self->child.victim = self->i == self->at ? co : NULL;
        WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    }
    say('e');
    WEFT_FINALLY;
    EXPECT(weft_cancelled(co), self->at < 3);
    say('f');
    WEFT_AWAIT(weft_yield(co));
    say('g');
    self->child.victim = NULL;
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(weft_cancelled(&self->child.co), false);
    say('h');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    victim child;
} at_each_await;

static weft_stepped at_each_await_run(weft_coro *co)
{
    static const char *const logs[] = {"0k.fgkK.h", "0kK.1k.fgkK.h", "0kK.1kK.2k.fgkK.h",
                                       "0kK.1kK.2kK.efgkK.h"};
    at_each_await *self = weft_frame(co, at_each_await);
    WEFT_BEGIN;
    for (self->child.at = 0; self->child.at < 4; self->child.at++) {
        WEFT_AWAIT(weft_call(co, &self->child.co, victim_run));
        EXPECT(weft_outcome_of(&self->child.co), self->child.at < 3 ? WEFT_CANCELLED : WEFT_DONE);
        EXPECT(weft_cancelled(&self->child.co), self->child.at < 3);
        EXPECT(weft_cancelled(co), false);
        EXPECT_SAID(logs[self->child.at]);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// The frame of most coroutines below, and of the tests that run them.
typedef struct {
    weft_coro co;
    killer child;
} simple;

typedef struct {
    weft_coro co;
    simple child;
    weft_coro *victim;
    uint32_t i;
} nest;

// A cancel of oneself waits for the next wait: one that is ready does not count.
static weft_stepped cancels_itself_run(weft_coro *co)
{
    weft_subtask never_made = {.op = {0}};
    WEFT_BEGIN;
    weft_cancel(co);
    EXPECT(weft_cancelled(co), true);
    say('a');
    WEFT_AWAIT(weft_await(co, &never_made));
    say('b');
    weft_cancel(co);
    WEFT_AWAIT(weft_await(co, &never_made));
    say('c');
    WEFT_AWAIT(weft_yield(co));
    say('!');
    WEFT_FINALLY;
    say('f');
    WEFT_END;
}

// Without a wait it runs to the end of its body, and is done.
static weft_stepped cancels_itself_last_run(weft_coro *co)
{
    WEFT_BEGIN;
    say('a');
    weft_cancel(co);
    say('b');
    WEFT_FINALLY;
    EXPECT(weft_cancelled(co), true);
    say('f');
    WEFT_AWAIT(weft_yield(co)); // and is not disturbed in its finaliser
    say('g');
    WEFT_END;
}

// A failure that comes first stays one.
static weft_stepped cancels_itself_and_fails_run(weft_coro *co)
{
    WEFT_BEGIN;
    weft_cancel(co);
    WEFT_FAIL(-5);
    WEFT_FINALLY;
    say('f');
    WEFT_AWAIT(weft_yield(co));
    say('g');
    WEFT_END;
}

typedef nest of_itself;

static weft_stepped of_itself_run(weft_coro *co)
{
    of_itself *self = weft_frame(co, of_itself);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, cancels_itself_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("abcf");
    WEFT_AWAIT(weft_call(co, &self->child.co, cancels_itself_last_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(weft_cancelled(&self->child.co), true);
    EXPECT_SAID("abfg");
    WEFT_AWAIT(weft_call(co, &self->child.co, cancels_itself_and_fails_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->child.co), -5);
    EXPECT_SAID("fg");
    WEFT_FINALLY;
    WEFT_END;
}

// A call is a wait: the child is cancelled before its first step, and only its finaliser runs.
static weft_stepped skipped_run(weft_coro *co)
{
    simple *self = weft_frame(co, simple);
    WEFT_BEGIN;
    say('!');
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    WEFT_FINALLY;
    EXPECT(weft_cancelled(co), true);
    say('x');
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    say('y');
    WEFT_END;
}

static weft_stepped calls_when_cancelled_run(weft_coro *co)
{
    nest *self = weft_frame(co, nest);
    WEFT_BEGIN;
    weft_cancel(co);
    say('a');
    WEFT_AWAIT(weft_call(co, &self->child.co, skipped_run));
    say('!');
    WEFT_FINALLY;
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    say('f');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    nest child;
} before_first_step;

static weft_stepped before_first_step_run(weft_coro *co)
{
    before_first_step *self = weft_frame(co, before_first_step);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, calls_when_cancelled_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("axkK.yf");
    WEFT_FINALLY;
    WEFT_END;
}

// A frame that was cancelled, before its first step or after, runs again as if new.
typedef nest again_after_cancel;

static weft_stepped again_after_cancel_run(weft_coro *co)
{
    again_after_cancel *self = weft_frame(co, again_after_cancel);
    WEFT_BEGIN;
    self->child.child.victim = &self->child.child.co;
    WEFT_AWAIT(weft_call(co, &self->child.child.co, killer_run));
    EXPECT(weft_outcome_of(&self->child.child.co), WEFT_CANCELLED);
    weft_cancel(&self->child.child.co); // it has ended: no effect
    EXPECT(weft_outcome_of(&self->child.child.co), WEFT_CANCELLED);
    EXPECT_SAID("k.");
    self->child.child.victim = NULL;
    WEFT_AWAIT(weft_call(co, &self->child.child.co, killer_run));
    EXPECT(weft_outcome_of(&self->child.child.co), WEFT_DONE);
    EXPECT(weft_cancelled(&self->child.child.co), false);
    weft_cancel(&self->child.child.co);
    EXPECT(weft_cancelled(&self->child.child.co), false);
    EXPECT(weft_outcome_of(&self->child.child.co), WEFT_DONE);
    EXPECT_SAID("kK.");
    WEFT_FINALLY;
    WEFT_END;
}

// Cancels its victim again and again, from its body and its finaliser.
static weft_stepped insists_run(weft_coro *co)
{
    killer *self = weft_frame(co, killer);
    WEFT_BEGIN;
    weft_cancel(self->victim);
    weft_cancel(self->victim);
    say('k');
    WEFT_AWAIT(weft_yield(co));
    say('!');
    WEFT_FINALLY;
    weft_cancel(self->victim);
    weft_cancel(co);
    say('x');
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(self->victim);
    say('y');
    WEFT_END;
}

static weft_stepped awaits_insists_run(weft_coro *co)
{
    simple *self = weft_frame(co, simple);
    WEFT_BEGIN;
    self->child.victim = co;
    WEFT_AWAIT(weft_call(co, &self->child.co, insists_run));
    say('!');
    WEFT_FINALLY;
    say('f');
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run)); // cancels this once more
    say('g');
    WEFT_END;
}

typedef nest twice;

static weft_stepped twice_run(weft_coro *co)
{
    twice *self = weft_frame(co, twice);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, awaits_insists_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("kxyfkK.g");
    WEFT_FINALLY;
    WEFT_END;
}

// A cancel does not reach into a finaliser: its child is not disturbed, and it is done, or failed.
static weft_stepped ends_in_finaliser_run(weft_coro *co)
{
    nest *self = weft_frame(co, nest);
    WEFT_BEGIN;
    if (self->i)
        WEFT_FAIL(9);
    WEFT_FINALLY;
    EXPECT(weft_cancelled(co), false);
    say('f');
    self->child.child.victim = self->victim ? self->victim : co;
    WEFT_AWAIT(weft_call(co, &self->child.child.co, killer_run));
    EXPECT(weft_outcome_of(&self->child.child.co), WEFT_DONE);
    EXPECT(weft_cancelled(co), true);
    say('g');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    nest child;
} in_finaliser_of_child;

typedef in_finaliser_of_child in_finaliser;

static weft_stepped in_finaliser_run(weft_coro *co)
{
    in_finaliser *self = weft_frame(co, in_finaliser);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, ends_in_finaliser_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT_SAID("fkK.g");
    self->child.i = 1;
    WEFT_AWAIT(weft_call(co, &self->child.co, ends_in_finaliser_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->child.co), 9);
    EXPECT_SAID("fkK.g");
    WEFT_FINALLY;
    WEFT_END;
}

// Nor into that of a child: the parent goes to its own when the child has ended.
static weft_stepped awaits_finaliser_run(weft_coro *co)
{
    in_finaliser_of_child *self = weft_frame(co, in_finaliser_of_child);
    WEFT_BEGIN;
    self->child.victim = co;
    WEFT_AWAIT(weft_call(co, &self->child.co, ends_in_finaliser_run));
    say('!');
    WEFT_FINALLY;
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    say('p');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    in_finaliser_of_child child;
} in_childs_finaliser;

static weft_stepped in_childs_finaliser_run(weft_coro *co)
{
    in_childs_finaliser *self = weft_frame(co, in_childs_finaliser);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, awaits_finaliser_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("fkK.gp");
    WEFT_FINALLY;
    WEFT_END;
}

// A child that cancels its parent and ends without another wait is done; the parent is cancelled.
static weft_stepped hits_and_ends_run(weft_coro *co)
{
    killer *self = weft_frame(co, killer);
    WEFT_BEGIN;
    weft_cancel(self->victim);
    say('h');
    WEFT_FINALLY;
    EXPECT(weft_cancelled(co), true);
    say('.');
    WEFT_END;
}

static weft_stepped is_hit_run(weft_coro *co)
{
    simple *self = weft_frame(co, simple);
    WEFT_BEGIN;
    self->child.victim = co;
    WEFT_AWAIT(weft_call(co, &self->child.co, hits_and_ends_run));
    say('!');
    WEFT_FINALLY;
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    say('f');
    WEFT_END;
}

typedef nest child_ends_first;

static weft_stepped child_ends_first_run(weft_coro *co)
{
    child_ends_first *self = weft_frame(co, child_ends_first);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, is_hit_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("h.f");
    WEFT_FINALLY;
    WEFT_END;
}

// A chain in allocated frames whose last cancels number `target`: children unwind before parents, all of them
// from there on and no others, and the machine stack does not grow.
typedef struct link {
    weft_coro co;
    struct link *next;
    weft_coro *target;
    uint32_t number, last, cancelled;
} link;

static uint32_t links_ended;
static uintptr_t stack_low, stack_high;

__attribute__((noinline)) static void here(void)
{
    volatile char local = 0;
    uintptr_t at = (uintptr_t)&local;
    stack_low = at < stack_low ? at : stack_low;
    stack_high = at > stack_high ? at : stack_high;
}

static weft_stepped link_run(weft_coro *co)
{
    link *self = weft_frame(co, link);
    WEFT_BEGIN;
    if (self->number < self->last) {
        self->next = weft_alloc(sizeof *self->next);
        *self->next = (link){.target = self->target, .number = self->number + 1, .last = self->last};
        WEFT_AWAIT(weft_call(co, &self->next->co, link_run));
    } else {
        weft_cancel(self->target);
        WEFT_AWAIT(weft_yield(co));
        say('!');
    }
    WEFT_FINALLY;
    here();
    links_ended++;
    EXPECT(links_ended, self->last - self->number + 1);
    self->cancelled = weft_cancelled(co);
    if (self->next) {
        self->cancelled += self->next->cancelled;
        weft_free(self->next, sizeof *self->next);
        if (self->number % 1000 == 0)
            WEFT_AWAIT(weft_yield(co));
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    link first;
} chain;

static void chain_start(chain *self, uint32_t last)
{
    stack_low = UINTPTR_MAX;
    stack_high = links_ended = 0;
    self->first = (link){.target = &self->first.co, .number = 1, .last = last};
}

static weft_stepped chain_of_5_run(weft_coro *co)
{
    chain *self = weft_frame(co, chain);
    WEFT_BEGIN;
    chain_start(self, 5);
    WEFT_AWAIT(weft_call(co, &self->first.co, link_run));
    EXPECT(weft_outcome_of(&self->first.co), WEFT_CANCELLED);
    EXPECT(links_ended, 5);
    EXPECT(self->first.cancelled, 5);
    EXPECT_SAID("");
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped chain_of_100000_run(weft_coro *co)
{
    chain *self = weft_frame(co, chain);
    WEFT_BEGIN;
    chain_start(self, 100000);
    WEFT_AWAIT(weft_call(co, &self->first.co, link_run));
    EXPECT(weft_outcome_of(&self->first.co), WEFT_CANCELLED);
    EXPECT(links_ended, 100000);
    EXPECT(self->first.cancelled, 100000);
    EXPECT(stack_high - stack_low < 512, true);
    EXPECT_SAID("");
    WEFT_FINALLY;
    WEFT_END;
}

typedef chain chain_of_5;
typedef chain chain_of_100000;

// Only what is below the one that is cancelled unwinds; its parent goes on.
static weft_stepped holds_chain_run(weft_coro *co)
{
    chain *self = weft_frame(co, chain);
    WEFT_BEGIN;
    chain_start(self, 3);
    WEFT_AWAIT(weft_call(co, &self->first.co, link_run));
    EXPECT(weft_cancelled(co), false);
    EXPECT(weft_outcome_of(&self->first.co), WEFT_CANCELLED);
    WEFT_AWAIT(weft_yield(co));
    say('a');
    WEFT_FINALLY;
    say('f');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    chain child;
} middle_only;

static weft_stepped middle_only_run(weft_coro *co)
{
    middle_only *self = weft_frame(co, middle_only);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, holds_chain_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT_SAID("af");
    WEFT_FINALLY;
    WEFT_END;
}

// Bodies with few labels, cancelled: by a child, before the first step, or nowhere to be cancelled at.
static weft_stepped one_await_cancelled_run(weft_coro *co)
{
    WEFT_BEGIN;
    weft_cancel(co);
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    say('f');
    WEFT_END;
}

static weft_stepped await_last_cancelled_run(weft_coro *co)
{
    simple *self = weft_frame(co, simple);
    WEFT_BEGIN;
    self->child.victim = co;
    say('l');
    WEFT_AWAIT(weft_call(co, &self->child.co, killer_run));
    WEFT_FINALLY;
    EXPECT(weft_cancelled(co), true);
    say('L');
    WEFT_END;
}

static weft_stepped no_await_run(weft_coro *co)
{
    WEFT_BEGIN;
    say('!');
    WEFT_FINALLY;
    say('n');
    WEFT_END;
}

static weft_stepped only_in_finaliser_run(weft_coro *co)
{
    WEFT_BEGIN;
    say('!');
    WEFT_FINALLY;
    say('o');
    WEFT_AWAIT(weft_yield(co));
    say('O');
    WEFT_END;
}

// Calls `step` when it is cancelled already.
typedef struct {
    weft_coro co;
    simple child;
    weft_step *step;
} skips;

static weft_stepped skips_run(weft_coro *co)
{
    skips *self = weft_frame(co, skips);
    WEFT_BEGIN;
    weft_cancel(co);
    WEFT_AWAIT(weft_call(co, &self->child.co, self->step));
    WEFT_FINALLY;
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    simple child;
    skips skips;
} few_labels;

static weft_stepped few_labels_run(weft_coro *co)
{
    few_labels *self = weft_frame(co, few_labels);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call(co, &self->child.co, one_await_cancelled_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("f");
    WEFT_AWAIT(weft_call(co, &self->child.co, await_last_cancelled_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT_SAID("lk.L");
    self->skips.step = no_await_run;
    WEFT_AWAIT(weft_call(co, &self->skips.co, skips_run));
    EXPECT_SAID("n");
    self->skips.step = only_in_finaliser_run;
    WEFT_AWAIT(weft_call(co, &self->skips.co, skips_run));
    EXPECT_SAID("oO");
    self->skips.step = one_await_cancelled_run;
    WEFT_AWAIT(weft_call(co, &self->skips.co, skips_run));
    EXPECT_SAID("f");
    EXPECT(weft_outcome_of(&self->skips.co), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(at_each_await)                                                                                        \
    TEST(of_itself)                                                                                            \
    TEST(before_first_step)                                                                                    \
    TEST(again_after_cancel)                                                                                   \
    TEST(twice)                                                                                                \
    TEST(in_finaliser)                                                                                         \
    TEST(in_childs_finaliser)                                                                                  \
    TEST(child_ends_first)                                                                                     \
    TEST(chain_of_5)                                                                                           \
    TEST(chain_of_100000)                                                                                      \
    TEST(middle_only)                                                                                          \
    TEST(few_labels)
#include "weft_runner.h"
