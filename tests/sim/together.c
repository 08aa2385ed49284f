// Workload: tasks share a store that a lock keeps, values that come once, news that go to all, and a start-up;
// each spawns into a scope with a limit. Some are cancelled. Model: one at a time has the lock, also in the
// finaliser of who waited for a signal; nobody waits for what is there; a value is the same for all; news come
// in order, or their reader is behind; the start-up runs one at a time, and succeeds once; no scope has more
// children than its limit.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { VALUES = 4, KEPT = 3, MOST = 2, CODE = 100 };

WEFT_ONESHOT(value, uint32_t);
WEFT_BROADCAST(news, uint32_t, KEPT);

static weft_event nudge;
static weft_mutex mutex;
static weft_condition some;
static uint32_t stock, inside;
static value values[VALUES];
static int32_t came[VALUES]; // 1: the value; or the code of its failure
static news the_news;
static weft_once once;
static uint32_t starting;
static bool started, all_over;

// ---- The component ----

typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t result;
    bool begun, over;
} start;

WEFT_ASYNC(start)
{
    WEFT_BEGIN;
    EXPECT(!started, "the start-up runs again, and has succeeded");
    EXPECT(!starting++, "the start-up runs twice at a time");
    self->begun = true;
    if (pick(2))
        WEFT_AWAIT(weft_yield(co));
    else
        WEFT_AWAIT(weft_subtask_call(co, &self->call, workloads_add(1, 5, &self->result)));
    if (pick(3) == 0)
        WEFT_FAIL(CODE);
    self->over = true;
    WEFT_FINALLY;
    if (pick(2))
        WEFT_AWAIT(weft_yield(co));
    starting -= self->begun;
    started |= self->over;
    WEFT_END;
}

typedef struct member member;

typedef struct {
    weft_coro co;
    member *of;
    uint32_t rounds;
    bool counted;
} kid;

typedef struct {
    weft_coro co;
    weft_case room[1];
    member *of;
    uint32_t rounds;
} spawner;

struct member {
    weft_coro co;
    weft_case cases[2];
    weft_permit lock, turn;
    value *value;
    news_subscriber reader;
    uint64_t next; // of the news
    start start;
    weft_attempt attempt;
    weft_scope scope, spawners;
    weft_child handle;
    spawner beside, own;
    uint32_t rounds, more, kids;
    bool inside, waits, receives, selects;
};

WEFT_ASYNC(kid)
{
    WEFT_BEGIN;
    EXPECT(self->of->kids++ < MOST, "a scope has more children than its limit");
    self->counted = true;
    for (; self->rounds; self->rounds--) {
        WEFT_AWAIT(weft_yield(co));
        EXPECT(!self->of->scope.room || self->of->scope.count >= MOST,
               "one waits for room where there is some");
    }
    WEFT_FINALLY;
    self->of->kids -= self->counted;
    WEFT_END;
}

WEFT_ASYNC(spawner)
{
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--) {
        if (pick(2))
            WEFT_AWAIT_ROOM(&self->of->scope);
        else
            while (weft_scope_is_full(&self->of->scope))
                WEFT_AWAIT(weft_select(co, self->room, weft_scope_room(of, &self->of->scope)));
        kid *it = WEFT_SPAWN_NEW(kid, &self->of->scope, .of = self->of, .rounds = pick(3));
        if (it && pick(2))
            weft_detach(weft_child_of(it));
    }
    WEFT_END;
}

// It has the lock now, or no longer.
static void enter(member *self)
{
    self->waits = false;
    EXPECT(weft_held(&self->lock), "who comes back has not the lock");
    EXPECT(!inside++, "two have the lock");
    self->inside = true;
}

static void leave(member *self)
{
    inside -= self->inside;
    self->inside = false;
}

