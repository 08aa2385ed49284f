// What an event meets: looked up in the runtime's private state before the event is delivered. Events come by a
// callback, or are polled for between rounds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "observe.h"

#include <stdlib.h>
#include "../../src/internal.h"
#include <weft/weft.h>

enum { NONE, STARTED, RESOLVED, STREAM_READ, STREAM_WRITE, FUTURE_READ, FUTURE_WRITE, CANCELLED, EVENTS };
static const char *const event_names[] = {"NONE",         "SUBTASK started", "SUBTASK resolved", "STREAM_READ",
                                          "STREAM_WRITE", "FUTURE_READ",     "FUTURE_WRITE",     "CANCEL"};

// Of the operation that it is for, or of the root coroutine of the task.
enum {
    AWAITED,
    ON_START,
    ON_ANY,
    UNAWAITED,
    BACKGROUND,
    CANCELLING_AWAITED,
    CANCELLING_UNAWAITED,
    NO_OPERATION,
    ROUSE,
    OF_OPERATIONS,
    ROOT = OF_OPERATIONS, // + enum weft__coro_state from WEFT__ON_OP to WEFT__ON_SCOPE
    ROOT_LOCAL = ROOT + WEFT__ON_SCOPE - WEFT__ON_OP + 1, // + enum weft__coro_state from WEFT__ON_ANY_TASK
    ROOT_FINALLY = ROOT_LOCAL + WEFT__ON_TICKET - WEFT__ON_ANY_TASK + 1,
    ROOT_SHIELDED,
    ROOT_ENDED,
    ROOT_READY,
    STATES
};
static const char *const state_names[] = {"awaited",
                                          "its start is awaited",
                                          "one of several awaited",
                                          "nobody waits",
                                          "in the background",
                                          "cancelling, awaited",
                                          "cancelling, nobody waits",
                                          "no operation",
                                          "a rouse",
                                          "root waits for an operation",
                                          "root waits for a start",
                                          "root waits for several",
                                          "root selects",
                                          "root waits for a child",
                                          "root yields",
                                          "root waits in a scope",
                                          "root waits for an event",
                                          "root waits with a ticket",
                                          "root in its finaliser",
                                          "root shielded",
                                          "root has ended",
                                          "root woken by another task"};

uint64_t pairs[PAIRS_MAX];
const uint32_t pair_count = EVENTS * STATES;
_Static_assert(EVENTS *STATES <= PAIRS_MAX, "room for all pairs");

static const char *reason(uint32_t event, uint32_t state)
{
    bool of_task = event == NONE || event == CANCELLED;
    if (of_task != (state >= OF_OPERATIONS))
        return of_task ? "an event of a task has no operation" : "an event of an operation asks for no root";
    if (state == BACKGROUND && (event == STREAM_WRITE || event == FUTURE_READ))
        return "what runs in the background is a write of a future, a call of foreign code, or a read of the "
               "runtime's own stream";
    if (state == ROUSE && event != STREAM_READ)
        return "a rouse is a read of the runtime's own stream";
    if (state == ON_START && event > RESOLVED)
        return "only a call has a start";
    if (event == STARTED && state == NO_OPERATION)
        return "a subtask is in flight until it has resolved, and its handle goes with that";
    if (event == RESOLVED && state == NO_OPERATION)
        return "a subtask is in flight until it has resolved, and its handle goes with that";
    if (event == NONE && state == ROOT + WEFT__ON_ANY - WEFT__ON_OP)
        return "NONE wakes who yields: no root of a workload waits so while another coroutine yields";
    if (event == FUTURE_READ && state == NO_OPERATION)
        return "a future's writer writes before it goes";
    if (event == CANCELLED && state == ROOT_ENDED)
        return "a task whose root has ended has returned, and is sent no CANCEL";
    return NULL;
}

pair_name pair_of(uint32_t at)
{
    return (pair_name){event_names[at / STATES], state_names[at % STATES], reason(at / STATES, at % STATES)};
}

static void saw(uint32_t event, uint32_t state)
{
    pairs[event * STATES + state]++;
}

