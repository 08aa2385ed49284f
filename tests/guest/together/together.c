// What coroutines of a component do together: values that come once, conditions, broadcasts, a start-up that is
// shared, scopes with a limit. The topic sync has some of it across tasks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "sweep.h"

enum { KEPT = 2, MOST = 3, COUNT = 10, CODE = 7 };

WEFT_ONESHOT(answer, uint32_t);
WEFT_BROADCAST(news, uint32_t, KEPT);

// What all of a test share.
typedef struct {
    weft_event event;
    answer answer;
    weft_mutex mutex;
    weft_condition condition;
    news news;
    weft_once once;
    weft_virtual_clock clock;
    uint32_t stock, taken, inside, runs, over, told;
} shared;

typedef struct {
    weft_coro co;
    shared *with;
    uint32_t rounds;
    int32_t code;
} start;

typedef struct {
    weft_coro co;
    shared *with;
    bool counted;
} limited;

typedef struct {
    weft_coro co;
    shared *with;
    uint32_t rounds;
    int32_t code;
    weft_permit lock;
    weft_case cases[2];
    news_subscriber subscriber;
    start start;
    weft_attempt attempt;
    weft_scope *into;
    bool waits, had_lock;
} worker;

typedef struct {
    weft_coro co;
    shared with;
    weft_scope scope;
    weft_child children[3];
    worker workers[3];
    weft_scope crowd;
    weft_permit lock, other;
    weft_case cases[2];
    weft_deadline deadline;
    news_subscriber subscriber;
    uint32_t i;
    settle settle;
} frame;

static void spawn(weft_coro *co, uint32_t i, weft_step *run)
{
    frame *self = weft_frame(co, frame);
    self->scope.policy = WEFT_GO_ON;
    self->workers[i].with = &self->with;
    weft_spawn(co, &self->scope, &self->children[i], &self->workers[i].co, run);
}

// The same, when all who were spawned have ended.
static void spawn_again(weft_coro *co, uint32_t i, weft_step *run)
{
    while (weft_next_ended(&weft_frame(co, frame)->scope)) {
    }
    spawn(co, i, run);
}

static weft_outcome outcome(const frame *self, uint32_t i)
{
    return weft_outcome_of(&self->workers[i].co);
}

// What is left of all that there can be.
#define END                                                                                                    \
    WEFT_FINALLY;                                                                                              \
    weft_release(&self->lock);                                                                                 \
    weft_release(&self->other);                                                                                \
    WEFT_AWAIT(weft_scope_close(co, &self->scope));                                                            \
    WEFT_AWAIT(weft_scope_close(co, &self->crowd));                                                            \
    EXPECT(self->with.mutex.taken + self->with.once.running.taken + self->with.inside, 0);                     \
    EXPECT(!self->with.mutex.waiters && !self->with.condition.waiters && !self->with.event.waiters, true);     \
    EXPECT(!self->with.once.running.waiters && !self->with.news.base.receivers, true);                         \
    WEFT_AWAIT(end(co, &self->settle));                                                                        \
    WEFT_END

// Some rounds, in which all others run who can.
static weft_poll rest(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    return end(co, &self->settle);
}

// ---- A value that comes once ----

static weft_stepped asks(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    WEFT_TRY(&self->with->answer, answer_wait(co, &self->with->answer));
    self->with->told += self->with->answer.value;
    WEFT_END;
}

// All who wait have it, and so has who comes late; who is cancelled leaves the others alone.
TEST_OF(completed)
{
    BEGIN;
    for (uint32_t i = 0; i < 3; i++)
        spawn(co, i, asks);
    WEFT_AWAIT(rest(co));
    weft_cancel(&self->workers[1].co);
    answer_complete(&self->with.answer, 42);
    EXPECT(self->with.told, 0); // woken, but not run
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.told, 2 * 42);
    EXPECT(outcome(self, 1), WEFT_CANCELLED);
    WEFT_AWAIT(answer_wait(co, &self->with.answer));
    EXPECT(self->with.answer.error, 0);
    EXPECT(self->with.answer.value, 42);
    END;
}
SWEEP(completed)

