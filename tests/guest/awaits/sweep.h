// The sweep over awaits: a scenario is run again and again; at its Nth wait, for N = 1, 2, ... until it ends
// untouched, its root is cancelled before anything else happens, or its Nth allocation fails.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The waits are counted where they are made, by WEFT_ON_WAIT of a build of the library for this: those of all
// coroutines but the sweep's own, in finalisers, too. After each run nothing may be left on either side.
#ifndef SWEEP_H
#define SWEEP_H

#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

// The start of the frame of each coroutine of a scenario.
#define FRAME                                                                                                  \
    weft_coro co;                                                                                              \
    int finalised;

// Opens its finaliser.
#define FINALLY                                                                                                \
    WEFT_FINALLY;                                                                                              \
    EXPECT(self->finalised++, 0)

typedef struct {
    FRAME
} head;

enum { NO_MEMORY = 12 }; // the code of a scenario that fails for want of memory

typedef enum {
    CANCEL,       // once
    CANCEL_AGAIN, // and at each later wait: in the finalisers
    FAIL_ONCE,    // an allocation
    FAIL_FOR_GOOD // and all later ones
} mode;

static weft_coro *sweeper, *root;
static bool counting, again;
static uint32_t waits, cancel_at;
static weft_outcome expected; // WEFT_UNFINISHED: any

static void cancel_root(void)
{
    if (root->flags & WEFT__SHIELD)
        expected = WEFT_UNFINISHED;
    else if (root->state == WEFT__RUNNING) // it blocks on the machine stack, and may not wait again
        expected = WEFT_UNFINISHED;
    else if (!weft_cancelled(root))
        expected = root->state == WEFT__ENDED || root->flags & WEFT__FINALLY ? WEFT_DONE : WEFT_CANCELLED;
    weft_cancel(root);
}

void sweep_on_wait(weft_coro *co);
void sweep_on_wait(weft_coro *co)
{
    if (!counting || co == sweeper)
        return;
    waits++;
    if (cancel_at && (again ? waits >= cancel_at : waits == cancel_at))
        cancel_root();
}

typedef struct {
    FRAME
    int i;
} settle;

// Peers see that an end or a call is gone in their next turn.
static weft_stepped settle_run(weft_coro *co)
{
    settle *self = weft_frame(co, settle);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 12; self->i++)
        WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_step *run;
    size_t size;
    mode mode;
    weft_coro *frame;
    weft_scope scope;
    weft_child child;
    settle settle;
    uint32_t n;
    uint64_t mine, peers;
    bool met;
    weft_subtask crowd[16];
    uint32_t results[16], i;
} sweep;

static uint64_t peer_probe(void);
// What the scenarios expect when one is over.
static void expect_clean(void);

static void arm(sweep *self)
{
    bool cancels = self->mode == CANCEL || self->mode == CANCEL_AGAIN;
    again = self->mode == CANCEL_AGAIN;
    cancel_at = cancels ? self->n : 0;
    fail_at = cancels ? 0 : self->n;
    fail_for_good = self->mode == FAIL_FOR_GOOD;
    expected = WEFT_DONE;
    waits = failures = 0;
    counting = true;
}

// Names the run in the message of what went wrong.
static void tell(const sweep *self)
{
    static bool told;
    if (!check_text[0] || told)
        return;
    told = true;
    check_add(" (N is ");
    check_add_number(self->n);
    check_add(")");
}

static void disarm(sweep *self)
{
    bool cancels = self->mode == CANCEL || self->mode == CANCEL_AGAIN;
    counting = false;
    self->met = cancels ? waits >= self->n : failures;
    fail_at = 0;
    fail_for_good = false;
    weft_outcome outcome = weft_outcome_of(self->frame);
    if (!cancels && self->n && outcome == WEFT_FAILED)
        EXPECT(weft_failure(self->frame), NO_MEMORY);
    else if (expected != WEFT_UNFINISHED)
        EXPECT(outcome, expected);
    EXPECT(((head *)self->frame)->finalised, 1);
}

static weft_stepped sweep_run(weft_coro *co)
{
    sweep *self = weft_frame(co, sweep);
    WEFT_BEGIN;
    sweeper = co;
    self->scope.policy = WEFT_GO_ON;
    // more at a time than a scenario ever makes: the peer keeps their tasks
    for (uint32_t i = 0; i < 16; i++)
        weft_subtask_start(co, &self->crowd[i], weft_calls_peer_add_later(i, i, &self->results[i]));
    for (self->i = 0; self->i < 16; self->i++)
        WEFT_AWAIT(weft_await(co, &self->crowd[self->i]));
    for (self->n = 0; !check_text[0]; self->n++) {
        EXPECT(self->n < 1000, true);
        self->frame = root = calloc(1, self->size);
        weft_spawn(co, &self->scope, &self->child, self->frame, self->run);
        arm(self);
        WEFT_AWAIT(weft_join(co, &self->child));
        disarm(self);
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        free(self->frame);
        WEFT_AWAIT(weft_call(co, &self->settle.co, settle_run));
        expect_clean();
        if (self->n) {
            EXPECT(probe(), self->mine);
            EXPECT(peer_probe(), self->peers);
        }
        tell(self);
        self->mine = probe();
        self->peers = peer_probe();
        if (self->n && !self->met)
            break;
    }
    if (self->mode <= CANCEL_AGAIN)
        EXPECT(self->n > 1, true);
    WEFT_FINALLY;
    counting = false;
    WEFT_END;
}

#define SWEEP_(name, suffix, mode_)                                                                            \
    typedef sweep name##_##suffix;                                                                             \
    static weft_stepped name##_##suffix##_run(weft_coro *co)                                                   \
    {                                                                                                          \
        sweep *self = weft_frame(co, sweep);                                                                   \
        self->run = name##_run;                                                                                \
        self->size = sizeof(name);                                                                             \
        self->mode = mode_;                                                                                    \
        return sweep_run(co);                                                                                  \
    }

// The tests of a scenario, for the list TESTS.
#define SWEEP(name)                                                                                            \
    SWEEP_(name, cancel, CANCEL)                                                                               \
    SWEEP_(name, cancel_again, CANCEL_AGAIN)                                                                   \
    SWEEP_(name, fail_once, FAIL_ONCE)                                                                         \
    SWEEP_(name, fail_for_good, FAIL_FOR_GOOD)
#define SWEPT(name)                                                                                            \
    TEST(name##_cancel)                                                                                        \
    TEST(name##_cancel_again)                                                                                  \
    TEST(name##_fail_once)                                                                                     \
    TEST(name##_fail_for_good)

// What a finaliser does that takes its time: no cancel may cut it short.
typedef struct {
    FRAME
    weft_subtask call;
    uint32_t sum;
} cleanup;

static weft_stepped cleanup_run(weft_coro *co)
{
    cleanup *self = weft_frame(co, cleanup);
    WEFT_BEGIN;
    self->finalised = 0;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(40, 2, &self->sum)));
    WEFT_AWAIT(weft_yield(co));
    FINALLY;
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->sum, 42);
    WEFT_END;
}

// For the end of a root's finaliser.
#define CLEAN_UP                                                                                               \
    WEFT_AWAIT(weft_call(co, &self->cleanup.co, cleanup_run));                                                 \
    EXPECT(weft_outcome_of(&self->cleanup.co), WEFT_DONE)

#endif
