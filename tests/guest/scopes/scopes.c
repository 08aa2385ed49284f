// Scopes: spawn, join, race, policies, close; who is told what, and in which order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "log.h"
#include "counting_hooks.h"

// Says its letter, yields `rounds` times, says the letter in capitals; fails with `code` if that is not 0. Its
// finaliser takes `after` rounds and says a dot.
typedef struct {
    weft_coro co;
    char letter;
    uint32_t rounds, after;
    int32_t code;
} worker;

static weft_poll worker_run(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN(co);
    say(self->letter);
    while (self->rounds-- > 0)
        WEFT_AWAIT(weft_yield(co));
    say((char)(self->letter - 'a' + 'A'));
    if (self->code)
        WEFT_FAIL(co, self->code);
    WEFT_FINALLY(co);
    while (self->after-- > 0)
        WEFT_AWAIT(weft_yield(co));
    say('.');
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[3];
    worker workers[3];
    weft_child *told;
    uint32_t i;
} three;

static void spawn(three *self, uint32_t i, uint32_t rounds, uint32_t after, int32_t code)
{
    self->workers[i] = (worker){.letter = (char)('a' + i), .rounds = rounds, .after = after, .code = code};
    weft_spawn(&self->co, &self->scope, &self->handles[i], &self->workers[i].co, worker_run);
}

static weft_outcome outcome(const three *self, uint32_t i)
{
    return weft_outcome_of(&self->workers[i].co);
}

// Children begin when the spawner waits, in order; all are joined at once.
typedef three join_all;

static weft_poll join_all_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_join_all(co, &self->scope)); // nobody to wait for
    spawn(self, 0, 2, 0, 0);
    spawn(self, 1, 0, 0, 0);
    spawn(self, 2, 1, 0, 0);
    EXPECT_SAID("");
    EXPECT(self->scope.count, 3);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abB.cC.A.");
    EXPECT(self->scope.count, 0);
    EXPECT(self->scope.failed, false);
    EXPECT(outcome(self, 0), WEFT_DONE);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// The first that ends is told first, and none is lost.
typedef three join_any;

static weft_poll join_any_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    static const uint32_t order[] = {1, 2, 0};
    WEFT_BEGIN(co);
    spawn(self, 0, 3, 0, 0);
    spawn(self, 1, 1, 0, 0);
    spawn(self, 2, 2, 0, 0);
    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_AWAIT(weft_join_any(co, &self->scope));
        EXPECT(weft_next_ended(&self->scope) - self->handles, order[self->i]);
        EXPECT(weft_next_ended(&self->scope) == NULL, true);
    }
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    EXPECT(weft_next_ended(&self->scope) == NULL, true);
    EXPECT_SAID("abcB.C.A.");
    spawn(self, 0, 0, 0, 0);
    spawn(self, 1, 0, 0, 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_next_ended(&self->scope) - self->handles, 0);
    EXPECT(weft_next_ended(&self->scope) - self->handles, 1);
    EXPECT_SAID("aA.bB.");
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

typedef three join_one;

static weft_poll join_one_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    spawn(self, 0, 2, 0, 0);
    spawn(self, 1, 1, 0, 7);
    self->scope.policy = WEFT_GO_ON;
    WEFT_AWAIT(weft_join(co, &self->handles[1]));
    EXPECT_SAID("abB.");
    EXPECT(outcome(self, 1), WEFT_FAILED);
    EXPECT(weft_failure(self->handles[1].co), 7);
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_join(co, &self->handles[1])); // at once
    WEFT_AWAIT(weft_join(co, &self->handles[0]));
    EXPECT_SAID("A.");
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// A race: who loses is cancelled, and its finaliser is waited for.
typedef three race;

static weft_poll race_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    spawn(self, 0, 9, 2, 0);
    spawn(self, 1, 1, 0, 0);
    spawn(self, 2, 9, 1, 0);
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    EXPECT(weft_next_ended(&self->scope) - self->handles, 1);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID("abcB...");
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    EXPECT(outcome(self, 1), WEFT_DONE);
    EXPECT(outcome(self, 2), WEFT_CANCELLED);
    EXPECT(weft_next_ended(&self->scope) == NULL, true);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// A child that fails ends its siblings, which is what a zero policy does.
