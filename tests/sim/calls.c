// Workload: calls of imports. Several coroutines call at once, await in each way, stop and cancel; the peer
// takes its time, and answers or agrees to a cancel. Model: each call resolves once, as the peer says that it
// did.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { CALLS = 32 };

typedef struct {
    bool made, owned, resolved, dropped, given_up, started, ended;
    bool start_awaited, start_seen; // the peer returns no sooner
    uint32_t answer;                // of the peer: a weft_subtask_state
    uint32_t seen;                  // by the component
} call_model;

static call_model calls[CALLS];
static uint32_t call_count, active, limit, no_memory;

// ---- The component ----

typedef struct {
    weft_coro co;
    weft_subtask_owned call[2];
    uint32_t id[2], result[2];
    workloads_string_t text[2];
    weft_any any;
    weft_op *ops[2];
    uint32_t rounds, i;
} caller;

static void drop_text(void *id)
{
    EXPECT(!calls[*(uint32_t *)id].dropped, "call %u: its arguments were dropped twice", *(uint32_t *)id);
    calls[*(uint32_t *)id].dropped = true;
}

static void give_up(void *id)
{
    EXPECT(!calls[*(uint32_t *)id].given_up, "call %u: its result was given up twice", *(uint32_t *)id);
    calls[*(uint32_t *)id].given_up = true;
}

static void start_call(weft_coro *co, caller *self, uint32_t i)
{
    if (call_count == CALLS) {
        self->id[i] = 0;
        return;
    }
    uint32_t id = self->id[i] = call_count++;
    calls[id].made = true;
    self->result[i] = 0;
    if (pick(2)) {
        weft_subtask_start(co, &self->call[i].call, workloads_add(id, 5, &self->result[i]));
    } else {
        calls[id].owned = true;
        workloads_string_set(&self->text[i], "lent");
        weft_subtask_start_owned(co, &self->call[i], workloads_lend(id, self->text[i], &self->result[i]),
                                 drop_text, give_up, &self->id[i]);
    }
}

// Once for each call, when it is not in flight.
static void note_call(caller *self, uint32_t i)
{
    uint32_t id = self->id[i];
    if (!id)
        return;
    EXPECT(!weft_in_flight(&self->call[i].call), "call %u: awaited, but still in flight", id);
    EXPECT(!calls[id].resolved, "call %u: resolved twice", id);
    calls[id].resolved = true;
    calls[id].seen = weft_subtask_state_of(&self->call[i].call);
    if (calls[id].seen == WEFT_SUBTASK_RETURNED)
        EXPECT(self->result[i] == id + 5, "call %u: the result is %u", id, (unsigned)self->result[i]);
    self->id[i] = 0;
}

static void await_start(uint32_t id)
{
    calls[id].start_awaited = !calls[id].started;
}

WEFT_ASYNC(caller)
{
    WEFT_BEGIN;
    for (self->rounds = pick(4); self->rounds; self->rounds--) {
        start_call(co, self, 0);
        switch (pick(7)) {
        case 0:
            WEFT_AWAIT(weft_await(co, &self->call[0].call));
            break;
        case 1:
            await_start(self->id[0]);
            WEFT_AWAIT(weft_subtask_await_started(co, &self->call[0].call));
            calls[self->id[0]].start_seen = true;
            if (pick(2))
                weft_stop_blocking(&self->call[0].call);
            WEFT_AWAIT(weft_await(co, &self->call[0].call));
            break;
        case 6: // events come between the rounds of those who yield
            while (weft_in_flight(&self->call[0].call))
                WEFT_AWAIT(weft_yield(co));
            if (pick(2))
                weft_stop_blocking(&self->call[0].call); // gives up what nobody has taken
            WEFT_AWAIT(weft_await(co, &self->call[0].call));
            break;
        case 2:
            WEFT_AWAIT(weft_yield(co));
            if (pick(2))
                WEFT_AWAIT(weft_stop(co, &self->call[0].call));
            else
                weft_stop_blocking(&self->call[0].call);
            EXPECT(!calls[self->id[0]].owned ||
                       weft_subtask_state_of(&self->call[0].call) != WEFT_SUBTASK_RETURNED,
                   "call %u: it was stopped, and its result is left", self->id[0]);
            break;
        case 3:
            weft_subtask_cancel(&self->call[0].call);
            if (pick(2))
                WEFT_AWAIT(weft_yield(co));
            if (pick(2))
                weft_subtask_cancel(&self->call[0].call); // does nothing
            if (pick(3) == 0)
                weft_stop_blocking(&self->call[0].call);
            if (pick(2))
                WEFT_AWAIT(weft_stop(co, &self->call[0].call));
            WEFT_AWAIT(weft_await(co, &self->call[0].call));
            break;
        case 4:
            await_start(self->id[0]);
            WEFT_AWAIT(weft_subtask_await_started(co, &self->call[0].call));
            calls[self->id[0]].start_seen = true;
            weft_subtask_cancel(&self->call[0].call);
            WEFT_AWAIT(weft_await(co, &self->call[0].call));
            break;
        default:
            start_call(co, self, 1);
            for (self->i = 0; self->i < 2; self->i++)
                self->ops[self->i] = &self->call[self->i].call.op;
            WEFT_AWAIT(weft_await_any(co, &self->any, self->ops, 2));
            EXPECT(!weft__op_pends(self->ops[self->any.index]), "weft_await_any tells one in flight");
            note_call(self, self->any.index);
            if (pick(2))
                weft_stop_blocking(&self->call[1 - self->any.index].call);
            WEFT_AWAIT(weft_await(co, &self->call[1 - self->any.index].call));
            note_call(self, 1 - self->any.index);
        }
        note_call(self, 0);
    }
    WEFT_FINALLY;
    for (self->i = 0; self->i < 2; self->i++) {
        if (pick(2))
            weft_subtask_cancel(&self->call[self->i].call);
        else
            weft_stop_blocking(&self->call[self->i].call);
        if (calls[self->id[self->i]].owned && !weft_in_flight(&self->call[self->i].call))
            EXPECT(weft_subtask_state_of(&self->call[self->i].call) != WEFT_SUBTASK_RETURNED,
                   "call %u: who would have taken the result was cancelled, and nobody gives it up",
                   self->id[self->i]);
        WEFT_AWAIT(weft_await(co, &self->call[self->i].call));
        note_call(self, self->i);
    }
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    bool counted;
} call_root;

