// The peer of the tasks' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "callee.h"
#include "check.h"
#include "notes.h"
#include <stdlib.h>

uint64_t exports_weft_tasks_peer_probe(void)
{
    return probe();
}

// A task's state, kept in its context slot; each export uses what it needs.
typedef struct {
    callee_waitable_set_t set;
    callee_subtask_t subtasks[3];
    uint32_t seed, results[3], tickets[3], i, sum;
    exports_weft_tasks_peer_place_t at;
    bool insists, cancelled;
    const char *step; // of the finaliser
    char steps[32];
} task;

static task *task_new(void)
{
    task *self = calloc(1, sizeof *self);
    self->set = callee_waitable_set_new();
    callee_context_set_0(self);
    return self;
}

static callee_callback_code_t task_end(task *self)
{
    callee_waitable_set_drop(self->set);
    free(self);
    return CALLEE_CALLBACK_CODE_EXIT;
}

// Takes over a call as number i; it is in flight.
static void start(task *self, int i, callee_subtask_status_t status)
{
    self->subtasks[i] = CALLEE_SUBTASK_HANDLE(status);
    if (!self->subtasks[i])
        __builtin_trap();
    callee_waitable_join(self->subtasks[i], self->set);
}

static callee_callback_code_t hold(task *self, uint32_t ticket)
{
    start(self, 0, weft_calls_peer_hold(ticket, &self->results[0]));
    return CALLEE_CALLBACK_CODE_WAIT(self->set);
}

// Takes call i out of the set and drops it.
static void drop(task *self, int i)
{
    callee_waitable_join(self->subtasks[i], 0);
    callee_subtask_drop(self->subtasks[i]);
    self->subtasks[i] = 0;
}

// The current task's state after an event that must be the return of call 0.
static task *returned(const callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (event->event != CALLEE_EVENT_SUBTASK || event->waitable != self->subtasks[0] ||
        event->code != CALLEE_SUBTASK_RETURNED)
        __builtin_trap();
    drop(self, 0);
    return self;
}

static void none(const callee_event_t *event)
{
    if (event->event != CALLEE_EVENT_NONE)
        __builtin_trap();
}

callee_callback_code_t exports_weft_tasks_peer_mix(uint32_t seed, uint32_t first, uint32_t second,
                                                   uint32_t third)
{
    task *self = task_new();
    self->seed = self->sum = seed;
    self->tickets[0] = first;
    self->tickets[1] = second;
    self->tickets[2] = third;
    return hold(self, first);
}

callee_callback_code_t exports_weft_tasks_peer_mix_callback(callee_event_t *event)
{
    task *self = returned(event);
    self->sum = 31 * self->sum + self->results[0];
    note((char)('A' + self->seed));
    if (++self->i < 3)
        return hold(self, self->tickets[self->i]);
    exports_weft_tasks_peer_mix_return(self->sum);
    return task_end(self);
}

callee_callback_code_t exports_weft_tasks_peer_early(uint32_t ticket)
{
    exports_weft_tasks_peer_early_return(ticket);
    task *self = task_new();
    self->tickets[0] = ticket;
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_tasks_peer_early_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (self->i < 3) {
        none(event);
        note('y');
        if (++self->i < 3)
            return CALLEE_CALLBACK_CODE_YIELD;
        return hold(self, self->tickets[0]);
    }
    returned(event);
    note('h');
    return task_end(self);
}

callee_callback_code_t exports_weft_tasks_peer_turns(uint32_t count)
{
    task *self = task_new();
    self->tickets[0] = count;
    if (count > 0)
        return CALLEE_CALLBACK_CODE_YIELD;
    exports_weft_tasks_peer_turns_return(0);
    return task_end(self);
}

callee_callback_code_t exports_weft_tasks_peer_turns_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    none(event);
    note('t');
    if (++self->i < self->tickets[0])
        return CALLEE_CALLBACK_CODE_YIELD;
    exports_weft_tasks_peer_turns_return(self->i);
    return task_end(self);
}

callee_callback_code_t exports_weft_tasks_peer_spin(uint32_t ticket)
{
    hold(task_new(), ticket);
    return CALLEE_CALLBACK_CODE_YIELD;
}

callee_callback_code_t exports_weft_tasks_peer_spin_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    none(event);
    callee_event_t polled;
    callee_waitable_set_poll(self->set, &polled);
    if (polled.event == CALLEE_EVENT_NONE)
        return CALLEE_CALLBACK_CODE_YIELD;
    returned(&polled);
    exports_weft_tasks_peer_spin_return(self->results[0]);
    return task_end(self);
}

static bool flag;

void exports_weft_tasks_peer_raise_flag(void)
{
    flag = true;
}