typedef three end_siblings;

static weft_poll end_siblings_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    spawn(self, 0, 9, 0, 0);
    spawn(self, 1, 1, 0, 5);
    spawn(self, 2, 9, 1, 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abcB...");
    EXPECT(self->scope.failed, true);
    EXPECT(self->scope.failure, 5);
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    EXPECT(outcome(self, 2), WEFT_CANCELLED);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->scope.failed, false);
    WEFT_END(co);
}

// The parent is told at once, and the siblings go on.
typedef three tell_parent;

static weft_poll tell_parent_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    self->scope.policy = WEFT_TELL_PARENT;
    spawn(self, 0, 3, 0, 0);
    spawn(self, 1, 1, 0, -6);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abB.");
    EXPECT(self->scope.failure, (uint64_t)-6);
    EXPECT(self->scope.count, 1);
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_join(co, &self->handles[0]));
    EXPECT_SAID("A.");
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// A child that fails while its scope is closed: the close still waits for all, and the scope is as new.
typedef three fails_in_close;

static weft_poll fails_in_close_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    for (self->i = WEFT_END_SIBLINGS; self->i <= WEFT_GO_ON; self->i++) {
        self->scope.policy = (weft_policy)self->i;
        spawn(self, 0, 9, 3, 0);
        spawn(self, 1, 0, 1, 5);
        WEFT_AWAIT(weft_yield(co));
        EXPECT(outcome(self, 1), WEFT_UNFINISHED);
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        EXPECT_SAID("abB..");
        EXPECT(outcome(self, 0), WEFT_CANCELLED);
        EXPECT(outcome(self, 1), WEFT_FAILED);
        EXPECT(self->scope.count, 0);
        EXPECT(self->scope.failed, false);
        EXPECT(self->scope.failure, 0);
    }
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

typedef three go_on;

static weft_poll go_on_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    self->scope.policy = WEFT_GO_ON;
    spawn(self, 0, 3, 0, 0);
    spawn(self, 1, 1, 0, 6);
    spawn(self, 2, 2, 0, 8);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("abcB.C.A.");
    EXPECT(self->scope.failure, 6);
    EXPECT(outcome(self, 0), WEFT_DONE);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// One that is cancelled before its first step skips its body; a second cancel, and one of an ended child, do
// nothing.
typedef three cancel_handles;

