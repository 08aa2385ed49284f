// Time: sleeps and deadlines, on a virtual clock.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "worker.h"

static weft_virtual_clock clock_;

typedef struct {
    weft_coro co;
    weft_timer timer;
    uint64_t when;
    char letter;
} sleeper;

static weft_stepped sleeper_run(weft_coro *co)
{
    sleeper *self = weft_frame(co, sleeper);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep_until(co, &clock_.clock, &self->timer, self->when));
    say(self->letter);
    WEFT_FINALLY;
    say('.');
    WEFT_END;
}

enum { MANY = 16 };

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[MANY];
    sleeper sleepers[MANY];
} sleeps;

static weft_stepped sleeps_run(weft_coro *co)
{
    sleeps *self = weft_frame(co, sleeps);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    for (uint32_t i = 0; i < 4; i++) {
        static const uint64_t when[] = {30, 10, 20, 0};
        self->sleepers[i].when = when[i];
        self->sleepers[i].letter = (char)('a' + i);
        weft_spawn(co, &self->scope, &self->handles[i], &self->sleepers[i].co, sleeper_run);
    }
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("d."); // was due
    weft_virtual_clock_advance(&clock_, 9);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("");
    weft_virtual_clock_advance(&clock_, 11);
    EXPECT(weft_now(&clock_.clock), 20);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("b.c.");
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID(".");
    weft_virtual_clock_advance(&clock_, 1000);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Many on one clock: who is cancelled is gone, wherever among them; the others wake by their times, and those
// of one time in the order in which they went to sleep.
typedef sleeps many_sleeps;

static weft_stepped many_sleeps_run(weft_coro *co)
{
    sleeps *self = weft_frame(co, sleeps);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    for (uint32_t i = 0; i < MANY; i++) {
        self->sleepers[i].when = 10 + i * 5 % 4;
        self->sleepers[i].letter = (char)('a' + i);
        weft_spawn(co, &self->scope, &self->handles[i], &self->sleepers[i].co, sleeper_run);
    }
    WEFT_AWAIT(weft_yield(co));
    for (uint32_t i = 0; i < MANY; i += 3)
        weft_cancel(self->handles[i].co);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("......"); // a d g j m p
    weft_virtual_clock_advance(&clock_, 11);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("e.i.b.f.n.");
    weft_virtual_clock_advance(&clock_, 11);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("c.k.o.h.l.");
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Advances the clock by 1 a round, 100 times.
typedef struct {
    weft_coro co;
    uint32_t i;
} ticker;

static weft_stepped ticker_run(weft_coro *co)
{
    ticker *self = weft_frame(co, ticker);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 100; self->i++) {
        weft_virtual_clock_advance(&clock_, 1);
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    ticker ticker;
    weft_deadline deadline;
    sleeper child;
    worker stubborn;
} deadlines;

static weft_stepped deadlines_run(weft_coro *co)
{
    deadlines *self = weft_frame(co, deadlines);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    weft_spawn(co, &self->scope, &self->handle, &self->ticker.co, ticker_run);
    // in time
    self->child = (sleeper){.letter = 's', .when = 5};
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &clock_.clock, 20, &self->child.co, sleeper_run));
    EXPECT(self->deadline.expired, false);
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(clock_.time < 8, true);
    EXPECT_SAID("s.");
    // too late
    self->child = (sleeper){.letter = 't', .when = 99};
    WEFT_AWAIT(weft_call_until(co, &self->deadline, &clock_.clock, 30, &self->child.co, sleeper_run));
    EXPECT(self->deadline.expired, true);
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    EXPECT(clock_.time >= 30 && clock_.time < 33, true);
    EXPECT_SAID(".");
    // too late, and its finaliser takes its time
    self->stubborn = (worker){.letter = 'w', .rounds = 90, .after = 10};
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &clock_.clock, 1, &self->stubborn.co, worker_run));
    EXPECT(self->deadline.expired, true);
    EXPECT(clock_.time >= 41, true);
    EXPECT_SAID("w.");
    // the deadline has passed already
    self->child = (sleeper){.letter = 'u', .when = 99};
    WEFT_AWAIT(weft_call_until(co, &self->deadline, &clock_.clock, 2, &self->child.co, sleeper_run));
    EXPECT(self->deadline.expired, true);
    EXPECT_SAID(".");
    // no deadline to speak of
    self->child = (sleeper){.letter = 'v', .when = clock_.time + 3};
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &clock_.clock, UINT64_MAX, &self->child.co, sleeper_run));
    EXPECT(self->deadline.expired, false);
    EXPECT_SAID("v.");
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Its caller is cancelled at the very wait for it: the child skips its body, and what it owns is still given
// back.
typedef struct {
    weft_coro co;
    bool by_deadline;
    weft_deadline deadline;
    worker child;
} caller;

static weft_stepped caller_run(weft_coro *co)
{
    caller *self = weft_frame(co, caller);
    WEFT_BEGIN;
    weft_shield(co);
    WEFT_AWAIT(weft_yield(co));
    weft_unshield(co);
    self->child = (worker){.letter = 'c'};
    if (self->by_deadline)
        WEFT_AWAIT(weft_call_within(co, &self->deadline, &clock_.clock, 5, &self->child.co, worker_run));
    else
        WEFT_AWAIT(weft_call(co, &self->child.co, worker_run));
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    caller caller;
    uint32_t i;
} deadline_unbegun;

