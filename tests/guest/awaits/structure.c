// The sweep over what waits for others of the component: scopes, deadlines, channels, locks, events, shields.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "sweep.h"

static uint64_t peer_probe(void)
{
    return weft_calls_peer_probe();
}

static int late; // coroutines of the task's scope that have not ended

static void expect_clean(void)
{
    EXPECT(late, 0);
}

// Yields so many times, then calls, and fails if it has a code.
typedef struct {
    FRAME
    uint32_t rounds, result;
    int32_t code;
    weft_subtask call;
    cleanup cleanup;
} worker;

static weft_stepped worker_run(weft_coro *co)
{
    worker *self = weft_frame(co, worker);
    WEFT_BEGIN;
    for (; self->rounds; self->rounds--)
        WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_calls_peer_add_later(1, 2, &self->result)));
    if (self->code)
        WEFT_FAIL(self->code);
    FINALLY;
    CLEAN_UP;
    WEFT_END;
}

// Three in a scope, of which the second fails.
typedef struct {
    FRAME
    weft_scope scope;
    weft_child children[3];
    worker workers[3];
    uint32_t round;
    cleanup cleanup;
} three;

static void spawn_three(three *self, weft_policy policy, int32_t code)
{
    self->scope.policy = policy;
    for (uint32_t i = 0; i < 3; i++) {
        self->workers[i] = (worker){.rounds = 2 * i + (i != 1), .code = i == 1 ? code : 0};
        weft_spawn(&self->co, &self->scope, &self->children[i], &self->workers[i].co, worker_run);
    }
}

// All have ended, each by one finaliser, if they were spawned.
static void expect_ended(const three *self)
{
    for (int i = 0; i < 3; i++) {
        EXPECT(self->workers[i].finalised, self->workers[i].co.run != NULL);
        EXPECT(self->workers[i].co.run && weft_outcome_of(&self->workers[i].co) == WEFT_UNFINISHED, false);
    }
    EXPECT(self->scope.count, 0);
}

typedef three end_siblings;

static weft_stepped end_siblings_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    for (self->round = 1; self->round <= 2; self->round++) {
        while (weft_next_ended(&self->scope)) {
        }
        spawn_three(self, WEFT_END_SIBLINGS, 5);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        EXPECT(self->scope.failure, 5);
        EXPECT(weft_outcome_of(&self->workers[2].co), WEFT_CANCELLED);
    }
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    expect_ended(self);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(end_siblings)

typedef three tell_parent;

static weft_stepped tell_parent_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    spawn_three(self, WEFT_TELL_PARENT, 5);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->scope.failed, true);
    weft_scope_acknowledge(&self->scope);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->scope.count, 0);
    EXPECT(self->workers[2].result, 3);
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    expect_ended(self);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(tell_parent)

typedef three go_on;

static weft_stepped go_on_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    spawn_three(self, WEFT_GO_ON, 5);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_outcome_of(&self->workers[2].co), WEFT_DONE);
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    expect_ended(self);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(go_on)

typedef three race;

