// Workload: cancels, at any moment and of any coroutine: of chains of calls that wait for each kind of thing,
// with shields, and with finalisers that wait. Model: who was begun is finalised once, children before parents;
// a shield holds; what was cancelled, and waited, ends as cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../../src/internal.h"
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { DEPTH = 3, CHAINS = 4 };

typedef struct chain chain;

typedef struct {
    weft_coro co;
    chain *of;
    uint32_t depth;
    weft_subtask call[2];
    uint32_t result[2];
    weft_any any;
    weft_op *ops[2];
    bool begun, finalised, shielded, finished, starting, due;
} link;

struct chain {
    weft_child child;
    link links[DEPTH];
    uint32_t begun; // links that have, and have not been finalised
};

static uint32_t stops; // that are on the machine stack: nothing else of the component runs

static void stop(weft_subtask *call)
{
    stops++;
    weft_stop_blocking(call);
    stops--;
}

static weft_event stage;
static uint32_t live; // tasks: one that has returned may wait for the event still

static weft_stepped link_run(weft_coro *co)
{
    link *self = weft_frame(co, link);
    chain *of = self->of;
    WEFT_BEGIN;
    EXPECT(!self->begun, "a link begins twice");
    self->begun = true;
    of->begun++;
    if (pick(4) == 0) {
        self->shielded = true;
        weft_shield(co);
    }
    switch (pick(self->depth + 1 < DEPTH ? 9 : 7)) {
    case 0:
        WEFT_AWAIT(weft_yield(co));
        break;
    case 1:
        WEFT_AWAIT(weft_event_wait(co, &stage));
        break;
    case 2:
        WEFT_AWAIT(weft_subtask_call(co, &self->call[0], workloads_add(0, 0, &self->result[0])));
        EXPECT(self->shielded || weft_subtask_state_of(&self->call[0]) == WEFT_SUBTASK_RETURNED,
               "a call that was awaited to its end is %d", weft_subtask_state_of(&self->call[0]));
        break;
    case 3:
    case 6:
        weft_subtask_start(co, &self->call[0], workloads_add(0, 0, &self->result[0]));
        self->starting = true;
        WEFT_AWAIT(weft_subtask_await_started(co, &self->call[0]));
        break;
    case 4:
        for (int i = 0; i < 2; i++) {
            weft_subtask_start(co, &self->call[i], workloads_add(0, 0, &self->result[i]));
            self->ops[i] = &self->call[i].op;
        }
        WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
        break;
    case 5:
        break;
    default:
        of->links[self->depth + 1].depth = self->depth + 1;
        of->links[self->depth + 1].of = of;
        WEFT_AWAIT(weft_call(co, &of->links[self->depth + 1].co, link_run));
    }
    EXPECT(!self->shielded || weft_outcome_of(co) == WEFT_UNFINISHED, "a shielded link has ended");
    if (self->shielded)
        weft_unshield(co);
    self->shielded = false;
    self->due = weft_cancelled(co);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(!self->due, "a cancel was due after a shield, and the wait went on");
    self->finished = true;
    WEFT_FINALLY;
    EXPECT(!self->finalised, "a finaliser runs twice");
    EXPECT(!self->shielded, "a cancel went through a shield");
    EXPECT(!self->starting || !weft_in_flight(&self->call[0]) || !(self->call[0].op.status & WEFT__CANCELLING),
           "a call was cancelled while its start was awaited, and its end was not awaited");
    self->finalised = true;
    if (self->begun) {
        EXPECT(of->begun == self->depth + 1, "a parent was finalised before its child");
        of->begun--;
    }
    if (pick(2))
        WEFT_AWAIT(weft_yield(co));
    for (int i = 0; i < 2; i++)
        stop(&self->call[i]);
    if (pick(3) == 0)
        WEFT_AWAIT(weft_subtask_call(co, &self->call[0], workloads_add(0, 0, &self->result[0])));
    EXPECT(self->finished || weft_cancelled(co), "nobody has cancelled, and the body was left");
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    chain chains[CHAINS];
    uint32_t count, i;
    link own;
    weft_event over; // set unless the host has cancelled
    bool counted;
} cancel_root;

typedef struct {
    weft_coro co;
    weft_event *until;
    weft_on_cancel on_cancel;
} beside;

// A coroutine of the task's own scope, beside the root.
WEFT_ASYNC(beside)
{
    WEFT_BEGIN;
    if (self->on_cancel == WEFT_CANCEL_TOO)
        WEFT_AWAIT(weft_event_wait(co, self->until));
    else
        WEFT_AWAIT(weft_yield(co));
    EXPECT(self->on_cancel == WEFT_CANCEL_TOO || !weft_cancelled(co),
           "who is to outlive a cancel was cancelled");
    WEFT_FINALLY;
    WEFT_END;
}

static void spawn_beside(weft_coro *co, weft_event *until)
{
    weft_on_cancel on_cancel = pick(2) ? WEFT_CANCEL_TOO : WEFT_OUTLIVE_CANCEL;
    WEFT_TASK_SPAWN(beside, on_cancel, .until = until, .on_cancel = on_cancel);
}