static void put(member *self)
{
    bool before = pick(2);
    stock++;
    leave(self);
    if (before)
        weft_release(&self->lock);
    bool was_for_all = pick(4) == 0;
    if (!was_for_all)
        weft_condition_signal(&some);
    else
        weft_condition_broadcast(&some);
    EXPECT(!was_for_all || !some.waiters, "one waits for a signal that was for all");
    weft_release(&self->lock);
}

// What came of a receive: once, when it is over, also in the finaliser.
static void note_received(member *self)
{
    bool behind = the_news.base.sent - self->next > KEPT;
    if (!self->receives)
        return;
    self->receives = false;
    if (weft_served(&self->reader)) {
        EXPECT(self->reader.item == self->next, "news %u came, and %u is next", (unsigned)self->reader.item,
               (unsigned)self->next);
        self->next++;
    } else if (!weft_cancelled(&self->co)) {
        EXPECT(behind == news_is_dropped(&the_news, &self->reader), "who is %sbehind is told otherwise",
               behind ? "" : "not ");
        EXPECT(behind || self->selects || (self->next == the_news.base.sent && the_news.base.closed),
               "news %u are there, and did not come", (unsigned)self->next);
    }
    if (behind && !weft_served(&self->reader)) {
        news_subscribe(&the_news, &self->reader);
        self->next = the_news.base.sent;
    }
}

static void settle(value *it, bool fails)
{
    uint32_t i = (uint32_t)(it - values);
    if (it->settled.is_set)
        return;
    came[i] = fails ? CODE + (int32_t)i : 1;
    if (fails)
        value_fail(it, CODE + (int32_t)i);
    else
        value_complete(it, CODE + i);
}

static void note_value(const value *it)
{
    uint32_t i = (uint32_t)(it - values);
    EXPECT(came[i] && it->settled.is_set, "value %u has not come", i);
    EXPECT(came[i] == 1 ? !it->error && it->value == CODE + i : it->error == came[i], "value %u is another", i);
}

WEFT_ASYNC(member)
{
    WEFT_BEGIN;
    self->scope.limit = MOST;
    for (self->rounds = 1 + pick(6); self->rounds; self->rounds--) {
        self->selects = pick(2);
        self->value = &values[pick(VALUES)];
        switch (pick(10)) {
        case 0:
            WEFT_AWAIT(weft_acquire(co, &mutex, &self->lock));
            enter(self);
            if (pick(3) == 0)
                WEFT_AWAIT(weft_yield(co));
            put(self);
            break;
        case 1:
        case 2:
            WEFT_AWAIT(weft_acquire(co, &mutex, &self->lock));
            enter(self);
            while (!stock) {
                leave(self);
                self->waits = true;
                if (self->selects)
                    WEFT_AWAIT(weft_select(co, self->cases, weft_condition_wait(of, &some, &self->lock),
                                           weft_event_wait(of, &nudge)));
                else
                    WEFT_AWAIT(weft_condition_wait(co, &some, &self->lock));
                enter(self);
                if (pick(3) == 0)
                    WEFT_AWAIT(weft_yield(co));
                if (self->selects && weft_chosen(self->cases) == 1)
                    break;
            }
            stock -= stock > 0;
            leave(self);
            weft_release(&self->lock);
            break;
        case 3:
            if (pick(2)) {
                settle(self->value, pick(2));
            } else if (self->selects) {
                WEFT_AWAIT(
                    weft_select(co, self->cases, value_wait(of, self->value), weft_event_wait(of, &nudge)));
                if (weft_chosen(self->cases) == 0)
                    note_value(self->value);
            } else {
                WEFT_AWAIT(value_wait(co, self->value));
                note_value(self->value);
            }
            break;
        case 4:
        case 5:
            for (uint32_t i = pick(3); i; i--) {
                bool is_sent = news_send(&the_news, (uint32_t)the_news.base.sent);
                EXPECT(!is_sent || !the_news.base.receivers, "one waits on for news that were sent");
            }
            for (self->more = pick(5); self->more; self->more--) {
                self->receives = true;
                if (self->selects)
                    WEFT_AWAIT(weft_select(co, self->cases, news_receive(of, &the_news, &self->reader),
                                           weft_event_wait(of, &nudge)));
                else
                    WEFT_AWAIT(news_receive(co, &the_news, &self->reader));
                note_received(self);
            }
            break;
        case 6:
        case 7:
            if (pick(4)) {
                WEFT_ONCE(start, &self->start, &self->attempt, &once);
                EXPECT(self->attempt.error ? self->attempt.error == CODE : once.done, "the start-up came to %d",
                       self->attempt.error);
                break;
            }
            WEFT_AWAIT(weft_select(co, self->cases, weft_once_begin(of, &once, &self->turn),
                                   weft_event_wait(of, &nudge)));
            if (!weft_held(&self->turn))
                break;
            EXPECT(!started && !starting, "the start-up runs, or has succeeded, and one has the turn");
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            if (pick(2)) {
                started = true;
                weft_once_done(&once, &self->turn);
            }
            weft_release(&self->turn);
            break;
        case 8:
            if (!self->spawners.count) {
                while (weft_next_ended(&self->spawners)) {
                }
                WEFT_SPAWN(spawner, &self->beside, &self->spawners, &self->handle, .of = self,
                           .rounds = pick(4));
            }
            WEFT_CALL(spawner, &self->own, .of = self, .rounds = pick(4));
            break;
        default:
            if (all_over || run.calm || pick(2))
                weft_event_set(&nudge);
            else
                weft_event_clear(&nudge);
            WEFT_AWAIT(weft_yield(co));
        }
    }
    WEFT_RETURN(co, exports_workloads_together, 7);
    WEFT_FINALLY;
    note_received(self);
    if (self->waits)
        enter(self);
    leave(self);
    if (weft_held(&self->lock))
        weft_condition_signal(&some);
    weft_release(&self->lock);
    weft_release(&self->turn);
    WEFT_AWAIT(weft_scope_close(co, &self->spawners));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(!self->kids, "%u children are left in a scope that is closed", self->kids);
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_together, member, (void),
               exports_workloads_together_return(NO_MEMORY));