static weft_stepped deadline_unbegun_run(weft_coro *co)
{
    deadline_unbegun *self = weft_frame(co, deadline_unbegun);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    for (self->i = 0; self->i < 2; self->i++) {
        self->caller = (caller){.by_deadline = self->i};
        weft_spawn(co, &self->scope, &self->handle, &self->caller.co, caller_run);
        WEFT_AWAIT(weft_yield(co));
        weft_cancel(&self->caller.co);
        WEFT_AWAIT(weft_join(co, &self->handle));
        EXPECT_SAID(".");
        EXPECT(weft_outcome_of(&self->caller.child.co), WEFT_CANCELLED);
        EXPECT(self->caller.deadline.expired, false);
        EXPECT(weft_next_ended(&self->scope) == &self->handle, true);
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// The child's sleep and the deadline end in the same turn: it ended all the same.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    ticker ticker;
    weft_deadline deadline;
    sleeper child;
} deadline_met;

static weft_stepped leap_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&clock_, 20);
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped deadline_met_run(weft_coro *co)
{
    deadline_met *self = weft_frame(co, deadline_met);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    weft_spawn(co, &self->scope, &self->handle, &self->ticker.co, leap_run);
    self->child = (sleeper){.letter = 's', .when = 10};
    WEFT_AWAIT(weft_call_until(co, &self->deadline, &clock_.clock, 9, &self->child.co, sleeper_run));
    EXPECT_SAID("s.");
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(self->deadline.expired, false);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Time stops at its end, and does not begin anew.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    sleeper child;
    weft_timer timer;
} end_of_time;

static weft_stepped end_of_time_run(weft_coro *co)
{
    end_of_time *self = weft_frame(co, end_of_time);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    self->child = (sleeper){.letter = 's', .when = UINT64_MAX};
    weft_spawn(co, &self->scope, &self->handle, &self->child.co, sleeper_run);
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&clock_, UINT64_MAX - 1);
    weft_virtual_clock_advance(&clock_, 0);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("");
    weft_virtual_clock_advance(&clock_, UINT64_MAX);
    EXPECT(weft_now(&clock_.clock), UINT64_MAX);
    WEFT_AWAIT(weft_join(co, &self->handle));
    EXPECT_SAID("s.");
    WEFT_AWAIT(weft_sleep(co, &clock_.clock, &self->timer, 5)); // no longer than there is time
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// So many at once, and then one each period: in the order in which they came, but for who is cancelled.
typedef struct {
    weft_coro co;
    weft_rate *rate;
    weft_rate_turn turn;
    char letter;
} rated;

static weft_stepped rated_run(weft_coro *co)
{
    rated *self = weft_frame(co, rated);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_rate_wait(co, self->rate, &self->turn));
    say(self->letter);
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_rate rate;
    weft_child handles[MANY];
    rated rated[MANY];
} rates;

static weft_stepped rates_run(weft_coro *co)
{
    rates *self = weft_frame(co, rates);
    WEFT_BEGIN;
    weft_virtual_clock_init(&clock_);
    weft_virtual_clock_advance(&clock_, 1000); // what is not used for long is not saved up
    self->rate = (weft_rate){.clock = &clock_.clock, .period = 10, .burst = 3};
    for (uint32_t i = 0; i < 8; i++) {
        self->rated[i].rate = &self->rate;
        self->rated[i].letter = (char)('a' + i);
        weft_spawn(co, &self->scope, &self->handles[i], &self->rated[i].co, rated_run);
    }
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("abc");
    EXPECT(weft_rate_try(&self->rate), false);
    EXPECT(weft_rate_pause(&self->rate), 10);
    weft_virtual_clock_advance(&clock_, 9);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("");
    weft_cancel(self->handles[3].co); // who sleeps
    weft_cancel(self->handles[5].co); // one of those behind
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&clock_, 1);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("e");
    weft_virtual_clock_advance(&clock_, 10);
    EXPECT(weft_rate_pause(&self->rate), 0);
    EXPECT(weft_rate_try(&self->rate), false); // somebody waits
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("g");
    weft_virtual_clock_advance(&clock_, 10);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("h");
    weft_virtual_clock_advance(&clock_, 25); // two, and a half of the third
    EXPECT(weft_rate_try(&self->rate), true);
    EXPECT(weft_rate_try(&self->rate), true);
    EXPECT(weft_rate_try(&self->rate), false);
    EXPECT(weft_rate_pause(&self->rate), 5);
    // without a burst; and without a limit
    self->rate = (weft_rate){.clock = &clock_.clock, .period = 10};
    EXPECT(weft_rate_try(&self->rate), true);
    EXPECT(weft_rate_try(&self->rate), false);
    EXPECT(weft_rate_pause(&self->rate), 10);
    self->rate = (weft_rate){.clock = &clock_.clock, .burst = 1};
    for (int i = 0; i < 100; i++)
        EXPECT(weft_rate_try(&self->rate), true);
    // one that never comes
    self->rate = (weft_rate){.clock = &clock_.clock, .period = UINT64_MAX};
    EXPECT(weft_rate_try(&self->rate), true);
    EXPECT(weft_rate_try(&self->rate), false);
    self->rate = (weft_rate){.clock = &clock_.clock, .period = UINT64_MAX, .burst = UINT32_MAX};
    for (int i = 0; i < 100; i++)
        EXPECT(weft_rate_try(&self->rate), true);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(sleeps)                                                                                               \
    TEST(many_sleeps)                                                                                          \
    TEST(deadlines)                                                                                            \
    TEST(deadline_unbegun)                                                                                     \
    TEST(deadline_met)                                                                                         \
    TEST(end_of_time)                                                                                          \
    TEST(rates)
#include "weft_runner.h"
