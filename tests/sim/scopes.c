// Workload: scopes. Children of each policy, which sleep, yield, fail, have children and deadlines; on a clock
// that a sync export turns. Model: each child ends once, none outlives its scope, policies and deadlines hold.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { CHILDREN = 64, FAILURE = 42 };

typedef struct {
    bool spawned, begun, finalised;
    bool given_up;      // nobody is to be told of its end
    bool late;          // its scope was being cancelled: it is, too, before its first step
    weft_outcome meant; // how it left its body by itself
    weft_coro *asleep;  // itself, until a time, in the order of the sleeps
    uint64_t until;
    uint32_t sleep;
} child_model;

static child_model children[CHILDREN];
static uint32_t child_count, sleeps;
static weft_virtual_clock the_clock;

enum { PERIOD = 2, BURST = 2 };
static weft_rate rate;
static uint64_t asked[CHILDREN]; // when each was that is taken
static uint32_t taken_count;

// ---- The component ----

typedef struct child {
    weft_coro co;
    uint32_t number, depth, rounds;
    weft_timer timer;
    weft_rate_turn turn;
    weft_scope scope;
    weft_deadline deadline;
    struct child *inner; // with a deadline
    uint64_t when;
    weft_scope *in; // NULL if its scope may be gone before it
    struct child *own[3];
    weft_event told;
} child;

WEFT_ASYNC_DECLARE(child);

static child *spawn(weft_coro *co, weft_scope *scope, uint32_t depth)
{
    if (child_count == CHILDREN)
        return NULL;
    child *it = WEFT_SPAWN_NEW(child, scope, .number = child_count, .depth = depth, .in = scope);
    if (it)
        children[child_count++] = (child_model){.spawned = true};
    return it;
}

// One that fails, beside one that ends by that, or goes on when its parent was told.
typedef struct {
    weft_coro co;
    weft_event *told;
} telling;

static weft_stepped fails_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_FAIL(FAILURE);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_ASYNC(telling)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, self->told));
    WEFT_FINALLY;
    WEFT_END;
}

static void spawn_telling(weft_coro *co, child *self)
{
    WEFT_SPAWN_NEW(telling, &self->scope, .told = &self->told);
    if (!weft_spawn_new(co, &self->scope, sizeof(telling), fails_run))
        weft_event_set(&self->told);
}

static void give_up(child *it)
{
    children[it->number].given_up = true;
    weft_detach(weft_child_of(it));
}

// Some are given up, whether they have ended or not.
static void give_up_some(child *self)
{
    for (int i = 0; i < 3; i++) {
        if (self->own[i] && pick(3) == 0) {
            give_up(self->own[i]);
            self->own[i] = NULL;
        }
    }
    for (weft_child *ended; pick(2) && (ended = weft_next_ended(&self->scope)); weft_detach(ended)) {
        EXPECT(ended->co->run != child__step || !children[weft_frame(ended->co, child)->number].given_up,
               "weft_next_ended tells one that was given up");
        for (int i = 0; i < 3; i++)
            if (ended->co == (weft_coro *)self->own[i])
                self->own[i] = NULL;
    }
}

// A finaliser may spawn, too: also where its scope is being cancelled.
static void spawn_late(weft_coro *co, child *self)
{
    if (!self->in || self->depth > 2 || pick(4))
        return;
    child *it = spawn(co, self->in, 3);
    if (it)
        children[it->number].late = self->in->cancelled;
}

// Who ended after one that failed was cancelled.
static void expect_siblings_cancelled(weft_scope *scope)
{
    bool failed = false;
    for (weft_child *ended; (ended = weft_next_ended(scope)); weft_detach(ended)) {
        EXPECT(!failed || weft_cancelled(ended->co), "a child failed, and a sibling was not cancelled");
        failed = failed || weft_outcome_of(ended->co) == WEFT_FAILED;
    }
}