// A failure is for all, too; and what was not chosen is as if nobody had waited.
TEST_OF(failed)
{
    BEGIN;
    spawn(co, 0, asks);
    spawn(co, 1, asks);
    weft_event_set(&self->with.event);
    WEFT_AWAIT(weft_select(co, self->cases, answer_wait(of, &self->with.answer),
                           weft_event_wait(of, &self->with.event)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(self->with.answer.settled.is_set, false);
    WEFT_AWAIT(rest(co));
    answer_fail(&self->with.answer, CODE);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    for (uint32_t i = 0; i < 2; i++) {
        EXPECT(outcome(self, i), WEFT_FAILED);
        EXPECT(weft_failure(&self->workers[i].co), CODE);
    }
    WEFT_AWAIT(weft_select(co, self->cases, answer_wait(of, &self->with.answer), weft_never(of)));
    EXPECT(weft_chosen(self->cases), 0);
    END;
}
SWEEP(failed)

// ---- Conditions ----

static void enter(worker *self)
{
    EXPECT(weft_held(&self->lock), true);
    EXPECT(self->with->inside++, 0);
}

static void leave(worker *self)
{
    self->with->inside--;
}

// Takes `rounds` of the stock, a unit at a time, and waits where there is none.
static weft_stepped takes(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--) {
        WEFT_AWAIT(weft_acquire(co, &self->with->mutex, &self->lock));
        enter(self);
        while (!self->with->stock) {
            leave(self);
            self->waits = true;
            WEFT_AWAIT(weft_condition_wait(co, &self->with->condition, &self->lock));
            self->waits = false;
            enter(self);
        }
        self->with->stock--;
        self->with->taken++;
        leave(self);
        weft_release(&self->lock);
    }
    WEFT_FINALLY;
    if (self->waits) {
        enter(self);
        self->had_lock = true;
        leave(self);
    }
    if (weft_held(&self->lock))
        weft_condition_signal(&self->with->condition);
    weft_release(&self->lock);
    WEFT_END;
}

static weft_stepped puts_run(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--) {
        WEFT_AWAIT(weft_acquire(co, &self->with->mutex, &self->lock));
        enter(self);
        self->with->stock++;
        leave(self);
        weft_condition_signal(&self->with->condition);
        WEFT_AWAIT(weft_yield(co)); // who was signalled waits for the lock
        weft_release(&self->lock);
    }
    WEFT_FINALLY;
    weft_release(&self->lock);
    WEFT_END;
}

// All that is put is taken, and one at a time has the lock.
TEST_OF(condition)
{
    BEGIN;
    for (uint32_t i = 0; i < 3; i++) {
        self->workers[i].rounds = i < 2 ? COUNT : 2 * COUNT;
        spawn(co, i, i < 2 ? takes : puts_run);
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.taken, 2 * COUNT);
    END;
}
SWEEP(condition)

// Three who take one each, and wait for it.
static weft_poll three_take(weft_coro *co)
{
    for (uint32_t i = 0; i < 3; i++) {
        weft_frame(co, frame)->workers[i].rounds = 1;
        spawn(co, i, takes);
    }
    return rest(co);
}

// One who is cancelled has the lock in its finaliser: it waits for it there, if another has it.
TEST_OF(condition_cancelled)
{
    BEGIN;
    WEFT_AWAIT(three_take(co));
    weft_cancel(&self->workers[0].co); // the lock is free
    WEFT_AWAIT(rest(co));
    EXPECT(outcome(self, 0), WEFT_CANCELLED);
    EXPECT(self->workers[0].had_lock, true);
    WEFT_AWAIT(weft_acquire(co, &self->with.mutex, &self->lock));
    weft_cancel(&self->workers[1].co);
    weft_cancel(&self->workers[1].co);
    weft_condition_signal(&self->with.condition); // of the third; then it is cancelled, too
    weft_cancel(&self->workers[2].co);
    WEFT_AWAIT(rest(co));
    EXPECT(self->scope.count, 2);
    weft_release(&self->lock);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    for (uint32_t i = 1; i < 3; i++) {
        EXPECT(outcome(self, i), WEFT_CANCELLED);
        EXPECT(self->workers[i].had_lock, true);
    }
    END;
}
SWEEP(condition_cancelled)