WEFT_ASYNC(call_root)
{
    WEFT_BEGIN;
    active++;
    self->counted = true;
    EXPECT(!limit || active <= limit, "%u calls run, and the limit is %u", active, limit);
    for (uint32_t i = pick(3); i < 3; i++) {
        bool whole_task = pick(4) == 0;
        caller *frame = whole_task ? WEFT_TASK_SPAWN(caller, pick(2)) : WEFT_SPAWN_NEW(caller, &self->scope);
        no_memory += !frame;
    }
    if (pick(2))
        WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_workloads_call, 7);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    if (self->counted)
        active--;
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_call, call_root, (void), exports_workloads_call_return(NO_MEMORY));

// ---- The world ----

static void answer(weft_sim *sim, void *data)
{
    weft_sim_call *call = data;
    linger();
    if (never_starts(call)) // its number is among the arguments: nobody knows it
        return;
    uint32_t id = (uint32_t)weft_sim_call_start(call)[0].number;
    EXPECT(id < call_count && !calls[id].started, "the peer is called by call %u, which is none", id);
    calls[id].started = true;
    linger();
    while (calls[id].start_awaited && !calls[id].start_seen && !weft_sim_call_cancel_asked(call))
        weft_sim_pause(sim);
    EXPECT(!calls[id].resolved || calls[id].seen == WEFT_SUBTASK_RETURNED_CANCELLED,
           "call %u: resolved before the peer has answered", id);
    calls[id].ended = true;
    if (weft_sim_call_cancel_asked(call) && pick(2)) {
        calls[id].answer = WEFT_SUBTASK_RETURNED_CANCELLED;
        weft_sim_call_cancelled(call);
        return;
    }
    calls[id].answer = WEFT_SUBTASK_RETURNED;
    weft_sim_call_return(call, &(weft_sim_value){.number = id + 5});
}

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    uint32_t result = 0;
    weft_sim_call_state state = call_and_wait("call", NULL, &result);
    if (state == WEFT_SIM_RETURNED)
        EXPECT(result == 7 || result == NO_MEMORY, "the call returned %u", result);
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    for (uint32_t i = 0; i < CALLS; i++)
        calls[i] = (call_model){0};
    call_count = 1;
    active = no_memory = 0;
    answer_by_script("add", answer);
    answer_by_script("lend", answer);
    limit = pick(3);
    extern weft_export exports_workloads_call__weft;
    weft_limit_calls(&exports_workloads_call__weft, limit);
    weft_sim_spawn(sim, calm_down, NULL);
    for (uint32_t i = pick(3); i < 3; i++) {
        weft_sim_spawn(sim, one_call, NULL);
        linger();
    }
}

static void check(void)
{
    for (uint32_t id = 1; id < call_count; id++) {
        call_model *it = &calls[id];
        EXPECT(it->resolved, "call %u: made, but never resolved", id);
        uint32_t due = it->started ? it->answer : WEFT_SUBTASK_STARTED_CANCELLED;
        if (it->given_up) {
            EXPECT(due == WEFT_SUBTASK_RETURNED, "call %u: there was no result to be given up", id);
            due = WEFT_SUBTASK_RETURNED_CANCELLED;
        }
        EXPECT(it->seen == due, "call %u: the peer said %u, and the component saw %u", id, due, it->seen);
        EXPECT(!it->dropped || due == WEFT_SUBTASK_STARTED_CANCELLED, "call %u: its arguments were the peer's",
               id);
    }
    EXPECT(!active, "%u calls are active, and none runs", active);
}

const workload call_workload = {"calls", play, check};
