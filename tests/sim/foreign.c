// Workload: foreign code. What a runtime of another language does in a component: it waits for calls of its own
// within Weft's tasks, and has Weft's coroutines inside of its own; it goes from task to task, is left alone by
// who polled it, and is dropped at any moment. Model: who is registered is called once, and no more when it is
// not; a coroutine inside runs once, and is over when it says so.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <weft/weft.h>

enum { CALLS = 2, INSIDES = 2 };

static weft_event gate;
static uint32_t left, tasks;

// ---- Foreign code that waits for a call ----

typedef struct {
    bool busy; // somebody polls it
    weft_waker *waker;
    wasip3_task_v2 task; // a clone of the last that it was registered with
    bool made, registered, done;
    uint32_t subtask, result;
} call;

static call calls[CALLS];

static void keep_waker(weft_waker **kept, weft_waker *waker)
{
    weft_waker *clone = waker ? weft_waker_clone(waker) : NULL;
    if (*kept)
        weft_waker_drop(*kept);
    *kept = clone;
}

static void let_go(call *it)
{
    if (it->task.vtable)
        it->task.vtable->drop(it->task.v1.ptr);
    it->task = (wasip3_task_v2){{0}, NULL};
}

static void called_back(void *data, uint32_t code);

static void register_call(call *it, void *ptr)
{
    void *before = it->task.v1.waitable_register(ptr, it->subtask, called_back, it);
    EXPECT(!before || before == it, "somebody else was registered");
    it->registered = true;
}

static void called_back(void *data, uint32_t code)
{
    call *it = data;
    EXPECT(it->registered && !it->done, "a callback comes, and nobody is registered");
    it->registered = false;
    if (code <= WEFT_SUBTASK_STARTED) {
        if (pick(3))
            register_call(it, it->task.v1.ptr);
        else if (it->waker)
            weft_waker_wake(it->waker); // to be registered by the next poll
        return;
    }
    EXPECT(code == WEFT_SUBTASK_RETURNED && it->result == 12, "a call is %u, and its result %u", code,
           it->result);
    __subtask_drop(it->subtask);
    it->done = true;
    let_go(it);
    if (it->waker)
        weft_waker_wake(it->waker);
}

static void end_call(call *it)
{
    keep_waker(&it->waker, NULL);
    *it = (call){.busy = it->busy};
}

static bool poll_call(void *data, weft_waker *waker)
{
    call *it = data;
    if (!it->made) {
        it->made = true;
        uint32_t status = workloads_add(7, 5, &it->result);
        it->done = status == WEFT_SUBTASK_RETURNED;
        it->subtask = WEFT_STATUS_COUNT(status);
    }
    if (it->done)
        return true;
    keep_waker(&it->waker, waker);
    wasip3_task *current = wasip3_task_set(NULL);
    wasip3_task_set(current);
    EXPECT(current && current->version == 3, "no task is offered");
    if (it->registered && it->task.v1.ptr == current->ptr)
        return false;
    if (it->registered && pick(2)) {
        EXPECT(it->task.v1.waitable_unregister(it->task.v1.ptr, it->subtask) == it, "it was not registered");
        it->registered = false;
    }
    wasip3_task_v2 before = it->task;
    it->task = *(wasip3_task_v2 *)(void *)current;
    it->task.v1.ptr = it->task.vtable->clone(current->ptr);
    register_call(it, it->task.v1.ptr);
    if (before.vtable)
        before.vtable->drop(before.v1.ptr);
    return false;
}

static void drop_call(call *it)
{
    if (it->made && !it->done) {
        EXPECT(it->task.v1.waitable_unregister(it->task.v1.ptr, it->subtask) == (it->registered ? it : NULL),
               "it was registered, or not");
        it->registered = false;
        __subtask_cancel(it->subtask);
        __subtask_drop(it->subtask);
    }
    let_go(it);
    end_call(it);
}

// ---- Foreign code that has a coroutine inside ----

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_subtask call;
    uint32_t result, rounds;
    weft_event over; // set unless it is cancelled
    bool begun, finalised;
} inner;

typedef struct {
    bool busy;
    weft_waker *waker;
    weft_embedded embedded;
    inner inner;
    bool started, done, dropping;
} inside;

static inside insides[INSIDES];

typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t result;
    weft_event *until;
} side;

static weft_stepped beside_run(weft_coro *co)
{
    side *self = weft_frame(co, side);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, self->until));
    WEFT_FINALLY;
    WEFT_END;
}

static void spawn_beside(weft_coro *co, weft_event *until)
{
    side *it = weft_task_spawn(co, sizeof *it, beside_run, WEFT_CANCEL_TOO);
    if (it)
        it->until = until;
}

static weft_stepped side_run(weft_coro *co)
{
    side *self = weft_frame(co, side);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, workloads_add(7, 5, &self->result)));
    WEFT_FINALLY;
    WEFT_END;
}

WEFT_ASYNC(inner)
{
    WEFT_BEGIN;
    EXPECT(!self->begun, "a coroutine inside begins twice");
    self->begun = true;
    for (self->rounds = pick(4); self->rounds; self->rounds--) {
        switch (pick(7)) {
        case 0:
            WEFT_AWAIT(weft_yield(co));
            break;
        case 1:
            WEFT_AWAIT(weft_subtask_call(co, &self->call, workloads_add(7, 5, &self->result)));
            EXPECT(self->result == 12, "the result is %u", self->result);
            break;
        case 2:
            weft_subtask_start(co, &self->call, workloads_add(7, 5, &self->result));
            WEFT_AWAIT(weft_yield(co));
            if (pick(2))
                weft_subtask_cancel(&self->call);
            else
                weft_stop_blocking(&self->call);
            WEFT_AWAIT(weft_await(co, &self->call));
            break;
        case 3:
            WEFT_AWAIT(weft_event_wait(co, &gate));
            break;
        case 4:
            weft_subtask_start(co, &self->call, workloads_add(7, 5, &self->result));
            WEFT_AWAIT(weft_subtask_await_started(co, &self->call));
            WEFT_AWAIT(weft_await(co, &self->call));
            break;
        case 5:
            if (pick(2))
                spawn_beside(co, &self->over);
            else
                (void)!weft_task_spawn(co, sizeof(side), side_run, WEFT_OUTLIVE_CANCEL);
            break;
        default: // one, or a crowd
            for (uint32_t i = pick(4) ? 1 : 12; i; i--)
                (void)!weft_spawn_new(co, &self->scope, sizeof(side), side_run);
            if (pick(2))
                WEFT_AWAIT(weft_join_all(co, &self->scope));
        }
    }
    WEFT_FINALLY;
    EXPECT(!self->finalised, "a coroutine inside is finalised twice");
    self->finalised = true;
    if (!weft_cancelled(co))
        weft_event_set(&self->over);
    weft_stop_blocking(&self->call);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    if (pick(3) == 0)
        WEFT_AWAIT(weft_yield(co));
    if (pick(3) == 0)
        spawn_beside(co, &self->over);
    if (pick(3) == 0)
        WEFT_AWAIT(weft_subtask_call(co, &self->call, workloads_add(7, 5, &self->result)));
    WEFT_END;
}

static void wake_inside(void *data)
{
    inside *it = data;
    EXPECT(!it->dropping, "who is dropped wakes its poller");
    if (it->waker)
        weft_waker_wake(it->waker);
}

static void end_inside(inside *it)
{
    EXPECT(it->inner.finalised && weft_outcome_of(&it->inner.co) != WEFT_UNFINISHED,
           "a coroutine inside is over before it has ended");
    keep_waker(&it->waker, NULL);
    *it = (inside){.busy = it->busy};
}

static void over_inside(void *data)
{
    inside *it = data;
    EXPECT(it->dropping, "it is over, and was not dropped");
    end_inside(it);
}

static bool poll_inside(void *data, weft_waker *waker)
{
    inside *it = data;
    if (!it->started) {
        WEFT_EMBEDDED_START(inner, &it->inner, &it->embedded, .scope.policy = WEFT_GO_ON);
        it->started = true;
    }
    keep_waker(&it->waker, waker);
    it->done = weft_embedded_poll(&it->embedded, wake_inside, it);
    return it->done;
}

static void drop_inside(inside *it)
{
    if (!it->started)
        return;
    it->dropping = true;
    if (it->done || weft_embedded_drop(&it->embedded, over_inside, it))
        end_inside(it);
}

// ---- The component ----