static weft_poll cancel_handles_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    spawn(self, 0, 1, 0, 0);
    spawn(self, 1, 9, 1, 0);
    weft_cancel(self->handles[0].co);
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID(".b");
    weft_cancel(self->handles[1].co);
    weft_cancel(self->handles[1].co);
    weft_cancel(self->handles[0].co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID(".");
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    EXPECT(outcome(self, 1), WEFT_CANCELLED);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// A shielded section defers a cancel to the first wait after it.
typedef struct {
    weft_coro co;
    worker child;
} shielded;

static weft_poll shielded_run(weft_coro *co)
{
    shielded *self = weft_frame(co, shielded);
    WEFT_BEGIN(co);
    weft_shield(co);
    self->child = (worker){.letter = 's', .rounds = 3};
    WEFT_AWAIT(weft_call(co, &self->child.co, worker_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(weft_cancelled(co), true);
    weft_unshield(co);
    say('u');
    WEFT_AWAIT(weft_yield(co));
    say('!');
    WEFT_FINALLY(co);
    say('f');
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    shielded child;
} shield;

static weft_poll shield_run(weft_coro *co)
{
    shield *self = weft_frame(co, shield);
    WEFT_BEGIN(co);
    weft_spawn(co, &self->scope, &self->handle, &self->child.co, shielded_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->child.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("sS.uf");
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// The owner is cancelled while it joins: its scope's children end before it does.
typedef struct {
    weft_coro co;
    three inner;
    weft_scope scope;
    weft_child handle;
} owner_cancelled;

static weft_poll inner_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    spawn(self, 0, 9, 1, 0);
    spawn(self, 1, 9, 2, 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    say('!');
    WEFT_FINALLY(co);
    say('(');
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    say(')');
    WEFT_END(co);
}

static weft_poll owner_cancelled_run(weft_coro *co)
{
    owner_cancelled *self = weft_frame(co, owner_cancelled);
    WEFT_BEGIN(co);
    weft_spawn(co, &self->scope, &self->handle, &self->inner.co, inner_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID("ab(..)");
    EXPECT(weft_outcome_of(&self->inner.co), WEFT_CANCELLED);
    EXPECT(outcome(&self->inner, 0), WEFT_CANCELLED);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Frames of the library's: detached ones go as they end, the others with the scope, or when given up after they
// were told.
typedef three allocated;

static worker *spawn_new(three *self, char letter, uint32_t rounds)
{
    worker *child = weft_spawn_new(&self->co, &self->scope, sizeof *child, worker_run);
    child->letter = letter;
    child->rounds = rounds;
    return child;
}

static weft_poll allocated_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    self->i = live_bytes;
    weft_detach(weft_child_of(spawn_new(self, 'a', 1)));
    spawn_new(self, 'b', 2);
    spawn_new(self, 'c', 0);
    weft_detach(weft_child_of(spawn_new(self, 'd', 3)));
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    self->told = weft_next_ended(&self->scope);
    EXPECT(weft_frame(self->told->co, worker)->letter, 'c');
    weft_detach(self->told);
    EXPECT(live_bytes - self->i, 3 * (sizeof(weft_child) + sizeof(worker)));
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("abcC.dA.B.");
    EXPECT(live_bytes - self->i, 2 * (sizeof(weft_child) + sizeof(worker)));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID(".");
    EXPECT(live_bytes, self->i);
    // detached after it has ended, untold
    self->told = weft_child_of(spawn_new(self, 'e', 0));
    spawn_new(self, 'f', 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_detach(self->told);
    self->told = weft_next_ended(&self->scope);
    EXPECT(weft_frame(self->told->co, worker)->letter, 'f');
    weft_detach(self->told);
    EXPECT_SAID("eE.fF.");
    weft_detach(weft_child_of(spawn_new(self, 'g', 0)));
    fail_at = 1;
    EXPECT(weft_spawn_new(co, &self->scope, sizeof(worker), worker_run) == NULL, true);
    fail_at = 0;
    EXPECT(self->scope.count, 1);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID(".");
    WEFT_END(co);
}

// While a scope is being closed, its children may look at each other until the last has ended: the library's
// memory stays.
typedef struct {
    weft_coro co;
    weft_child *other;
    bool detach;
    uint32_t live;
} looker;

static weft_poll looker_run(weft_coro *co)
{
    looker *self = weft_frame(co, looker);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_join(co, self->other));
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_join(co, self->other));
    self->live = live_bytes;
    EXPECT(weft_outcome_of(self->other->co), WEFT_CANCELLED);
    if (self->detach)
        weft_detach(self->other);
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    looker looker;
    uint32_t live, i;
} closed_together;

static weft_poll closed_together_run(weft_coro *co)
{
    closed_together *self = weft_frame(co, closed_together);
    WEFT_BEGIN(co);
    for (self->i = 0; self->i < 2; self->i++) {
        self->live = live_bytes;
        self->looker =
            (looker){.detach = self->i,
                     .other = weft_child_of(weft_spawn_new(co, &self->scope, sizeof(worker), worker_run))};
        weft_frame(self->looker.other->co, worker)->letter = 'w';
        weft_frame(self->looker.other->co, worker)->rounds = 50;
        weft_spawn(co, &self->scope, &self->handle, &self->looker.co, looker_run);
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        EXPECT_SAID("w.");
        EXPECT(self->looker.live - self->live, sizeof(weft_child) + sizeof(worker));
        EXPECT(live_bytes, self->live);
    }
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Who is spawned into a scope that is being closed is cancelled before its first step.
typedef struct {
    weft_coro co;
    weft_scope *into;
    weft_child handle;
    worker worker;
} late_spawner;

static weft_poll late_spawner_run(weft_coro *co)
{
    late_spawner *self = weft_frame(co, late_spawner);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY(co);
    self->worker = (worker){.letter = 'z', .rounds = 5};
    weft_spawn(co, self->into, &self->handle, &self->worker.co, worker_run);
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    late_spawner spawner;
} spawned_in_close;

static weft_poll spawned_in_close_run(weft_coro *co)
{
    spawned_in_close *self = weft_frame(co, spawned_in_close);
    WEFT_BEGIN(co);
    self->spawner.into = &self->scope;
    weft_spawn(co, &self->scope, &self->handle, &self->spawner.co, late_spawner_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID(".");
    EXPECT(weft_outcome_of(&self->spawner.worker.co), WEFT_CANCELLED);
    EXPECT(self->scope.count, 0);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    uint64_t *sum;
    uint32_t value;
} adder;

static weft_poll adder_run(weft_coro *co)
{
    adder *self = weft_frame(co, adder);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_yield(co));
    *self->sum += self->value;
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint64_t sum;
} many;

static weft_poll many_run(weft_coro *co)
{
    many *self = weft_frame(co, many);
    WEFT_BEGIN(co);
    for (uint32_t i = 0; i < 100000; i++) {
        adder *child = weft_spawn_new(co, &self->scope, sizeof *child, adder_run);
        child->sum = &self->sum;
        child->value = i;
        weft_detach(weft_child_of(child));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->sum, 99999ull * 100000 / 2);
    for (uint32_t i = 0; i < 100000; i++)
        weft_detach(weft_child_of(weft_spawn_new(co, &self->scope, sizeof(adder), adder_run)));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->sum, 99999ull * 100000 / 2);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Work that outlives its frame: in the task's own scope.
static uint64_t late;

typedef struct {
    weft_coro co;
    adder *child;
} task_scope;

static weft_poll task_scope_run(weft_coro *co)
{
    task_scope *self = weft_frame(co, task_scope);
    WEFT_BEGIN(co);
    late = 0;
    self->child = weft_task_spawn(co, sizeof *self->child, adder_run, WEFT_CANCEL_TOO);
    self->child->sum = &late;
    self->child->value = 1;
    self->child = weft_task_spawn(co, sizeof *self->child, adder_run, WEFT_OUTLIVE_CANCEL);
    self->child->sum = &late;
    self->child->value = 2;
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    EXPECT(late, 3);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

static weft_virtual_clock clock_;

typedef struct {
    weft_coro co;
    weft_timer timer;
    uint64_t when;
    char letter;
} sleeper;

static weft_poll sleeper_run(weft_coro *co)
{
    sleeper *self = weft_frame(co, sleeper);
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_sleep_until(co, &clock_.clock, &self->timer, self->when));
    say(self->letter);
    WEFT_FINALLY(co);
    say('.');
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[4];
    sleeper sleepers[4];
} sleeps;

static weft_poll sleeps_run(weft_coro *co)
{
    sleeps *self = weft_frame(co, sleeps);
    WEFT_BEGIN(co);
    weft_virtual_clock_init(&clock_);
    for (uint32_t i = 0; i < 4; i++) {
        static const uint64_t when[] = {30, 10, 20, 0};
        self->sleepers[i].when = when[i];
        self->sleepers[i].letter = (char)('a' + i);
        weft_spawn(co, &self->scope, &self->handles[i], &self->sleepers[i].co, sleeper_run);
    }
    WEFT_AWAIT(weft_yield(co));
    EXPECT_SAID("d.");
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
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Advances the clock by 1 a round, 100 times.
typedef struct {
    weft_coro co;
    uint32_t i;
} ticker;

static weft_poll ticker_run(weft_coro *co)
{
    ticker *self = weft_frame(co, ticker);
    WEFT_BEGIN(co);
    for (self->i = 0; self->i < 100; self->i++) {
        weft_virtual_clock_advance(&clock_, 1);
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_FINALLY(co);
    WEFT_END(co);
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

static weft_poll deadlines_run(weft_coro *co)
{
    deadlines *self = weft_frame(co, deadlines);
    WEFT_BEGIN(co);
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
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Its caller is cancelled at the very wait for it: the child skips its body, and what it owns is still given
// back.
typedef struct {
    weft_coro co;
    bool by_deadline;
    weft_deadline deadline;
    worker child;
} caller;

static weft_poll caller_run(weft_coro *co)
{
    caller *self = weft_frame(co, caller);
    WEFT_BEGIN(co);
    weft_shield(co);
    WEFT_AWAIT(weft_yield(co));
    weft_unshield(co);
    self->child = (worker){.letter = 'c'};
    if (self->by_deadline)
        WEFT_AWAIT(weft_call_within(co, &self->deadline, &clock_.clock, 5, &self->child.co, worker_run));
    else
        WEFT_AWAIT(weft_call(co, &self->child.co, worker_run));
    WEFT_FINALLY(co);
    WEFT_END(co);
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    caller caller;
    uint32_t i;
} deadline_unbegun;

static weft_poll deadline_unbegun_run(weft_coro *co)
{
    deadline_unbegun *self = weft_frame(co, deadline_unbegun);
    WEFT_BEGIN(co);
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
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
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

static weft_poll leap_run(weft_coro *co)
{
    WEFT_BEGIN(co);
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&clock_, 20);
    WEFT_FINALLY(co);
    WEFT_END(co);
}

static weft_poll deadline_met_run(weft_coro *co)
{
    deadline_met *self = weft_frame(co, deadline_met);
    WEFT_BEGIN(co);
    weft_virtual_clock_init(&clock_);
    weft_spawn(co, &self->scope, &self->handle, &self->ticker.co, leap_run);
    self->child = (sleeper){.letter = 's', .when = 10};
    WEFT_AWAIT(weft_call_until(co, &self->deadline, &clock_.clock, 9, &self->child.co, sleeper_run));
    EXPECT_SAID("s.");
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(self->deadline.expired, false);
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Joins that come after a child has failed, and one that those whom it may not tell of end.
typedef three joined_late;

static weft_poll joined_late_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN(co);
    spawn(self, 0, 9, 3, 0);
    spawn(self, 1, 0, 0, 5);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(outcome(self, 1), WEFT_FAILED);
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_join_all(co, &self->scope)); // for its finaliser
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    self->scope.policy = WEFT_TELL_PARENT;
    spawn(self, 0, 9, 0, 0);
    spawn(self, 1, 0, 0, 5);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(outcome(self, 1), WEFT_FAILED);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(outcome(self, 0), WEFT_UNFINISHED);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID("abB..abB..");
    weft_detach(weft_child_of(spawn_new(self, 'c', 1)));
    spawn_new(self, 'd', 3);
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    self->told = weft_next_ended(&self->scope);
    EXPECT(weft_frame(self->told->co, worker)->letter, 'd');
    weft_detach(self->told);
    EXPECT_SAID("cdC.D.");
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

// Time stops at its end, and does not begin anew.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    sleeper child;
    weft_timer timer;
} end_of_time;

static weft_poll end_of_time_run(weft_coro *co)
{
    end_of_time *self = weft_frame(co, end_of_time);
    WEFT_BEGIN(co);
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
    WEFT_FINALLY(co);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END(co);
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(join_all)                                                                                             \
    TEST(join_any)                                                                                             \
    TEST(join_one)                                                                                             \
    TEST(race)                                                                                                 \
    TEST(end_siblings)                                                                                         \
    TEST(tell_parent)                                                                                          \
    TEST(joined_late)                                                                                          \
    TEST(fails_in_close)                                                                                       \
    TEST(go_on)                                                                                                \
    TEST(cancel_handles)                                                                                       \
    TEST(shield)                                                                                               \
    TEST(owner_cancelled)                                                                                      \
    TEST(allocated)                                                                                            \
    TEST(closed_together)                                                                                      \
    TEST(spawned_in_close)                                                                                     \
    TEST(many)                                                                                                 \
    TEST(task_scope)                                                                                           \
    TEST(sleeps)                                                                                               \
    TEST(deadlines)                                                                                            \
    TEST(deadline_unbegun)                                                                                     \
    TEST(deadline_met)                                                                                         \
    TEST(end_of_time)
#include "weft_runner.h"