static uint32_t state_of(const weft_op *op)
{
    bool cancelling = op->status & WEFT__CANCELLING;
    if (!op->cancel)
        return BACKGROUND;
    if (!op->waiter)
        return cancelling ? CANCELLING_UNAWAITED : UNAWAITED;
    if (op->waiter->state == WEFT__ON_START)
        return ON_START;
    if (op->waiter->state == WEFT__ON_ANY)
        return ON_ANY;
    return cancelling ? CANCELLING_AWAITED : AWAITED;
}

// A bell is known to wake.c alone; its reader comes first.
static bool is_bell(const weft_task *task, uint32_t waitable)
{
    return task && !(task->flags & WEFT__QUEUED) && task->rouse.bell &&
           *(const uint32_t *)(const void *)task->rouse.bell == waitable;
}

static void saw_operation(const weft_task *task, uint32_t event, uint32_t waitable, uint32_t code)
{
    static const uint8_t events[] = {[WEFT_EVENT_SUBTASK] = RESOLVED,
                                     [WEFT_EVENT_STREAM_READ] = STREAM_READ,
                                     [WEFT_EVENT_STREAM_WRITE] = STREAM_WRITE,
                                     [WEFT_EVENT_FUTURE_READ] = FUTURE_READ,
                                     [WEFT_EVENT_FUTURE_WRITE] = FUTURE_WRITE};
    uint32_t row = event == WEFT_EVENT_SUBTASK && code <= WEFT_SUBTASK_STARTED ? STARTED : events[event];
    const weft_coro *alone = task ? task->alone : NULL;
    const weft_op *op = weft__op_find(waitable);
    if (alone && alone->on.op->handle == waitable)
        saw(row, alone->state == WEFT__ON_START ? ON_START : AWAITED);
    else if (op)
        saw(row, state_of(op));
    else
        saw(row, is_bell(task, waitable) ? ROUSE : NO_OPERATION);
}

static uint32_t look_and_call_back(uint32_t event, uint32_t waitable, uint32_t code)
{
    weft_task_event all = {event, waitable, code};
    const weft_task *task = __context_get_0();
    const weft_coro *root = (const weft_coro *)(task + 1);
    if (event != WEFT_EVENT_NONE && event != WEFT_EVENT_CANCEL) {
        saw_operation(task, event, waitable, code);
    } else {
        uint32_t state = root->state >= WEFT__ON_ANY_TASK
                             ? ROOT_LOCAL + (uint32_t)root->state - WEFT__ON_ANY_TASK
                             : ROOT + (uint32_t)root->state - WEFT__ON_OP;
        if (task->flags & WEFT__ROOT_ENDED)
            state = ROOT_ENDED;
        else if (root->state == WEFT__READY)
            state = ROOT_READY;
        else if (root->flags & WEFT__FINALLY)
            state = ROOT_FINALLY;
        else if (root->flags & WEFT__SHIELD)
            state = ROOT_SHIELDED;
        saw(event == WEFT_EVENT_NONE ? NONE : CANCELLED, state);
    }
    return weft_task_callback(&all, task ? task->from->run : NULL);
}

// The linker gives these the place of the built-ins (--wrap).
uint32_t __real___waitable_set_poll(uint32_t set, uint32_t *event);
uint32_t __wrap___waitable_set_poll(uint32_t set, uint32_t *event);
uint32_t __wrap___waitable_set_poll(uint32_t set, uint32_t *event)
{
    uint32_t code = __real___waitable_set_poll(set, event);
    if (code != WEFT_EVENT_NONE && __context_get_0()) // NULL: of an export that blocks
        saw_operation(__context_get_0(), code, event[0], event[1]);
    return code;
}

weft_sim_component observed_component(void)
{
    static weft_sim_export exports[64];
    weft_sim_component component = component_of_stubs;
    for (uint32_t i = 0; i < component.export_count; i++) {
        exports[i] = component.exports[i];
        if (exports[i].callback)
            exports[i].callback = look_and_call_back;
    }
    component.exports = exports;
    return component;
}
