// Workload: crowds. Many calls in flight at once, of several tasks; and more sleepers than there are bells,
// which an event wakes all at once. Model: each call returns what is its own; who wakes was woken.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { CALLS = 40, DOZERS = 18 };

static weft_event dawn[2]; // most wait for the first
static uint32_t dawns[2], dozers, left, next_id;

// ---- The component ----

typedef struct {
    weft_coro co;
    weft_subtask calls[CALLS];
    uint32_t id[CALLS], result[CALLS];
    weft_op *ops[CALLS];
    weft_any any;
    uint32_t count, i;
} crowd;

static void expect_own(const crowd *self, uint32_t i)
{
    EXPECT(!weft_in_flight(&self->calls[i]), "call %u of a crowd is still in flight", i);
    if (weft_subtask_state_of(&self->calls[i]) == WEFT_SUBTASK_RETURNED)
        EXPECT(self->result[i] == self->id[i] + 5, "call %u returned %u", self->id[i], self->result[i]);
}

// A scope that outlives the roots that spawn into it, one task at a time.
static weft_scope apart;

static weft_stepped apart_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    WEFT_FINALLY;
    WEFT_END;
}

static void spawn_apart(weft_coro *co)
{
    weft_coro *frame = apart.count ? NULL : weft_spawn_new(co, &apart, sizeof(weft_coro), apart_run);
    if (frame)
        weft_detach(weft_child_of(frame));
}

WEFT_ASYNC(crowd)
{
    WEFT_BEGIN;
    self->count = 1 + pick(CALLS);
    for (self->i = 0; self->i < self->count; self->i++) {
        self->id[self->i] = next_id++;
        self->ops[self->i] = &self->calls[self->i].op;
        weft_subtask_start(co, &self->calls[self->i],
                           workloads_add(self->id[self->i], 5, &self->result[self->i]));
        if (maybe(30))
            WEFT_AWAIT(weft_yield(co));
    }
    if (pick(2)) {
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, self->count));
        expect_own(self, self->any.index);
    }
    for (self->i = 0; self->i < self->count; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        expect_own(self, self->i);
    }
    if (pick(3) == 0)
        spawn_apart(co);
    WEFT_RETURN(co, exports_workloads_crowd, 7);
    WEFT_FINALLY;
    for (self->i = 0; self->i < self->count; self->i++) {
        weft_stop_blocking(&self->calls[self->i]);
        expect_own(self, self->i);
    }
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_crowd, crowd, (void), exports_workloads_crowd_return(NO_MEMORY));

typedef struct {
    weft_coro co;
    uint32_t dawns, of;
    bool begun;
} dozer;

WEFT_ASYNC(dozer)
{
    WEFT_BEGIN;
    self->begun = true;
    self->of = pick(4) == 3;
    self->dawns = dawns[self->of];
    WEFT_AWAIT(weft_event_wait(co, &dawn[self->of]));
    EXPECT(dawns[self->of] != self->dawns, "a sleeper wakes, and nobody woke it");
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    dozer dozer;
    weft_scope scope;
    weft_child child;
    weft_subtask call;
    uint32_t result, rounds, waits;
    bool counted;
} doze;

WEFT_ASYNC(doze)
{
    WEFT_BEGIN;
    dozers++;
    self->counted = true;
    for (self->rounds = 1 + pick(3); self->rounds; self->rounds--) {
        if (pick(2))
            weft_subtask_start(co, &self->call, workloads_add(0, 5, &self->result));
        if (pick(2)) {
            WEFT_CALL(dozer, &self->dozer);
        } else {
            WEFT_SPAWN(dozer, &self->dozer, &self->scope, &self->child);
            if (!weft_in_flight(&self->call) && pick(2)) {
                weft_poll poll = weft_subtask_call(co, &self->call, workloads_add(0, 5, &self->result));
                self->waits = poll.pending;
                WEFT_AWAIT(poll);
                EXPECT(self->dozer.begun || !self->waits || WEFT__HOSTILE, // whose turns end after a few steps
                       "a task waits for the host, and a coroutine is ready");
            } else if (pick(2)) {
                WEFT_AWAIT(weft_await(co, &self->call)); // its event comes beside the bell
            }
            if (pick(2))
                WEFT_AWAIT(weft_yield(co)); // perhaps while the bell is still due
            WEFT_AWAIT(weft_join_all(co, &self->scope));
            WEFT_AWAIT(weft_scope_close(co, &self->scope));
        }
        weft_stop_blocking(&self->call);
    }
    WEFT_RETURN(co, exports_workloads_doze, 7);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_stop_blocking(&self->call);
    dozers -= self->counted;
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_doze, doze, (void), exports_workloads_doze_return(NO_MEMORY));