static void spawn_some(weft_coro *co, child *self)
{
    for (uint32_t i = 0; i < 3; i++)
        self->own[i] = NULL; // those of the last round are the scope's
    for (uint32_t i = pick(4); i < 3; i++) {
        child *it = spawn(co, &self->scope, self->depth + 1);
        if (it && pick(4) == 0)
            weft_cancel(&it->co);
        if (it && pick(4) == 0)
            give_up(it);
        else
            self->own[i] = it;
    }
    weft_event_clear(&self->told);
    if (self->scope.policy != WEFT_GO_ON && pick(2))
        spawn_telling(co, self);
}

// A scope that was joined: told of a failure, or with no child, and as new.
static void expect_joined(const child *self)
{
    const weft_scope *scope = &self->scope;
    EXPECT(!scope->count || (scope->policy == WEFT_TELL_PARENT && scope->failed),
           "weft_join_all came back while %u run", (unsigned)scope->count);
    EXPECT(!scope->failed || scope->failure == FAILURE, "the failure is %d", (int)scope->failure);
    EXPECT(scope->count || !scope->cancelled, "a scope without children is being cancelled");
}

static void expect_deadline(const child *self)
{
    weft_outcome outcome = weft_outcome_of(&self->inner->co);
    EXPECT(outcome != WEFT_UNFINISHED, "a call with a deadline came back before its end");
    EXPECT(self->deadline.expired == (outcome == WEFT_CANCELLED), "expired: %d, and the outcome is %d",
           self->deadline.expired, outcome);
    EXPECT(!self->deadline.expired || the_clock.time >= self->when, "a deadline came too early");
}

static weft_poll child_sleep(child *self, uint64_t duration)
{
    child_model *it = &children[self->number];
    it->asleep = duration ? &self->co : NULL;
    it->until = the_clock.time + duration;
    it->sleep = sleeps++;
    return weft_sleep(&self->co, &the_clock.clock, &self->timer, duration);
}

// It has slept: not too short, and those of its task who were to wake before it have.
static void expect_slept(const child *self)
{
    child_model *it = &children[self->number];
    it->asleep = NULL;
    EXPECT(the_clock.time >= it->until, "child %u wakes too early", self->number);
    for (const child_model *other = children; other < children + child_count && !WEFT__HOSTILE; other++) {
        bool is_before = other->until < it->until || (other->until == it->until && other->sleep < it->sleep);
        EXPECT(!other->asleep || !is_before || other->asleep->task != self->co.task ||
                   weft_cancelled(other->asleep),
               "child %u wakes before one whose time was before", self->number);
    }
}

static void expect_woken(void)
{
    for (const child_model *it = children; it < children + child_count; it++)
        EXPECT(!it->asleep || it->until > the_clock.time || it->asleep->state != WEFT__ON_TIMER,
               "the time has come, and a child sleeps on");
}

// Another is taken: of those that were asked for from any time on, there are not too many.
static void expect_rate(const child *self)
{
    asked[taken_count++] = self->when;
    for (uint32_t i = 0; i < taken_count; i++) {
        uint64_t count = 0;
        for (uint32_t other = 0; other < taken_count; other++)
            count += asked[other] >= asked[i];
        EXPECT(count <= BURST + (the_clock.time - asked[i]) / PERIOD, "too many are taken");
    }
}

