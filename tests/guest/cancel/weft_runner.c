// The tests of cancellation, on Weft: arguments that a callee never took, and shielded sections.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include "sweep.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, weft_cancel_peer_stream_u8, uint8_t);

// A call with a stream among its arguments.
typedef struct {
    weft_coro co;
    weft_subtask_owned owned;
    uint32_t in, result;
    int dropped;
    bytes_writer out;
    bool held, stop;
} caller;

static void drop_arguments(void *arguments)
{
    caller *self = arguments;
    self->dropped++;
    weft_cancel_peer_stream_u8_drop_readable(self->in);
}

static weft_stepped caller_run(weft_coro *co)
{
    caller *self = weft_frame(co, caller);
    WEFT_BEGIN;
    self->in = bytes_new(&self->out);
    WEFT_AWAIT(weft_subtask_call_owned(co, &self->owned, weft_cancel_peer_take(self->in, &self->result),
                                       drop_arguments, NULL, self));
    WEFT_FINALLY;
    EXPECT(self->dropped, weft_subtask_state_of(&self->owned.call) == WEFT_SUBTASK_STARTED_CANCELLED);
    bytes_close_writer(&self->out);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    caller caller;
    settle settle;
    weft_op *ops[2];
    weft_any any;
    bool held;
} owned;

static void hold(owned *self)
{
    weft_cancel_peer_hold();
    self->held = true;
}

static void release(owned *self)
{
    if (self->held)
        weft_cancel_peer_release();
    self->held = false;
}

// Cancelled before the callee took them.
typedef owned owned_starting;
static weft_stepped owned_starting_run(weft_coro *co)
{
    owned *self = weft_frame(co, owned);
    WEFT_BEGIN;
    hold(self);
    weft_spawn(co, &self->scope, &self->child, &self->caller.co, caller_run);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->caller.owned.call), WEFT_SUBTASK_STARTING);
    weft_cancel(&self->caller.co);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(self->caller.dropped, 1);
    EXPECT(weft_outcome_of(&self->caller.co), WEFT_CANCELLED);
    WEFT_FINALLY;
    release(self);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Cancelled after that, at once and later.