callee_callback_code_t exports_weft_tasks_peer_stand(void)
{
    while (!flag)
        callee_thread_yield();
    flag = false;
    exports_weft_tasks_peer_stand_return();
    return CALLEE_CALLBACK_CODE_EXIT;
}

callee_callback_code_t exports_weft_tasks_peer_stand_callback(callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

callee_callback_code_t exports_weft_tasks_peer_busy(uint32_t ticket)
{
    callee_backpressure_inc();
    note('B');
    return hold(task_new(), ticket);
}

callee_callback_code_t exports_weft_tasks_peer_busy_callback(callee_event_t *event)
{
    task *self = returned(event);
    note('b');
    exports_weft_tasks_peer_busy_return(self->results[0]);
    callee_backpressure_dec();
    return task_end(self);
}

// Runs the finaliser's steps: W waits for a call, L holds the last ticket; the others are notes.
static callee_callback_code_t finalise(task *self)
{
    for (; *self->step; self->step++) {
        if (*self->step == 'W') {
            start(self, 0, weft_calls_peer_nothing_later());
            return CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        if (*self->step == 'L')
            return hold(self, self->tickets[1]);
        note(*self->step);
    }
    if (self->cancelled && !self->insists)
        callee_task_cancel();
    else
        exports_weft_tasks_peer_waits_return(self->cancelled ? 1000 : self->sum);
    return task_end(self);
}

// Leaves the body: ends the calls, and goes through the finaliser.
static callee_callback_code_t leave(task *self)
{
    for (int i = 0; i < 3; i++) {
        if (!self->subtasks[i])
            continue;
        callee_waitable_join(self->subtasks[i], 0);
        note((char)('0' + callee_subtask_cancel(self->subtasks[i])));
        drop(self, i);
    }
    if (self->at == EXPORTS_WEFT_TASKS_PEER_PLACE_START && self->cancelled)
        weft_calls_peer_unblock();
    self->step = self->steps;
    return finalise(self);
}

callee_callback_code_t exports_weft_tasks_peer_waits(exports_weft_tasks_peer_place_t at, uint32_t ticket,
                                                     bool insists, uint32_t slow, uint32_t last)
{
    task *self = task_new();
    self->at = at;
    self->insists = insists;
    self->tickets[0] = ticket;
    self->tickets[1] = last;
    strcpy(self->steps, at == EXPORTS_WEFT_TASKS_PEER_PLACE_CHILD ? "Wcbaf" : "f");
    for (; slow > 0; slow--)
        strcat(self->steps, "Ws");
    if (last)
        strcat(self->steps, "L2");
    switch (at) {
    case EXPORTS_WEFT_TASKS_PEER_PLACE_ANY:
        start(self, 1, weft_calls_peer_hold(ticket + 1, &self->results[1]));
        start(self, 2, weft_calls_peer_hold(ticket + 2, &self->results[2]));
        return hold(self, ticket);
    case EXPORTS_WEFT_TASKS_PEER_PLACE_START:
        weft_calls_peer_block();
        return hold(self, ticket);
    case EXPORTS_WEFT_TASKS_PEER_PLACE_YIELD:
        return CALLEE_CALLBACK_CODE_YIELD;
    case EXPORTS_WEFT_TASKS_PEER_PLACE_NOWHERE:
        return leave(self);
    default:
        return hold(self, ticket);
    }
}

callee_callback_code_t exports_weft_tasks_peer_waits_callback(callee_event_t *event)
{
    task *self = callee_context_get_0();
    if (event->event == CALLEE_EVENT_CANCEL) {
        self->cancelled = true;
        return self->step ? (callee_callback_code_t)CALLEE_CALLBACK_CODE_WAIT(self->set) : leave(self);
    }
    if (event->event == CALLEE_EVENT_NONE)
        return CALLEE_CALLBACK_CODE_YIELD;
    if (event->code == CALLEE_SUBTASK_STARTED)
        return CALLEE_CALLBACK_CODE_WAIT(self->set);
    if (event->event != CALLEE_EVENT_SUBTASK || event->code != CALLEE_SUBTASK_RETURNED)
        __builtin_trap();
    if (self->step) {
        drop(self, 0);
        self->step++;
        return finalise(self);
    }
    // The first of the calls: the others end in their own order.
    for (int i = 0; i < 3; i++) {
        if (!self->subtasks[i])
            continue;
        if (self->subtasks[i] == event->waitable) {
            self->sum = self->results[i];
            note('2');
        } else {
            callee_waitable_join(self->subtasks[i], 0);
            note((char)('0' + callee_subtask_cancel(self->subtasks[i])));
        }
        drop(self, i);
    }
    return leave(self);
}