// A broadcast lets all go on who wait, one after the other.
TEST_OF(condition_broadcast)
{
    BEGIN;
    WEFT_AWAIT(three_take(co));
    self->with.stock = 3;
    weft_condition_broadcast(&self->with.condition);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.taken, 3);
    weft_condition_signal(&self->with.condition); // nobody waits, and it is not kept
    self->workers[0].rounds = 1;
    spawn_again(co, 0, takes);
    WEFT_AWAIT(rest(co));
    EXPECT(self->scope.count, 1);
    END;
}
SWEEP(condition_broadcast)

static weft_stepped chooses(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &self->with->mutex, &self->lock));
    self->waits = true;
    WEFT_AWAIT(weft_select(co, self->cases, weft_condition_wait(of, &self->with->condition, &self->lock),
                           weft_event_wait(of, &self->with->event)));
    WEFT_FINALLY;
    if (self->waits) {
        enter(self);
        leave(self);
    }
    weft_release(&self->lock);
    WEFT_END;
}

// In a select: who comes back has the lock, whatever was chosen, and also if it was cancelled; and a signal is
// not lost, whatever comes while the lock is not to be had.
TEST_OF(condition_selected)
{
    BEGIN;
    for (uint32_t i = 0; i < 3; i++)
        spawn(co, i, chooses);
    WEFT_AWAIT(rest(co));
    WEFT_AWAIT(weft_acquire(co, &self->with.mutex, &self->lock));
    weft_condition_signal(&self->with.condition);
    for (self->i = 0; weft_chosen(self->workers[self->i].cases) != 0;)
        self->i++;
    weft_cancel(&self->workers[(self->i + 1) % 3].co);
    weft_event_set(&self->with.event);
    weft_cancel(&self->workers[(self->i + 2) % 3].co); // it has been chosen
    WEFT_AWAIT(rest(co));
    EXPECT(self->scope.count, 3);
    weft_release(&self->lock);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_chosen(self->workers[self->i].cases), 0);
    EXPECT(weft_chosen(self->workers[(self->i + 1) % 3].cases), -1);
    EXPECT(weft_chosen(self->workers[(self->i + 2) % 3].cases), 1);
    EXPECT(outcome(self, self->i), WEFT_DONE);
    // What is ready at once comes back with the lock, too.
    WEFT_AWAIT(weft_acquire(co, &self->with.mutex, &self->lock));
    WEFT_AWAIT(weft_select(co, self->cases, weft_condition_wait(of, &self->with.condition, &self->lock),
                           weft_event_wait(of, &self->with.event)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_held(&self->lock), true);
    END;
}
SWEEP(condition_selected)

// ---- Broadcasts ----

static weft_stepped listens(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(news_receive(co, &self->with->news, &self->subscriber));
        if (!weft_served(&self->subscriber))
            break;
        EXPECT(self->subscriber.item, self->rounds);
        self->rounds++;
    }
    EXPECT(news_is_dropped(&self->with->news, &self->subscriber), false);
    WEFT_END;
}

// Who keeps up sees all, who subscribes late, what is sent from then on, and who is behind is dropped and told
// so.
TEST_OF(broadcast)
{
    BEGIN;
    spawn(co, 0, listens);
    spawn(co, 1, listens);
    for (self->i = 0; self->i < COUNT; self->i++) {
        if (self->i == COUNT / 2)
            weft_cancel(&self->workers[1].co);
        EXPECT(news_send(&self->with.news, self->i), true);
        WEFT_AWAIT(rest(co));
    }
    EXPECT(self->workers[0].rounds, COUNT);
    EXPECT(self->workers[1].rounds, COUNT / 2);
    EXPECT(news_is_dropped(&self->with.news, &self->subscriber), true);
    EXPECT(news_try_receive(&self->with.news, &self->subscriber), false);
    WEFT_AWAIT(news_receive(co, &self->with.news, &self->subscriber));
    EXPECT(weft_served(&self->subscriber), false);
    EXPECT(news_is_dropped(&self->with.news, &self->subscriber), true);
    news_subscribe(&self->with.news, &self->subscriber);
    for (uint32_t i = 0; i < KEPT; i++)
        news_send(&self->with.news, COUNT + i);
    WEFT_AWAIT(rest(co));
    news_close(&self->with.news);
    EXPECT(news_send(&self->with.news, 0), false);
    for (self->i = 0; self->i < KEPT; self->i++) {
        WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->with.event),
                               news_receive(of, &self->with.news, &self->subscriber)));
        EXPECT(weft_served(&self->subscriber), true);
        EXPECT(self->subscriber.item, COUNT + self->i);
    }
    WEFT_AWAIT(news_receive(co, &self->with.news, &self->subscriber));
    EXPECT(weft_served(&self->subscriber), false);
    EXPECT(news_is_dropped(&self->with.news, &self->subscriber), false);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->workers[0].rounds, COUNT + KEPT);
    END;
}
SWEEP(broadcast)