WEFT_ASYNC(child)
{
    WEFT_BEGIN;
    EXPECT(!children[self->number].late, "a child of a scope that is being cancelled begins");
    children[self->number].begun = true;
    switch (pick(self->depth < 2 ? 7 : 4)) {
    case 0:
        WEFT_AWAIT(weft_yield(co));
        break;
    case 1:
        WEFT_AWAIT(child_sleep(self, 1 + pick(3)));
        expect_slept(self);
        break;
    case 2:
        self->when = the_clock.time;
        WEFT_AWAIT(weft_rate_wait(co, &rate, &self->turn));
        expect_rate(self);
        break;
    case 3:
        if (pick(2)) {
            WEFT_AWAIT(child_sleep(self, pick(3)));
            expect_slept(self);
        }
        children[self->number].meant = WEFT_FAILED;
        WEFT_FAIL(FAILURE);
        break;
    case 4: // a race
        self->scope.policy = WEFT_GO_ON;
        spawn(co, &self->scope, self->depth + 1);
        spawn(co, &self->scope, self->depth + 1);
        WEFT_AWAIT(weft_join_any(co, &self->scope));
        for (weft_child *ended; (ended = weft_next_ended(&self->scope));) {
            EXPECT(weft_outcome_of(ended->co) != WEFT_UNFINISHED, "weft_next_ended tells one that has not");
            weft_detach(ended);
        }
        WEFT_AWAIT(weft_scope_close(co, &self->scope));
        break;
    case 5:
        if (child_count == CHILDREN || !(self->inner = weft_alloc(sizeof *self->inner)))
            break;
        self->inner->co = (weft_coro){0};
        self->when = weft_now(&the_clock.clock) + pick(3);
        children[child_count++] = (child_model){.spawned = true};
        WEFT_CALL_UNTIL(child, self->inner, &self->deadline, &the_clock.clock, self->when,
                        .number = child_count - 1, .depth = 2);
        expect_deadline(self);
        break;
    default:
        self->scope.policy = pick(3);
        for (self->rounds = 1 + pick(3); self->rounds; self->rounds--) {
            spawn_some(co, self);
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            if (pick(6) == 0)
                weft_scope_cancel(&self->scope);
            do {
                WEFT_AWAIT(weft_join_all(co, &self->scope));
                expect_joined(self);
                weft_event_set(&self->told);
                if (pick(2))
                    weft_scope_acknowledge(&self->scope);
            } while (self->scope.count && !self->scope.failed);
            if (self->scope.policy == WEFT_END_SIBLINGS)
                expect_siblings_cancelled(&self->scope);
            else
                give_up_some(self);
        }
    }
    children[self->number].meant = WEFT_DONE;
    WEFT_FINALLY;
    EXPECT(!children[self->number].finalised, "child %u: its finaliser runs twice", self->number);
    children[self->number].finalised = true;
    children[self->number].asleep = NULL;
    if (pick(4) == 0)
        WEFT_AWAIT(weft_yield(co));
    spawn_late(co, self);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(!self->scope.count && !self->scope.running, "a closed scope has children");
    if (self->inner) {
        EXPECT(children[self->inner->number].finalised, "the call of child %u was left behind", self->number);
        weft_free(self->inner, sizeof *self->inner);
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
} scope_root;

WEFT_ASYNC(scope_root)
{
    WEFT_BEGIN;
    self->scope.policy = pick(3);
    for (uint32_t i = pick(3); i < 3; i++)
        spawn(co, &self->scope, 0);
    if (pick(3) == 0)
        weft_shield(co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_unshield(co);
    WEFT_RETURN(co, exports_workloads_scope, 7);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_scope, scope_root, (void),
               exports_workloads_scope_return(NO_MEMORY));

void exports_workloads_tick(uint32_t by)
{
    weft_virtual_clock_advance(&the_clock, by);
    expect_woken();
    set_stage();
    open_gate();
    wake_dozers(by);
    close_shared();
    open_inner_gate();
    if (by == 0)
        close_channels();
    wake_small();
    turn_selects(by);
    turn_together();
}

// ---- The world ----

static bool all_over;

static void turn_clock(weft_sim *sim, void *data)
{
    (void)data;
    while (!all_over) {
        weft_sim_pause(sim);
        if (run.calm || pick(4) == 0)
            call_and_wait("tick", &(weft_sim_value){.number = 1}, NULL);
    }
}

static uint32_t left;

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("scope", NULL, NULL);
    all_over = --left == 0;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    child_count = sleeps = taken_count = 0;
    rate = (weft_rate){.clock = &the_clock.clock, .period = PERIOD, .burst = BURST};
    weft_virtual_clock_init(&the_clock);
    all_over = false;
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(2);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
    weft_sim_spawn(sim, turn_clock, NULL);
}

static void check(void)
{
    for (uint32_t i = 0; i < child_count; i++)
        EXPECT(children[i].finalised, "child %u: was spawned, and its finaliser never ran", i);
    EXPECT(!the_clock.first, "somebody sleeps, and nobody is there");
    EXPECT(!rate.is_waited_for && !rate.waiters, "somebody has the turn, and nobody is there");
}

const workload scope_workload = {"scopes", play, check};