// A cancel of one who waits for several operations is a cancel of all of them.
static void cancel_link(link *victim)
{
    bool all = victim->co.state == WEFT__ON_ANY && !victim->co.flags;
    weft_cancel(&victim->co);
    for (uint32_t i = 0; all && i < victim->any.count; i++)
        EXPECT(!weft__op_in_flight(victim->ops[i]) || victim->ops[i]->status & WEFT__CANCELLING,
               "who waits for several operations was cancelled, and operation %u was not", i);
}

WEFT_ASYNC(cancel_root)
{
    WEFT_BEGIN;
    live++;
    self->counted = true;
    self->scope.policy = WEFT_GO_ON;
    if (pick(3) == 0)
        spawn_beside(co, &self->over);
    if (pick(4) == 0)
        weft_shield(co);
    for (self->count = pick(CHAINS + 1), self->i = 0; self->i < self->count; self->i++) {
        chain *it = &self->chains[self->i];
        it->links[0].of = it;
        weft_spawn(co, &self->scope, &it->child, &it->links[0].co, link_run);
    }
    for (self->i = pick(8); self->i; self->i--) {
        if (pick(2))
            WEFT_AWAIT(weft_yield(co));
        chain *it = &self->chains[self->count ? pick(self->count) : 0];
        link *victim = &it->links[pick(DEPTH)];
        switch (pick(5)) {
        case 0:
            weft_event_set(&stage);
            weft_event_clear(&stage);
            break;
        case 2:
            weft_subtask_start(co, &self->own.call[0], workloads_add(0, 0, &self->own.result[0]));
            WEFT_AWAIT(weft_subtask_await_started(co, &self->own.call[0]));
            WEFT_AWAIT(weft_await(co, &self->own.call[0]));
            break;
        case 1:
            WEFT_AWAIT(weft_subtask_call(co, &self->own.call[0], workloads_add(0, 0, &self->own.result[0])));
            break;
        default:
            if (victim->of && self->count)
                if (victim->co.state != WEFT__IDLE)
                    cancel_link(victim);
        }
    }
    weft_unshield(co);
    if (pick(2)) {
        weft_event_set(&stage);
        WEFT_AWAIT(weft_join_all(co, &self->scope));
    }
    WEFT_RETURN(co, exports_workloads_cancel, 7);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    for (uint32_t i = 0; i < self->count; i++) {
        EXPECT(!self->chains[i].begun, "a link was begun, and never finalised");
        if (self->chains[i].links[0].of && self->chains[i].child.co)
            EXPECT(self->chains[i].links[0].finalised, "a chain was spawned, and never finalised");
    }
    stop(&self->own.call[0]);
    if (pick(4) == 0)
        spawn_beside(co, &self->over);
    if (!weft_cancelled(co))
        weft_event_set(&self->over);
    live -= self->counted;
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_cancel, cancel_root, (void),
               exports_workloads_cancel_return(NO_MEMORY));

typedef struct {
    weft_coro co;
} ping;

WEFT_ASYNC(ping)
{
    WEFT_BEGIN;
    WEFT_RETURN(co, exports_workloads_ping, 7);
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_ping, ping, (void), exports_workloads_ping_return(NO_MEMORY));

static void forget(weft_sim *sim, void *call)
{
    (void)sim;
    weft_sim_call_wait(call);
    weft_sim_call_free(call);
}

// True if the call is to be cancelled. Where cancels do not block, the component starts other calls meanwhile,
// and the peer agrees no sooner.
static bool agrees(weft_sim *sim, weft_sim_call *call)
{
    if (!weft_sim_call_cancel_asked(call))
        return false;
    if (weft__unwind_call) {
        weft_sim_call *other = weft_sim_call_export(run.guest, NULL, "ping", NULL);
        while (!stops && weft_sim_call_status(other) < WEFT_SIM_RETURNED)
            weft_sim_pause(sim);
        weft_sim_spawn(sim, forget, other);
    }
    return pick(2);
}

static void answer(weft_sim *sim, void *data)
{
    weft_sim_call *call = data;
    linger();
    if (agrees(sim, call)) {
        weft_sim_call_cancelled(call);
        return;
    }
    weft_sim_call_start(call);
    linger();
    if (agrees(sim, call))
        weft_sim_call_cancelled(call);
    else
        weft_sim_call_return(call, &(weft_sim_value){.number = 1});
}

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("cancel", NULL, NULL);
}

// One that waits for the event in no shield of its own is to be woken by somebody.
static bool all_over;
static uint32_t left;

static void counted_call(weft_sim *sim, void *data)
{
    one_call(sim, data);
    all_over = --left == 0;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    stage = (weft_event){0};
    all_over = false;
    live = stops = 0;
    answer_by_script("add", answer);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(2);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, counted_call, NULL);
    while (!all_over || live) {
        weft_sim_pause(sim);
        if (run.calm)
            call_and_wait("tick", &(weft_sim_value){.number = 0}, NULL);
    }
}

static void check(void)
{
    EXPECT(!stage.waiters, "somebody waits, and nobody is there");
}

void set_stage(void)
{
    weft_event_set(&stage);
    weft_event_clear(&stage);
}

const workload cancel_workload = {"cancels", play, check};