typedef struct {
    weft_coro co;
    weft_foreign wait;
    call *call;
    inside *inside;
} visitor;

// Any, or in the end one that was left.
static uint32_t next_visit(void)
{
    for (uint32_t at = 0; run.calm && at < CALLS + INSIDES; at++)
        if (at < CALLS ? calls[at].made && !calls[at].busy
                       : insides[at - CALLS].started && !insides[at - CALLS].busy)
            return at;
    return pick(CALLS + INSIDES);
}

static void visit(visitor *self)
{
    uint32_t at = next_visit();
    if (at < CALLS && !calls[at].busy)
        (self->call = &calls[at])->busy = true;
    else if (at >= CALLS && !insides[at - CALLS].busy && !insides[at - CALLS].dropping)
        (self->inside = &insides[at - CALLS])->busy = true;
}

// Drops what it visits, or leaves it to others.
static void leave(visitor *self)
{
    bool drops = run.calm || pick(2);
    if (self->call) {
        if (self->call->done)
            end_call(self->call);
        else if (drops)
            drop_call(self->call);
        self->call->busy = false;
    }
    if (self->inside) {
        if (self->inside->done)
            end_inside(self->inside);
        else if (drops)
            drop_inside(self->inside);
        self->inside->busy = false;
    }
    self->call = NULL;
    self->inside = NULL;
}

WEFT_ASYNC(visitor)
{
    WEFT_BEGIN;
    visit(self);
    if (run.calm && pick(2))
        WEFT_FINISH; // which drops it
    if (self->call)
        WEFT_AWAIT(weft_foreign_await(co, &self->wait, poll_call, self->call));
    else if (self->inside)
        WEFT_AWAIT(weft_foreign_await(co, &self->wait, poll_inside, self->inside));
    EXPECT(!self->call || self->call->done, "an await of foreign code is over before that is");
    EXPECT(!self->inside || self->inside->done, "an await of foreign code is over before that is");
    WEFT_FINALLY;
    leave(self);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint32_t rounds;
    side side;
    bool counted;
} host;

WEFT_ASYNC(host)
{
    WEFT_BEGIN;
    tasks++;
    self->counted = true;
    self->scope.policy = WEFT_GO_ON;
    for (self->rounds = 1 + pick(3); self->rounds; self->rounds--) {
        WEFT_SPAWN_NEW(visitor, &self->scope);
        switch (pick(4)) {
        case 0:
            WEFT_AWAIT(weft_yield(co));
            break;
        case 1:
            WEFT_AWAIT(weft_join_any(co, &self->scope));
            break;
        case 2:
            WEFT_AWAIT(weft_call(co, &self->side.co, side_run));
            break;
        default:
            WEFT_AWAIT(weft_join_all(co, &self->scope));
        }
    }
    WEFT_RETURN(co, exports_workloads_host, 7);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    tasks -= self->counted;
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_host, host, (void), exports_workloads_host_return(NO_MEMORY));

void open_inner_gate(void)
{
    weft_event_set(&gate);
    weft_event_clear(&gate);
}

// ---- The world ----

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    call_and_wait("host", NULL, NULL);
    left--;
}

static bool at_rest(void)
{
    for (uint32_t i = 0; i < CALLS; i++)
        if (calls[i].made)
            return false;
    for (uint32_t i = 0; i < INSIDES; i++)
        if (insides[i].started)
            return false;
    return true;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    run.memory_lasts = true; // foreign code cannot be told that there is none
    gate = (weft_event){0};
    for (uint32_t i = 0; i < CALLS; i++)
        calls[i] = (call){0};
    for (uint32_t i = 0; i < INSIDES; i++)
        insides[i] = (inside){0};
    tasks = 0;
    answer_by_script("add", add);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(4);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
    while (left || tasks || !run.calm || !at_rest()) {
        weft_sim_pause(sim);
        if (run.calm || pick(4) == 0)
            call_and_wait("tick", &(weft_sim_value){.number = 0}, NULL);
        if (run.calm && !left && !tasks && !at_rest()) { // who drops what was left
            left++;
            weft_sim_spawn(sim, one_call, NULL);
        }
    }
}

static void check(void)
{
    EXPECT(!gate.waiters, "somebody waits, and nobody is there");
}

const workload foreign_workload = {"foreign", play, check};