static weft_stepped race_run(weft_coro *co)
{
    three *self = weft_frame(co, three);
    WEFT_BEGIN;
    spawn_three(self, WEFT_END_SIBLINGS, 0);
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    EXPECT(weft_next_ended(&self->scope) - self->children, 0);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(weft_outcome_of(&self->workers[2].co), WEFT_CANCELLED);
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    expect_ended(self);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(race)

// Scopes in a child of a scope.
typedef struct {
    FRAME
    weft_scope scope;
    weft_child children[2];
    end_siblings first;
    race second;
    cleanup cleanup;
} scopes;

static weft_stepped scopes_run(weft_coro *co)
{
    scopes *self = weft_frame(co, scopes);
    WEFT_BEGIN;
    weft_spawn(co, &self->scope, &self->children[0], &self->first.co, end_siblings_run);
    weft_spawn(co, &self->scope, &self->children[1], &self->second.co, race_run);
    WEFT_AWAIT(weft_join(co, &self->children[1]));
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->first.finalised, self->first.co.run != NULL);
    EXPECT(self->second.finalised, self->second.co.run != NULL);
    expect_ended(&self->first);
    expect_ended(&self->second);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(scopes)

// Frames of the library's, some given up.
typedef struct {
    FRAME
    weft_scope scope;
    uint32_t i, before;
    worker *child;
    cleanup cleanup;
} allocated;

static weft_stepped allocated_run(weft_coro *co)
{
    allocated *self = weft_frame(co, allocated);
    WEFT_BEGIN;
    self->before = live_bytes;
    for (self->i = 0; self->i < 4; self->i++) {
        self->child = weft_spawn_new(co, &self->scope, sizeof *self->child, worker_run);
        if (!self->child)
            WEFT_FAIL(NO_MEMORY);
        self->child->rounds = self->i;
        if (self->i % 2)
            weft_detach(weft_child_of(self->child));
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    weft_detach(weft_next_ended(&self->scope));
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(live_bytes, self->before ? self->before : live_bytes);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(allocated)

// Those in the scope of the task outlive the root: its cancel does not reach them.
typedef struct {
    FRAME
    uint32_t i;
} outliving;

static weft_stepped outliving_run(weft_coro *co)
{
    outliving *self = weft_frame(co, outliving);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    FINALLY;
    EXPECT(weft_cancelled(co), false);
    late--;
    WEFT_END;
}

typedef struct {
    FRAME
    uint32_t i;
    cleanup cleanup;
} task_spawn;

static weft_stepped task_spawn_run(weft_coro *co)
{
    task_spawn *self = weft_frame(co, task_spawn);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 2; self->i++) {
        if (!weft_task_spawn(co, sizeof(outliving), outliving_run,
                             self->i ? WEFT_CANCEL_TOO : WEFT_OUTLIVE_CANCEL))
            WEFT_FAIL(NO_MEMORY);
        late++;
        WEFT_AWAIT(weft_yield(co));
    }
    FINALLY;
    CLEAN_UP;
    WEFT_END;
}

SWEEP(task_spawn)

static weft_virtual_clock time_;

typedef struct {
    FRAME
} ticker;

static weft_stepped ticker_run(weft_coro *co)
{
    ticker *self = weft_frame(co, ticker);
    WEFT_BEGIN;
    for (;;) {
        weft_virtual_clock_advance(&time_, 1);
        WEFT_AWAIT(weft_yield(co));
    }
    FINALLY;
    WEFT_END;
}

// One deadline is met, and one is not.
typedef struct {
    FRAME
    weft_scope scope;
    weft_child child;
    ticker ticker;
    weft_deadline deadline;
    weft_timer timer;
    worker in_time, late;
    cleanup cleanup;
} deadlines;

static weft_stepped deadlines_run(weft_coro *co)
{
    deadlines *self = weft_frame(co, deadlines);
    WEFT_BEGIN;
    weft_virtual_clock_init(&time_);
    weft_spawn(co, &self->scope, &self->child, &self->ticker.co, ticker_run);
    self->in_time.rounds = 1;
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &time_.clock, 100, &self->in_time.co, worker_run));
    EXPECT(self->deadline.expired, false);
    EXPECT(self->in_time.result, 3);
    self->late.rounds = 100;
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &time_.clock, 3, &self->late.co, worker_run));
    EXPECT(self->deadline.expired, true);
    EXPECT(weft_outcome_of(&self->late.co), WEFT_CANCELLED);
    WEFT_AWAIT(weft_sleep(co, &time_.clock, &self->timer, 3));
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->in_time.finalised, self->in_time.co.run != NULL);
    EXPECT(self->late.finalised, self->late.co.run != NULL);
    EXPECT(time_.first == NULL, true);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(deadlines)

WEFT_CHANNEL(buffered, uint32_t, 2);
WEFT_CHANNEL(direct, uint32_t, 0);

// Sends each number that comes back, one more.
typedef struct {
    FRAME
    buffered *in;
    direct *out;
    buffered_slot got;
    direct_slot sent;
} echo;

static weft_stepped echo_run(weft_coro *co)
{
    echo *self = weft_frame(co, echo);
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(buffered_receive(co, self->in, &self->got));
        if (!weft_served(&self->got))
            break;
        WEFT_AWAIT(direct_send(co, self->out, &self->sent, self->got.item + 1));
    }
    FINALLY;
    WEFT_END;
}

typedef struct {
    FRAME
    weft_scope scope;
    weft_child child;
    echo echo;
    buffered there;
    direct back;
    buffered_slot sent;
    direct_slot got;
    uint32_t i;
    cleanup cleanup;
} channels;

static weft_stepped channels_run(weft_coro *co)
{
    channels *self = weft_frame(co, channels);
    WEFT_BEGIN;
    self->echo.in = &self->there;
    self->echo.out = &self->back;
    weft_spawn(co, &self->scope, &self->child, &self->echo.co, echo_run);
    for (self->i = 0; self->i < 4; self->i++) {
        WEFT_AWAIT(buffered_send(co, &self->there, &self->sent, self->i));
        EXPECT(weft_served(&self->sent), true);
        WEFT_AWAIT(direct_receive(co, &self->back, &self->got));
        EXPECT(self->got.item, self->i + 1);
    }
    // three fit: one that nobody takes back, and two inside
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(buffered_send(co, &self->there, &self->sent, self->i));
    FINALLY;
    buffered_close(&self->there);
    direct_close(&self->back);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->there.base.senders == NULL && self->there.base.receivers == NULL, true);
    EXPECT(self->back.base.senders == NULL && self->back.base.receivers == NULL, true);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(channels)

