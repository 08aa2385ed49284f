// Scopes: spawn, join, race, policies, close; who is told what, and in which order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "worker.h"
#include "counting_hooks.h"

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

static worker *spawn_new(three *self, char letter, uint32_t rounds)
{
    worker *child = weft_spawn_new(&self->co, &self->scope, sizeof *child, worker_run);
    child->letter = letter;
    child->rounds = rounds;
    return child;
}

static weft_outcome outcome(const three *self, uint32_t i)
{
    return weft_outcome_of(&self->workers[i].co);
}

// Children begin when the spawner waits, in order; all are joined at once.
typedef three join_all;

static weft_stepped join_all_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// The first that ends is told first, and none is lost.
typedef three join_any;

static weft_stepped join_any_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    static const uint32_t order[] = {1, 2, 0};
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef three join_one;

static weft_stepped join_one_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// A race: who loses is cancelled, and its finaliser is waited for.
typedef three race;

static weft_stepped race_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

#include "failures.h"

// One that is cancelled before its first step skips its body; a second cancel, and one of an ended child, do
// nothing.
typedef three cancel_handles;

static weft_stepped cancel_handles_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// A shielded section defers a cancel to the first wait after it.
typedef struct {
    weft_coro co;
    worker child;
} shielded;

static weft_stepped shielded_run(weft_coro *co)
{
    shielded *self = weft_frame(co, shielded);
    WEFT_BEGIN;
    weft_shield(co);
    self->child = (worker){.letter = 's', .rounds = 3};
    WEFT_AWAIT(weft_call(co, &self->child.co, worker_run));
    EXPECT(weft_outcome_of(&self->child.co), WEFT_DONE);
    EXPECT(weft_cancelled(co), true);
    weft_unshield(co);
    say('u');
    WEFT_AWAIT(weft_yield(co));
    say('!');
    WEFT_FINALLY;
    say('f');
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    shielded child;
} shield;