void wake_dozers(uint32_t which)
{
    for (uint32_t i = 0; i < 2; i++) {
        if (which == 3 - i)
            continue;
        dawns[i]++;
        weft_event_set(&dawn[i]);
        weft_event_clear(&dawn[i]);
    }
}

// ---- The world ----

static bool at_dawn; // the calls of sleepers return then, so that they have two reasons to wake
static uint32_t days;

static void answer(weft_sim *sim, void *data)
{
    weft_sim_call *call = data;
    linger();
    uint32_t id = (uint32_t)weft_sim_call_start(call)[0].number;
    linger();
    for (uint32_t today = days; at_dawn && today == days && !run.calm && !weft_sim_call_cancel_asked(call);)
        weft_sim_pause(sim);
    if (weft_sim_call_cancel_asked(call) && pick(2))
        weft_sim_call_cancelled(call);
    else
        weft_sim_call_return(call, &(weft_sim_value){.number = id + 5});
}

static void one_crowd(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("crowd", NULL, NULL);
    left--;
}

static weft_sim_call *dozes[DOZERS];
static uint32_t dozes_made;

static void one_doze(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    weft_sim_call **call = &dozes[dozes_made++];
    *call = weft_sim_call_export(run.guest, NULL, "doze", NULL);
    linger();
    if (maybe(200))
        weft_sim_call_cancel(*call);
    weft_sim_call_wait(*call);
    weft_sim_call_free(*call);
    *call = NULL;
    left--;
}

// Wakes them, cancels one in so many or all but one, and wakes others, before any of them hears of it.
static void stir(void)
{
    weft_sim_call *first = weft_sim_call_export(run.guest, NULL, "tick", &(weft_sim_value){.number = 2});
    uint32_t spared = pick(DOZERS), one_in = pick(2) ? 2 + pick(6) : 0;
    for (uint32_t i = dozes_made; i--;)
        if (dozes[i] && (one_in ? pick(one_in) == 0 : i != spared))
            weft_sim_call_cancel(dozes[i]);
    weft_sim_call *second = weft_sim_call_export(run.guest, NULL, "tick", &(weft_sim_value){.number = 3});
    weft_sim_call_wait(first);
    weft_sim_call_free(first);
    weft_sim_call_wait(second);
    weft_sim_call_free(second);
}

static void begin(weft_sim *sim, weft_sim_script script, uint32_t count)
{
    dawn[0] = dawn[1] = (weft_event){0};
    dawns[0] = dawns[1] = dozers = next_id = days = dozes_made = 0;
    at_dawn = false;
    apart = (weft_scope){0};
    answer_by_script("add", answer);
    weft_sim_spawn(sim, calm_down, NULL);
    left = count;
    for (uint32_t i = 0; i < count; i++)
        weft_sim_spawn(sim, script, NULL);
}

static void play_crowd(weft_sim *sim, void *data)
{
    (void)data;
    begin(sim, one_crowd, 1 + pick(2));
}

static void play_doze(weft_sim *sim, void *data)
{
    (void)data;
    begin(sim, one_doze, pick(2) ? DOZERS : 1 + pick(DOZERS));
    at_dawn = pick(2);
    uint32_t wanted = pick(DOZERS);
    while (left || dozers) {
        weft_sim_pause(sim);
        if (!run.calm && (dozers < wanted && dozers < left ? maybe(900) : pick(6)))
            continue;
        days++;
        if (pick(2))
            weft_sim_pause(sim);
        if (maybe(600))
            stir();
        else if (run.calm || pick(8))
            call_and_wait("tick", &(weft_sim_value){.number = 1}, NULL);
    }
}

static void check(void)
{
    EXPECT(!apart.count, "who was spawned apart did not end");
    EXPECT(!dawn[0].waiters && !dawn[1].waiters && !dozers, "%u sleep for ever", dozers);
}

const workload crowd_workload = {"crowds", play_crowd, check};
const workload doze_workload = {"sleepers", play_doze, check};