// Three that take a lock after the root, and hold it for a turn.
typedef struct {
    FRAME
    weft_semaphore *of;
    weft_permit permit;
} locker;

static uint32_t inside;

static weft_stepped locker_run(weft_coro *co)
{
    locker *self = weft_frame(co, locker);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, self->of, &self->permit));
    inside++;
    EXPECT(inside <= (self->of->limit ? self->of->limit : 1), true);
    WEFT_AWAIT(weft_yield(co));
    inside--;
    FINALLY;
    if (weft_cancelled(co) && weft_held(&self->permit) && inside)
        inside--;
    weft_release(&self->permit);
    WEFT_END;
}

typedef struct {
    FRAME
    weft_scope scope;
    weft_child children[3];
    locker lockers[3];
    weft_semaphore semaphore;
    weft_permit permit, second;
    cleanup cleanup;
} locks;

static weft_stepped locks_run(weft_coro *co)
{
    locks *self = weft_frame(co, locks);
    WEFT_BEGIN;
    inside = 0;
    WEFT_AWAIT(weft_acquire(co, &self->semaphore, &self->permit));
    for (int i = 0; i < 3; i++) {
        self->lockers[i].of = &self->semaphore;
        weft_spawn(co, &self->scope, &self->children[i], &self->lockers[i].co, locker_run);
    }
    WEFT_AWAIT(weft_yield(co));
    weft_release(&self->permit);
    // behind the others
    WEFT_AWAIT(weft_acquire(co, &self->semaphore, &self->second));
    WEFT_AWAIT(weft_yield(co));
    FINALLY;
    weft_release(&self->permit);
    weft_release(&self->second);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->semaphore.taken, 0);
    EXPECT(self->semaphore.waiters == NULL, true);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(locks)

// The same with two permits.
typedef locks permits;

static weft_stepped permits_run(weft_coro *co)
{
    weft_frame(co, locks)->semaphore.limit = 2;
    return locks_run(co);
}

SWEEP(permits)

// An event that a child sets.
typedef struct {
    FRAME
    weft_event *event;
} setter;

static weft_stepped setter_run(weft_coro *co)
{
    setter *self = weft_frame(co, setter);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    weft_event_set(self->event);
    FINALLY;
    WEFT_END;
}

typedef struct {
    FRAME
    weft_scope scope;
    weft_child child;
    setter setter;
    weft_event event;
    cleanup cleanup;
} events;

static weft_stepped events_run(weft_coro *co)
{
    events *self = weft_frame(co, events);
    WEFT_BEGIN;
    self->setter.event = &self->event;
    weft_spawn(co, &self->scope, &self->child, &self->setter.co, setter_run);
    WEFT_AWAIT(weft_event_wait(co, &self->event));
    weft_event_clear(&self->event);
    weft_event_set(&self->event);
    WEFT_AWAIT(weft_event_wait(co, &self->event));
    WEFT_AWAIT(weft_yield(co));
    FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->event.waiters == NULL, true);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(events)

// A section that no cancel cuts short, with calls inside.
typedef struct {
    FRAME
    worker worker;
    bool entered, left;
    cleanup cleanup;
} shielded;

static weft_stepped shielded_run(weft_coro *co)
{
    shielded *self = weft_frame(co, shielded);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    weft_shield(co);
    self->entered = true;
    self->worker.rounds = 2;
    WEFT_AWAIT(weft_call(co, &self->worker.co, worker_run));
    EXPECT(weft_outcome_of(&self->worker.co), WEFT_DONE);
    EXPECT(self->worker.result, 3);
    self->left = true;
    weft_unshield(co);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_cancelled(co), false);
    FINALLY;
    EXPECT(self->left, self->entered);
    CLEAN_UP;
    WEFT_END;
}

SWEEP(shielded)

#define TESTS                                                                                                  \
    SWEPT(end_siblings)                                                                                        \
    SWEPT(tell_parent)                                                                                         \
    SWEPT(go_on)                                                                                               \
    SWEPT(race)                                                                                                \
    SWEPT(scopes)                                                                                              \
    SWEPT(allocated)                                                                                           \
    SWEPT(task_spawn)                                                                                          \
    SWEPT(deadlines)                                                                                           \
    SWEPT(channels)                                                                                            \
    SWEPT(locks)                                                                                               \
    SWEPT(permits)                                                                                             \
    SWEPT(events)                                                                                              \
    SWEPT(shielded)
#include "weft_runner.h"