void turn_together(void)
{
    EXPECT(mutex.taken || !stock || !some.waiters, "%u are in store, and somebody waits for a signal", stock);
    weft_event_set(&nudge);
    if (!run.calm)
        return;
    weft_permit lock = {0};
    if (weft_try_acquire(&mutex, &lock)) {
        stock++;
        weft_condition_signal(&some);
        weft_release(&lock);
    }
    for (uint32_t i = 0; i < VALUES; i++)
        settle(&values[i], false);
    news_close(&the_news);
}

// ---- The world ----

static uint32_t left;

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("together", NULL, NULL);
    all_over = --left == 0;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    nudge = (weft_event){0};
    mutex = (weft_mutex){0};
    some = (weft_condition){0};
    the_news = (news){0};
    once = (weft_once){0};
    stock = inside = starting = 0;
    started = all_over = false;
    for (uint32_t i = 0; i < VALUES; i++) {
        values[i] = (value){0};
        came[i] = 0;
    }
    answer_by_script("add", add);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(5);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
    while (!all_over) {
        weft_sim_pause(sim);
        if (run.calm || pick(4) == 0)
            call_and_wait("tick", &(weft_sim_value){.number = 1}, NULL);
    }
}

static void check(void)
{
    EXPECT(!mutex.taken && !once.running.taken && !inside && !starting, "a lock has not come back");
    EXPECT(once.done == started, "the start-up has %ssucceeded", started ? "" : "not ");
    EXPECT(!nudge.waiters && !mutex.waiters && !some.waiters && !the_news.base.receivers &&
               !once.running.waiters,
           "somebody waits, and nobody is there");
    for (uint32_t i = 0; i < VALUES; i++)
        EXPECT(!values[i].settled.waiters, "somebody waits for value %u, and nobody is there", i);
}

const workload together_workload = {"together", play, check};