typedef owned owned_started;
static weft_stepped owned_started_run(weft_coro *co)
{
    owned *self = weft_frame(co, owned);
    WEFT_BEGIN;
    weft_spawn(co, &self->scope, &self->child, &self->caller.co, caller_run);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_subtask_state_of(&self->caller.owned.call), WEFT_SUBTASK_STARTED);
    weft_cancel(&self->caller.co);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(weft_subtask_state_of(&self->caller.owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(self->caller.dropped, 0);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// It waits to start, starts, and is cancelled then.
typedef owned owned_starts_late;
static weft_stepped owned_starts_late_run(weft_coro *co)
{
    owned *self = weft_frame(co, owned);
    WEFT_BEGIN;
    hold(self);
    weft_spawn(co, &self->scope, &self->child, &self->caller.co, caller_run);
    WEFT_AWAIT(weft_yield(co));
    release(self);
    while (weft_subtask_state_of(&self->caller.owned.call) == WEFT_SUBTASK_STARTING)
        WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->caller.co);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(weft_subtask_state_of(&self->caller.owned.call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(self->caller.dropped, 0);
    WEFT_FINALLY;
    release(self);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// It returns.
typedef owned owned_returns;
static weft_stepped owned_returns_run(weft_coro *co)
{
    owned *self = weft_frame(co, owned);
    WEFT_BEGIN;
    hold(self);
    weft_spawn(co, &self->scope, &self->child, &self->caller.co, caller_run);
    WEFT_AWAIT(weft_yield(co));
    release(self);
    WEFT_AWAIT(bytes_write_all(co, &self->caller.out, (const uint8_t *)"three", 5));
    bytes_close_writer(&self->caller.out);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(weft_subtask_state_of(&self->caller.owned.call), WEFT_SUBTASK_RETURNED);
    EXPECT(self->caller.result, 5);
    EXPECT(self->caller.dropped, 0);
    WEFT_FINALLY;
    release(self);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Started apart, and stopped.
typedef owned owned_stopped;
static weft_stepped owned_stopped_run(weft_coro *co)
{
    owned *self = weft_frame(co, owned);
    caller *it = &self->caller;
    WEFT_BEGIN;
    hold(self);
    it->in = bytes_new(&it->out);
    weft_subtask_start_owned(co, &it->owned, weft_cancel_peer_take(it->in, &it->result), drop_arguments, NULL,
                             it);
    WEFT_AWAIT(weft_yield(co));
    weft_stop_blocking(&it->owned.call);
    EXPECT(weft_subtask_state_of(&it->owned.call), WEFT_SUBTASK_STARTED_CANCELLED);
    EXPECT(it->dropped, 1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_stop(co, &it->owned.call));
    EXPECT(it->dropped, weft_subtask_state_of(&it->owned.call) == WEFT_SUBTASK_STARTED_CANCELLED);
    bytes_close_writer(&it->out);
    release(self);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// A result that nobody takes: it comes by the cancel; it has come before that; and it has come while nobody
// awaited. One that is awaited, or was, is not given up.

typedef struct {
    weft_coro co;
    weft_subtask_owned owned;
    uint32_t result, given_up;
    bool went_on;
} getter;

static void give_up(void *data)
{
    getter *self = data;
    EXPECT(self->result, 7);
    self->given_up++;
}

static void start_getting(weft_coro *co, getter *self, uint32_t turns)
{
    self->result = self->given_up = 0;
    weft_subtask_start_owned(co, &self->owned, weft_cancel_peer_shielded(turns, true, &self->result), NULL,
                             give_up, self);
}

static weft_stepped getter_run(weft_coro *co)
{
    getter *self = weft_frame(co, getter);
    WEFT_BEGIN;
    self->went_on = false;
    start_getting(co, self, 3);
    WEFT_AWAIT(weft_await(co, &self->owned.call));
    self->went_on = true;
    WEFT_FINALLY;
    WEFT_AWAIT(weft_stop(co, &self->owned.call));
    if (self->result) {
        EXPECT(self->went_on, !self->given_up);
        EXPECT(weft_subtask_state_of(&self->owned.call),
               self->given_up ? WEFT_SUBTASK_RETURNED_CANCELLED : WEFT_SUBTASK_RETURNED);
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    getter getter;
    settle settle;
    weft_op *ops[1];
    weft_any any;
    uint32_t i;
} untaken;

static void get(weft_coro *co, untaken *self)
{
    while (weft_next_ended(&self->scope)) {
    }
    weft_spawn(co, &self->scope, &self->child, &self->getter.co, getter_run);
}

static weft_stepped untaken_run(weft_coro *co)
{
    untaken *self = weft_frame(co, untaken);
    getter *it = &self->getter;
    WEFT_BEGIN;
    get(co, self);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(it->given_up, 0);

    get(co, self);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&it->co);
    EXPECT(it->given_up, 1);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(weft_outcome_of(&it->co), WEFT_CANCELLED);

    // The coroutine is ready to take it, and is cancelled then.
    get(co, self);
    WEFT_AWAIT(weft_yield(co));
    weft_stop_blocking(&it->owned.call);
    EXPECT(it->given_up, 0);
    EXPECT(weft_subtask_state_of(&it->owned.call), WEFT_SUBTASK_RETURNED);
    weft_cancel(&it->co);
    EXPECT(it->given_up, 1);
    WEFT_AWAIT(weft_join(co, &self->child));

    // Nobody awaits: it is stopped; it is awaited alone, and as one of several.
    for (self->i = 0; self->i < 3; self->i++) {
        start_getting(co, it, 1);
        while (weft_in_flight(&it->owned.call))
            WEFT_AWAIT(weft_yield(co));
        EXPECT(weft_subtask_state_of(&it->owned.call), WEFT_SUBTASK_RETURNED);
        EXPECT(it->given_up, 0);
        WEFT_AWAIT(weft_subtask_await_started(co, &it->owned.call));
        self->ops[0] = &it->owned.call.op;
        if (self->i == 1)
            WEFT_AWAIT(weft_await(co, &it->owned.call));
        else if (self->i == 2)
            WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 1));
        weft_stop_blocking(&it->owned.call);
        EXPECT(it->given_up, self->i == 0);
    }
    start_getting(co, it, 3);
    WEFT_AWAIT(weft_yield(co));
    weft_stop_blocking(&it->owned.call);
    EXPECT(it->given_up, 1);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(weft_stop(co, &it->owned.call));
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Shielded sections. Each says what it does; the log says in which order.
static char said[64];
static size_t said_length;

static void say(char what)
{
    said[said_length++] = what;
    said[said_length] = 0;
}

static void expect_said(int line, const char *expected)
{
    if (strcmp(said, expected) && !check_text[0]) {
        check_add_number((uint64_t)line);
        check_add(": ");
        check_add(said);
        check_add(" instead of ");
        check_add(expected);
    }
    said_length = 0;
    said[0] = 0;
}

typedef struct {
    weft_coro co;
    int i;
} leaf;

static weft_stepped leaf_run(weft_coro *co)
{
    leaf *self = weft_frame(co, leaf);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 3; self->i++) {
        say('a');
        WEFT_AWAIT(weft_yield(co));
    }
    say('b');
    WEFT_FINALLY;
    say(weft_cancelled(co) ? 'X' : 'x');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    leaf leaf;
    bool shields;
} middle;

// Calls the leaf shielded or not, then again.
static weft_stepped middle_run(weft_coro *co)
{
    middle *self = weft_frame(co, middle);
    WEFT_BEGIN;
    if (self->shields)
        weft_shield(co);
    WEFT_AWAIT(weft_call(co, &self->leaf.co, leaf_run));
    weft_unshield(co);
    say('m');
    WEFT_AWAIT(weft_call(co, &self->leaf.co, leaf_run));
    say('n');
    WEFT_FINALLY;
    say(weft_cancelled(co) ? 'Y' : 'y');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    middle middle;
    bool shields;
} top;

static weft_stepped top_run(weft_coro *co)
{
    top *self = weft_frame(co, top);
    WEFT_BEGIN;
    if (self->shields)
        weft_shield(co);
    WEFT_AWAIT(weft_call(co, &self->middle.co, middle_run));
    say('t');
    weft_unshield(co);
    WEFT_AWAIT(weft_yield(co));
    say('u');
    WEFT_FINALLY;
    say(weft_cancelled(co) ? 'Z' : 'z');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    top top;
    int i, turns;
} shields;

static weft_stepped cancel_after(weft_coro *co)
{
    shields *self = weft_frame(co, shields);
    WEFT_BEGIN;
    self->top = (top){.shields = self->top.shields, .middle = {.shields = self->top.middle.shields}};
    weft_spawn(co, &self->scope, &self->child, &self->top.co, top_run);
    for (self->i = 0; self->i < self->turns; self->i++)
        WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->top.co);
    weft_cancel(&self->top.co);
    WEFT_AWAIT(weft_join(co, &self->child));
    EXPECT(weft_outcome_of(&self->top.co), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    shields it;
} shield_of_child;

// The child is shielded, its caller is not: the cancel of the caller waits for the child's section.
static weft_stepped shield_of_child_run(weft_coro *co)
{
    shield_of_child *self = weft_frame(co, shield_of_child);
    WEFT_BEGIN;
    self->it.top.middle.shields = true;
    self->it.turns = 2;
    WEFT_AWAIT(weft_call(co, &self->it.co, cancel_after));
    expect_said(__LINE__, "aaabxmXYZ");
    self->it.turns = 5; // behind the section: at once
    WEFT_AWAIT(weft_call(co, &self->it.co, cancel_after));
    expect_said(__LINE__, "aaabxmaaXYZ");
    WEFT_FINALLY;
    WEFT_END;
}

// The caller is shielded: all that it calls runs undisturbed, and the cancel comes behind.
typedef shield_of_child shield_of_parent;
static weft_stepped shield_of_parent_run(weft_coro *co)
{
    shield_of_child *self = weft_frame(co, shield_of_child);
    WEFT_BEGIN;
    self->it.top.shields = true;
    self->it.turns = 2;
    WEFT_AWAIT(weft_call(co, &self->it.co, cancel_after));
    expect_said(__LINE__, "aaabxmaaabxnytZ");
    WEFT_FINALLY;
    WEFT_END;
}

// Both.
typedef shield_of_child shield_nested;
static weft_stepped shield_nested_run(weft_coro *co)
{
    shield_of_child *self = weft_frame(co, shield_of_child);
    WEFT_BEGIN;
    self->it.top.shields = true;
    self->it.top.middle.shields = true;
    self->it.turns = 1;
    WEFT_AWAIT(weft_call(co, &self->it.co, cancel_after));
    expect_said(__LINE__, "aaabxmaaabxnytZ");
    WEFT_FINALLY;
    WEFT_END;
}

// None, for comparison.
typedef shield_of_child shield_none;
static weft_stepped shield_none_run(weft_coro *co)
{
    shield_of_child *self = weft_frame(co, shield_of_child);
    WEFT_BEGIN;
    self->it.turns = 2;
    WEFT_AWAIT(weft_call(co, &self->it.co, cancel_after));
    expect_said(__LINE__, "aaXYZ");
    WEFT_FINALLY;
    WEFT_END;
}

SWEEP(owned_starting)
SWEEP(owned_started)
SWEEP(owned_starts_late)
SWEEP(owned_returns)
SWEEP(owned_stopped)
SWEEP(untaken)

static uint64_t peer_probe(void)
{
    return weft_cancel_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(owned_starting)                                                                                       \
    TEST(owned_started)                                                                                        \
    TEST(owned_starts_late)                                                                                    \
    TEST(owned_returns)                                                                                        \
    TEST(owned_stopped)                                                                                        \
    TEST(sweep_owned_starting)                                                                                 \
    TEST(sweep_owned_started)                                                                                  \
    TEST(sweep_owned_starts_late)                                                                              \
    TEST(sweep_owned_returns)                                                                                  \
    TEST(sweep_owned_stopped)                                                                                  \
    TEST(untaken)                                                                                              \
    TEST(sweep_untaken)                                                                                        \
    TEST(shield_none)                                                                                          \
    TEST(shield_of_child)                                                                                      \
    TEST(shield_of_parent)                                                                                     \
    TEST(shield_nested)
#include "weft_runner.h"