// ---- A start-up that is shared ----

WEFT_ASYNC(start)
{
    WEFT_BEGIN;
    self->with->runs++;
    for (; self->rounds; self->rounds--)
        WEFT_AWAIT(weft_yield(co));
    if (self->code)
        WEFT_FAIL(self->code);
    self->with->over++;
    WEFT_FINALLY;
    WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

static weft_stepped starts(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    WEFT_TRY_ONCE(start, &self->start, &self->attempt, &self->with->once, .with = self->with,
                  .rounds = self->rounds, .code = self->code);
    EXPECT(self->with->once.done, true);
    WEFT_END;
}

// The first runs it, the others wait, and later ones do not.
TEST_OF(once)
{
    BEGIN;
    for (uint32_t i = 0; i < 3; i++) {
        self->workers[i].rounds = 3;
        spawn(co, i, starts);
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.runs, 1);
    EXPECT(self->with.over, 1);
    for (uint32_t i = 0; i < 3; i++)
        EXPECT(outcome(self, i), WEFT_DONE);
    spawn_again(co, 0, starts);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_AWAIT(weft_once_begin(co, &self->with.once, &self->lock));
    EXPECT(weft_held(&self->lock), false);
    EXPECT(self->with.runs, 1);
    END;
}
SWEEP(once)

// Who runs it and fails has the failure, and the next who waits runs it; so when it is cancelled.
TEST_OF(once_again)
{
    BEGIN;
    self->workers[0].code = CODE;
    spawn(co, 0, starts);
    WEFT_AWAIT(weft_yield(co));
    self->workers[1].rounds = 100;
    spawn(co, 1, starts);
    WEFT_AWAIT(rest(co));
    self->workers[2].rounds = 3;
    spawn(co, 2, starts);
    WEFT_AWAIT(rest(co));
    EXPECT(outcome(self, 0), WEFT_FAILED);
    EXPECT(weft_failure(&self->workers[0].co), CODE);
    EXPECT(self->scope.count, 2);
    EXPECT(self->with.runs, 2);
    weft_cancel(&self->workers[1].co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(outcome(self, 1), WEFT_CANCELLED);
    EXPECT(outcome(self, 2), WEFT_DONE);
    EXPECT(self->with.runs, 3);
    EXPECT(self->with.over, 1);
    EXPECT(self->with.once.done, true);
    END;
}
SWEEP(once_again)

// The start-up itself is cancelled: who ran it has that for a code.
TEST_OF(once_cancelled)
{
    BEGIN;
    self->workers[0].rounds = 100;
    spawn(co, 0, starts);
    WEFT_AWAIT(rest(co));
    spawn(co, 1, starts);
    weft_cancel(&self->workers[0].start.co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(outcome(self, 0), WEFT_FAILED);
    EXPECT(weft_failure(&self->workers[0].co), WEFT_ECANCELED);
    EXPECT(outcome(self, 1), WEFT_DONE);
    EXPECT(self->with.runs, 2);
    EXPECT(self->with.over, 1);
    END;
}
SWEEP(once_cancelled)

static weft_stepped advances(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&weft_frame(co, worker)->with->clock, COUNT);
    WEFT_END;
}

// Under a deadline; and in a select, where a body of one's own runs it.
TEST_OF(once_by_hand)
{
    BEGIN;
    weft_virtual_clock_init(&self->with.clock);
    WEFT_AWAIT(weft_once_begin(co, &self->with.once, &self->lock));
    EXPECT(weft_held(&self->lock), true);
    spawn(co, 0, advances);
    self->workers[1].with = &self->with;
    WEFT_AWAIT(
        weft_call_within(co, &self->deadline, &self->with.clock.clock, COUNT, &self->workers[1].co, starts));
    EXPECT(self->deadline.expired, true);
    WEFT_AWAIT(weft_select(co, self->cases, weft_once_begin(of, &self->with.once, &self->other),
                           weft_join_all(of, &self->scope)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_held(&self->other), false);
    weft_release(&self->lock);
    WEFT_AWAIT(weft_select(co, self->cases, weft_event_wait(of, &self->with.event),
                           weft_once_begin(of, &self->with.once, &self->other)));
    EXPECT(weft_chosen(self->cases), 1);
    EXPECT(weft_held(&self->other), true);
    spawn_again(co, 0, starts);
    WEFT_AWAIT(rest(co));
    weft_once_done(&self->with.once, &self->other);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(outcome(self, 0), WEFT_DONE);
    EXPECT(self->with.runs, 0);
    END;
}
SWEEP(once_by_hand)

// ---- Scopes with a limit ----

WEFT_ASYNC(limited)
{
    WEFT_BEGIN;
    self->counted = true;
    EXPECT(self->with->inside++ < MOST, true);
    WEFT_AWAIT(weft_yield(co));
    self->with->taken++;
    WEFT_FINALLY;
    self->with->inside -= self->counted;
    WEFT_END;
}

static weft_stepped spawns(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--) {
        if (self->rounds % 2)
            WEFT_AWAIT_ROOM(self->into);
        while (weft_scope_is_full(self->into))
            WEFT_AWAIT(weft_select(co, self->cases, weft_scope_room(of, self->into)));
        limited *it = WEFT_SPAWN_NEW(limited, self->into, .with = self->with);
        if (self->rounds % 4)
            weft_detach(weft_child_of(it));
    }
    WEFT_END;
}

// However many spawn into it, and are cancelled as they wait for room.
TEST_OF(limit)
{
    BEGIN;
    self->crowd.limit = MOST;
    for (uint32_t i = 0; i < 3; i++) {
        self->workers[i].rounds = COUNT;
        self->workers[i].into = &self->crowd;
        spawn(co, i, spawns);
    }
    WEFT_AWAIT(weft_yield(co));
    weft_cancel(&self->workers[2].co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->crowd.count <= MOST, true);
    WEFT_AWAIT(weft_join_all(co, &self->crowd));
    EXPECT(self->with.taken >= 2 * COUNT, true);
    EXPECT(outcome(self, 2), WEFT_CANCELLED);
    EXPECT(self->crowd.room == NULL, true);
    END;
}
SWEEP(limit)

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(completed)                                                                                            \
    TEST(sweep_completed)                                                                                      \
    TEST(failed)                                                                                               \
    TEST(sweep_failed)                                                                                         \
    TEST(condition)                                                                                            \
    TEST(sweep_condition)                                                                                      \
    TEST(condition_cancelled)                                                                                  \
    TEST(sweep_condition_cancelled)                                                                            \
    TEST(condition_broadcast)                                                                                  \
    TEST(sweep_condition_broadcast)                                                                            \
    TEST(condition_selected)                                                                                   \
    TEST(sweep_condition_selected)                                                                             \
    TEST(broadcast)                                                                                            \
    TEST(sweep_broadcast)                                                                                      \
    TEST(once)                                                                                                 \
    TEST(sweep_once)                                                                                           \
    TEST(once_again)                                                                                           \
    TEST(sweep_once_again)                                                                                     \
    TEST(once_cancelled)                                                                                       \
    TEST(sweep_once_cancelled)                                                                                 \
    TEST(once_by_hand)                                                                                         \
    TEST(sweep_once_by_hand)                                                                                   \
    TEST(limit)                                                                                                \
    TEST(sweep_limit)
#include "weft_runner.h"