static weft_stepped shield_run(weft_coro *co)
{
    shield *self = weft_frame(co, shield);
    WEFT_BEGIN;
    weft_spawn(co, &self->scope, &self->handle, &self->child.co, shielded_run);
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->child.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT_SAID("sS.uf");
    EXPECT(weft_outcome_of(&self->child.co), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// The owner is cancelled while it joins: its scope's children end before it does.
typedef struct {
    weft_coro co;
    three inner;
    weft_scope scope;
    weft_child handle;
} owner_cancelled;

static weft_stepped inner_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    spawn(self, 0, 9, 1, 0);
    spawn(self, 1, 9, 2, 0);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    say('!');
    WEFT_FINALLY;
    say('(');
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    say(')');
    WEFT_END;
}

static weft_stepped owner_cancelled_run(weft_coro *co)
{
    owner_cancelled *self = weft_frame(co, owner_cancelled);
    WEFT_BEGIN;
    weft_spawn(co, &self->scope, &self->handle, &self->inner.co, inner_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID("ab(..)");
    EXPECT(weft_outcome_of(&self->inner.co), WEFT_CANCELLED);
    EXPECT(outcome(&self->inner, 0), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Frames of the library's: detached ones go as they end, the others with the scope, or when given up after they
// were told.
typedef three allocated;

static weft_stepped allocated_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
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
    // detached after it has ended, while it is in its scope still
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID(".");
    WEFT_END;
}

// While a scope is being closed, its children may look at each other until the last has ended: the library's
// memory stays.
typedef struct {
    weft_coro co;
    weft_child *other;
    bool detach;
    uint32_t live;
} looker;

static weft_stepped looker_run(weft_coro *co)
{
    looker *self = weft_frame(co, looker);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_join(co, self->other));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_join(co, self->other));
    self->live = live_bytes;
    EXPECT(weft_outcome_of(self->other->co), WEFT_CANCELLED);
    if (self->detach)
        weft_detach(self->other);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    looker looker;
    uint32_t live, i;
} closed_together;

static weft_stepped closed_together_run(weft_coro *co)
{
    closed_together *self = weft_frame(co, closed_together);
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Who is spawned into a scope that is being closed is cancelled before its first step.
typedef struct {
    weft_coro co;
    weft_scope *into;
    weft_child handle;
    worker worker;
} late_spawner;

static weft_stepped late_spawner_run(weft_coro *co)
{
    late_spawner *self = weft_frame(co, late_spawner);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    self->worker = (worker){.letter = 'z', .rounds = 5};
    weft_spawn(co, self->into, &self->handle, &self->worker.co, worker_run);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handle;
    late_spawner spawner;
} spawned_in_close;

static weft_stepped spawned_in_close_run(weft_coro *co)
{
    spawned_in_close *self = weft_frame(co, spawned_in_close);
    WEFT_BEGIN;
    self->spawner.into = &self->scope;
    weft_spawn(co, &self->scope, &self->handle, &self->spawner.co, late_spawner_run);
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT_SAID(".");
    EXPECT(weft_outcome_of(&self->spawner.worker.co), WEFT_CANCELLED);
    EXPECT(self->scope.count, 0);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint64_t *sum;
    uint32_t value;
} adder;

static weft_stepped adder_run(weft_coro *co)
{
    adder *self = weft_frame(co, adder);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    *self->sum += self->value;
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint64_t sum;
} many;

static weft_stepped many_run(weft_coro *co)
{
    enum { CHILDREN = 10 * PLENTY };
    many *self = weft_frame(co, many);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < CHILDREN; i++) {
        adder *child = weft_spawn_new(co, &self->scope, sizeof *child, adder_run);
        child->sum = &self->sum;
        child->value = i;
        weft_detach(weft_child_of(child));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->sum, (CHILDREN - 1ull) * CHILDREN / 2);
    for (uint32_t i = 0; i < CHILDREN; i++)
        weft_detach(weft_child_of(weft_spawn_new(co, &self->scope, sizeof(adder), adder_run)));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->sum, (CHILDREN - 1ull) * CHILDREN / 2);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

// Work that outlives its frame: in the task's own scope.
static uint64_t late;

typedef struct {
    weft_coro co;
    adder *child;
} task_scope;

static weft_stepped task_scope_run(weft_coro *co)
{
    task_scope *self = weft_frame(co, task_scope);
    WEFT_BEGIN;
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
    WEFT_FINALLY;
    WEFT_END;
}

// Who is spawned into a scope that is being cancelled, by hand or because one has failed, is cancelled; not who
// is spawned after the last has ended.
typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child handles[3];
    late_spawner spawner;
    worker worker;
    bool fails;
} spawned_in_cancel;

static weft_stepped spawned_in_cancel_run(weft_coro *co)
{
    spawned_in_cancel *self = weft_frame(co, spawned_in_cancel);
    WEFT_BEGIN;
    for (;;) {
        self->spawner = (late_spawner){.into = &self->scope};
        weft_spawn(co, &self->scope, &self->handles[0], &self->spawner.co, late_spawner_run);
        self->worker = (worker){.letter = 'a', .code = self->fails ? 5 : 0, .after = 1};
        weft_spawn(co, &self->scope, &self->handles[1], &self->worker.co, worker_run);
        if (!self->fails) {
            WEFT_AWAIT(weft_yield(co));
            weft_scope_cancel(&self->scope);
        }
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        EXPECT_SAID("aA..");
        EXPECT(weft_outcome_of(&self->spawner.worker.co), WEFT_CANCELLED);
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        if (self->fails)
            break;
        self->fails = true;
    }
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
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
    TEST(used_again)                                                                                           \
    TEST(acknowledge)                                                                                          \
    TEST(joined_late)                                                                                          \
    TEST(fails_in_close)                                                                                       \
    TEST(go_on)                                                                                                \
    TEST(cancel_handles)                                                                                       \
    TEST(shield)                                                                                               \
    TEST(owner_cancelled)                                                                                      \
    TEST(allocated)                                                                                            \
    TEST(closed_together)                                                                                      \
    TEST(spawned_in_close)                                                                                     \
    TEST(spawned_in_cancel)                                                                                    \
    TEST(many)                                                                                                 \
    TEST(task_scope)
#include "weft_runner.h"
