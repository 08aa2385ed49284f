// Tasks: how an export's code starts, waits by its callback's answer or by blocking, is cancelled, returns, and
// ends. While it waits by its answer, a task has no stack. Spec: Task, Thread, canon_lift, canon_task_return,
// canon_task_cancel.
// docs/sim.md has where this leaves the spec.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

static bool is_async(const weft_sim__task *task)
{
    return task->export && task->export->func.is_async;
}

static bool has_backpressure(const weft_sim_instance *instance)
{
    return instance->backpressure || instance->exclusive;
}

// What it waits for is there; the rest is its instance's.
static bool is_served(const weft_sim__task *task)
{
    switch (task->wait) {
    case WAIT_SET:
        return task->set->ready.count || task->cancels;
    case WAIT_BLOCKED:
        return task->set->ready.count;
    case WAIT_WAITABLE:
        return task->waitable->event;
    case WAIT_CALL:
        return weft_sim__call_resolved(task->on_call);
    default:
        return true;
    }
}

void weft_sim__task_look(weft_sim__task *task)
{
    weft_sim_instance *instance = task->instance;
    bool is_queued = task->waiter.in.queue;
    if (!task->waiter.in.place || is_served(task) == is_queued)
        return;
    if (is_queued)
        weft_sim__queue_remove(&task->waiter.in);
    else
        weft_sim__queue_add(instance->sim,
                            task->wait == WAIT_ENTER    ? &instance->entering
                            : task->wait < WAIT_BLOCKED ? &instance->called_back
                                                        : &instance->blocking,
                            &task->waiter.in);
}

static void begin_wait(weft_sim__task *task)
{
    weft_sim__wait(task->instance->sim, &task->waiter);
    weft_sim__task_look(task);
}

static void unlock(weft_sim__task *task)
{
    if (task->instance->exclusive != task)
        return;
    task->instance->exclusive = NULL;
    if (task->instance->blocked)
        task->instance->unlocked = ++task->instance->sim->clock;
    task->instance->blocked = false;
}

static void unlink_task(weft_sim__task *task)
{
    weft_sim *sim = task->instance->sim;
    if (task->next)
        task->next->previous = task->previous;
    if (task->previous)
        task->previous->next = task->next;
    else
        task->instance->tasks = task->next;
    weft_sim__release(task);
    sim->handle_count--;
}

static void end(weft_sim__task *task)
{
    weft_sim *sim = task->instance->sim;
    if (task->state != TASK_RESOLVED)
        weft_sim__trap(sim, WEFT_SIM_TRAP_NO_RESULT, "%s", task->export->func.name);
    weft_sim__note(sim, "task ends", task->export->func.name, 0, 0, 0, 0);
    unlock(task);
    unlink_task(task);
}

static void resolve(weft_sim__task *task, weft_sim_value *result, bool cancelled)
{
    weft_sim_call *call = task->call;
    task->state = TASK_RESOLVED;
    task->cancels = 0;
    task->call = NULL;
    weft_sim__call_resolve(call, result, cancelled);
}

static void check_borrows(weft_sim__task *task)
{
    if (task->borrows)
        weft_sim__trap(task->instance->sim, WEFT_SIM_TRAP_BORROWS_REMAIN, "%s holds %u",
                       task->export->func.name, (unsigned)task->borrows);
}

static weft_sim__event cancel_event(weft_sim__task *task)
{
    task->cancels--;
    task->cancelled = true;
    task->state = TASK_CANCEL_DELIVERED;
    return (weft_sim__event){.code = EVENT_CANCEL};
}

static void call_back(weft_sim__task *task, weft_sim__event event)
{
    weft_sim *sim = task->instance->sim;
    if (event.code == EVENT_CANCEL || event.code == EVENT_NONE)
        sim->counts.events[event.code]++;
    task->wait = WAIT_NOT;
    weft_sim__note(sim, "callback", task->export->func.name, 3, event.code, event.waitable, event.payload);
    sim->call = NULL;
    task->answer = task->export->callback(event.code, event.waitable, event.payload);
}

// Does what the callback's answer says, until the task waits, or ends.
static void follow(weft_sim__task *task)
{
    weft_sim *sim = task->instance->sim;
    for (;;) {
        uint32_t code = task->answer & 0xf, handle = task->answer >> 4;
        sim->call_handle = 0;
        switch (code) {
        case CODE_EXIT:
            sim->call = "EXIT";
            end(task);
            return;
        case CODE_YIELD:
            weft_sim__note(sim, "YIELD", NULL, 0, 0, 0, 0);
            break;
        case CODE_WAIT:
            sim->call = "WAIT";
            sim->call_handle = handle;
            task->set = weft_sim__handle_get(task->instance, handle, KIND_SET);
            weft_sim__note(sim, "WAIT", NULL, 1, handle, 0, 0);
            break;
        default:
            sim->call = "callback's answer";
            weft_sim__trap(sim, WEFT_SIM_TRAP_CALLBACK_CODE, "%u", (unsigned)task->answer);
        }
        unlock(task);
        weft_sim__event event = {0};
        if (task->cancels) {
            event = cancel_event(task);
        } else if (code == CODE_WAIT && task->set->ready.count &&
                   !weft_sim_chance(sim, WEFT_SIM_CHOOSE_PASS, sim->options.block)) {
            event = weft_sim__set_take(task->instance, task->set);
        } else if (code == CODE_WAIT || !weft_sim_chance(sim, WEFT_SIM_CHOOSE_PASS, sim->options.eager_yield)) {
            task->wait = code == CODE_WAIT ? WAIT_SET : WAIT_YIELD;
            task->waiter.yields = code == CODE_YIELD;
            task->waiter.also[0] = code == CODE_WAIT ? &task->set->since : NULL;
            if (code == CODE_WAIT)
                weft_sim__list_add(sim, &task->set->waiting, task);
            begin_wait(task);
            return;
        }
        weft_sim__count_step(sim);
        task->instance->exclusive = task;
        call_back(task, event);
    }
}

static void run_entry(weft_sim__task *task)
{
    weft_sim_instance *instance = task->instance;
    weft_sim *sim = instance->sim;
    const weft_sim_func *func = &task->export->func;
    weft_sim_context context = {instance, task};
    weft_sim_core core[16] = {{0}}, result = {0};

    sim->current = task;
    task->wait = WAIT_NOT;
    task->state = TASK_STARTED;
    weft_sim_call *call = task->call;
    weft_sim__call_take_args(call);
    weft_sim_lower(&context, func->params, func->param_count, 16, call->args, core, NULL);
    for (uint32_t i = 0; i < func->param_count; i++)
        weft_sim_value_free(func->params[i].type, &call->args[i]);
    weft_sim__release(call->args);
    call->args = NULL;
    weft_sim__note(sim, "task starts", func->name, 0, 0, 0, 0);
    sim->call = NULL;
    task->export->entry(core, &result);
    if (func->async_abi) {
        task->answer = result.i32;
        follow(task);
        return;
    }
    sim->call = func->name;
    sim->call_handle = 0;
    weft_sim_value value = {0};
    if (func->result)
        weft_sim_lift(&context, &(weft_sim_part){NULL, func->result}, 1, 1, &result, &value);
    check_borrows(task);
    resolve(task, func->result ? &value : NULL, false);
    if (task->export->post_return) {
        instance->may_leave = false;
        task->export->post_return(&result);
        instance->may_leave = true;
    }
    end(task);
}

static void start_body(void *data)
{
    run_entry(data);
}

typedef struct event_for {
    weft_sim__task *task;
    weft_sim__event event;
} event_for;

static void call_back_body(void *data)
{
    event_for it = *(event_for *)data;
    it.task->instance->sim->current = it.task;
    call_back(it.task, it.event);
    follow(it.task);
}

static void go_on(weft_sim__task *task)
{
    weft_sim_instance *instance = task->instance;
    weft_sim *sim = instance->sim;
    switch (task->wait) {
    case WAIT_ENTER:
        instance->waiting_to_enter--;
        instance->exclusive = task;
        weft_sim__fiber_start(sim, start_body, task);
        break;
    case WAIT_YIELD:
    case WAIT_SET: {
        event_for it = {.task = task};
        sim->current = task; // for the transcript
        if (task->wait == WAIT_SET)
            weft_sim__list_remove(&task->set->waiting, task);
        if (task->cancels)
            it.event = cancel_event(task);
        else if (task->wait == WAIT_SET)
            it.event = weft_sim__set_take(task->instance, task->set);
        instance->exclusive = task;
        weft_sim__fiber_start(sim, call_back_body, &it);
        break;
    }
    default:
        weft_sim__fiber_resume(sim, task->fiber);
    }
    sim->current = NULL;
}

static void go(weft_sim__waiter *waiter)
{
    weft_sim__task *task = (weft_sim__task *)waiter;
    weft_sim_instance *instance = task->instance;
    weft_sim__enter(instance, NULL);
    go_on(task);
    weft_sim__leave(instance, NULL);
}

typedef struct sync_run {
    weft_sim__task *task;
    void (*body)(void *data);
    void *data;
    bool over;
} sync_run;

static void sync_body(void *data)
{
    sync_run *it = data;
    it->task->instance->sim->current = it->task;
    it->body(it->data);
    it->over = true;
}

// While it waits, what has started in its instance goes on, and nothing else: its caller's stack is below it.
// Spec: the loop at the end of canon_lift.
void weft_sim__run_sync(weft_sim__task *task, void (*body)(void *data), void *data)
{
    weft_sim *sim = task->instance->sim;
    weft_sim__task *caller = sim->current;
    sync_run it = {task, body, data, false};
    weft_sim__fiber_start(sim, sync_body, &it);
    while (!it.over) {
        weft_sim__task *holder = sim->options.holder_goes_on ? NULL : task->instance->exclusive;
        weft_sim__waiter *waiter = weft_sim__pick(sim, task->instance, holder ? &holder->waiter : NULL);
        if (!waiter) {
            sim->current = task;
            sim->call = task->blocked_in;
            sim->call_handle = task->blocked_on;
            weft_sim__trap(sim, WEFT_SIM_TRAP_SYNC_BLOCKED, NULL);
        }
        weft_sim__unwait(waiter);
        weft_sim__count_step(sim);
        if (waiter->go == go)
            go_on((weft_sim__task *)waiter);
        else
            waiter->go(waiter);
    }
    sim->current = caller;
}

void weft_sim__task_start(weft_sim_call *call, weft_sim_instance *instance, const weft_sim_export *export,
                          const weft_sim_instance *caller)
{
    weft_sim *sim = instance->sim;
    weft_sim__enter(instance, caller);
    weft_sim__count_handle(sim);
    weft_sim__task *task = weft_sim__new(sim, sizeof *task);
    task->waiter.go = go;
    task->instance = instance;
    task->export = export;
    task->call = call;
    task->number = ++sim->task_count;
    task->waiter.rank = task->number;
    task->waiter.also[1] = &instance->unlocked;
    task->next = instance->tasks;
    if (task->next)
        task->next->previous = task;
    instance->tasks = task;
    call->task = task;

    if (!export->func.is_async) {
        weft_sim__run_sync(task, start_body, task);
    } else if (has_backpressure(instance) || instance->waiting_to_enter ||
               weft_sim_chance(sim, WEFT_SIM_CHOOSE_START, sim->options.hold)) {
        instance->waiting_to_enter++;
        task->wait = WAIT_ENTER;
        task->waiter.also[0] = &instance->eased;
        begin_wait(task);
    } else {
        instance->exclusive = task;
        weft_sim__fiber_start(sim, start_body, task);
    }
    weft_sim__leave(instance, caller);
}

bool weft_sim__task_wakes(weft_sim__task *task)
{
    bool waits = task->wait == WAIT_YIELD || task->wait == WAIT_SET;
    bool is_ready = !task->instance->exclusive && is_served(task);
    return waits && !(task->instance->sim->options.cancel_yields && is_ready);
}

void weft_sim__task_cancel(weft_sim__task *task, const weft_sim_instance *caller)
{
    weft_sim_instance *instance = task->instance;
    weft_sim *sim = instance->sim;
    if (task->state == TASK_INITIAL) {
        weft_sim__unwait(&task->waiter);
        instance->waiting_to_enter--;
        resolve(task, NULL, true);
        unlink_task(task);
        return;
    }
    bool wakes = weft_sim__task_wakes(task);
    task->cancels++;
    if (task->state == TASK_STARTED)
        task->state = TASK_CANCEL_PENDING;
    weft_sim__task_look(task);
    if (!wakes || instance->exclusive || instance == caller || instance->entered)
        return;
    weft_sim__unwait(&task->waiter);
    if (task->wait == WAIT_SET)
        weft_sim__list_remove(&task->set->waiting, task);
    weft_sim__enter(instance, caller);
    instance->exclusive = task;
    event_for it = {.task = task, .event = cancel_event(task)};
    weft_sim__task *current = sim->current;
    sim->current = task;
    weft_sim__fiber_start(sim, call_back_body, &it);
    sim->current = current;
    weft_sim__leave(instance, caller);
}

void weft_sim__task_block(weft_sim__task *task, weft_sim__wait_kind wait)
{
    weft_sim *sim = task->instance->sim;
    task->wait = wait;
    task->waiter.yields = wait == WAIT_PAUSED;
    task->waiter.also[0] = wait == WAIT_BLOCKED    ? &task->set->since
                           : wait == WAIT_WAITABLE ? &task->waitable->since
                                                   : NULL;
    // A function that is not async waits only if it has to, as in wasmtime.
    uint16_t weight = wait == WAIT_PAUSED ? 1000 - sim->options.eager_yield
                      : is_async(task)    ? sim->options.block
                                          : 0;
    if (!is_served(task) || weft_sim_chance(sim, WEFT_SIM_CHOOSE_PASS, weight)) {
        task->fiber = weft_sim__fiber_current(sim);
        task->blocked_in = sim->call;
        task->blocked_on = sim->call_handle;
        task->instance->blocked |= task->instance->exclusive == task;
        begin_wait(task);
        weft_sim__fiber_block(sim);
        sim->call = task->blocked_in;
        sim->call_handle = task->blocked_on;
    } else {
        weft_sim__count_step(sim);
    }
    task->wait = WAIT_NOT;
}

void weft_sim__helper_begin(weft_sim_instance *instance, weft_sim__helper *helper, bool may_leave)
{
    weft_sim *sim = instance->sim;
    *helper = (weft_sim__helper){.previous = sim->current,
                                 .may_leave = instance->may_leave,
                                 .call = sim->call,
                                 .call_handle = sim->call_handle};
    helper->task.instance = instance;
    helper->task.waiter.go = go;
    sim->current = &helper->task;
    instance->may_leave = may_leave;
}

void weft_sim__helper_end(weft_sim__helper *helper)
{
    weft_sim_instance *instance = helper->task.instance;
    instance->may_leave = helper->may_leave;
    instance->sim->current = helper->previous;
    instance->sim->call = helper->call;
    instance->sim->call_handle = helper->call_handle;
}

weft_sim__task *weft_sim__built_in_anywhere(weft_sim_instance *self, const char *call, uint32_t handle)
{
    weft_sim *sim = self->sim;
    sim->call = call;
    sim->call_handle = handle;
    sim->counts.calls++;
    weft_sim__task *task = sim->current;
    if (!task || task->instance != self)
        weft_sim__trap(sim, WEFT_SIM_TRAP_NO_TASK, NULL);
    if (sim->on_call && self->may_leave) {
        sim->on_call(sim, sim->on_call_data);
        sim->call = call;
        sim->call_handle = handle;
    }
    return task;
}

weft_sim__task *weft_sim__built_in(weft_sim_instance *self, const char *call, uint32_t handle)
{
    weft_sim__task *task = weft_sim__built_in_anywhere(self, call, handle);
    if (!self->may_leave)
        weft_sim__trap(self->sim, WEFT_SIM_TRAP_CANNOT_LEAVE, NULL);
    return task;
}

void weft_sim_task_return(weft_sim_instance *self, const weft_sim_func *func, const weft_sim_core *args)
{
    weft_sim *sim = self->sim;
    weft_sim__task *task = weft_sim__built_in(self, "task.return", 0);
    const weft_sim_func *own = task->export ? &task->export->func : NULL;
    if (!own || !own->async_abi ||
        (own != func && (!own->result != !func->result ||
                         (own->result && !weft_sim_same_type(self, own->result, self, func->result)))))
        weft_sim__trap(sim, WEFT_SIM_TRAP_RETURN_WRONG, "this is that of %s, and the task is in %s", func->name,
                       own ? own->name : "a helper");
    if (task->state == TASK_RESOLVED)
        weft_sim__trap(sim, WEFT_SIM_TRAP_RETURN_TWICE, "%s", func->name);
    weft_sim_value value = {0};
    if (own->result)
        weft_sim_lift(&(weft_sim_context){self, task}, &(weft_sim_part){NULL, own->result}, 1, 16, args,
                      &value);
    check_borrows(task);
    weft_sim__note(sim, "task.return", func->name, 0, 0, 0, 0);
    resolve(task, own->result ? &value : NULL, false);
}

void weft_sim_task_cancel(weft_sim_instance *self)
{
    weft_sim *sim = self->sim;
    weft_sim__task *task = weft_sim__built_in(self, "task.cancel", 0);
    if (!task->cancelled)
        weft_sim__trap(sim, WEFT_SIM_TRAP_CANCEL_UNASKED, "%s",
                       task->export ? task->export->func.name : "a helper");
    if (task->state == TASK_RESOLVED)
        weft_sim__trap(sim, WEFT_SIM_TRAP_RETURN_TWICE, "%s", task->export->func.name);
    check_borrows(task);
    weft_sim__note(sim, "task.cancel", task->export->func.name, 0, 0, 0, 0);
    resolve(task, NULL, true);
}

void weft_sim_backpressure_inc(weft_sim_instance *self)
{
    weft_sim__built_in_anywhere(self, "backpressure.inc", 0);
    if (self->backpressure == 0xffff)
        weft_sim__trap(self->sim, WEFT_SIM_TRAP_BACKPRESSURE, "it is 65535");
    self->backpressure++;
    weft_sim__note(self->sim, "backpressure.inc", NULL, 1, self->backpressure, 0, 0);
}

void weft_sim_backpressure_dec(weft_sim_instance *self)
{
    weft_sim__built_in_anywhere(self, "backpressure.dec", 0);
    if (!self->backpressure)
        weft_sim__trap(self->sim, WEFT_SIM_TRAP_BACKPRESSURE, "it is 0");
    self->backpressure--;
    self->eased = ++self->sim->clock;
    weft_sim__note(self->sim, "backpressure.dec", NULL, 1, self->backpressure, 0, 0);
}

static weft_sim__task *slot_task(weft_sim_instance *self, const char *call, uint32_t slot)
{
    weft_sim__task *task = weft_sim__built_in_anywhere(self, call, slot);
    if (slot > 1)
        weft_sim__trap(self->sim, WEFT_SIM_TRAP_CONTEXT_SLOT, "slot %u", (unsigned)slot);
    return task;
}

uint32_t weft_sim_context_get(weft_sim_instance *self, uint32_t slot)
{
    return slot_task(self, "context.get", slot)->slots[slot];
}

void weft_sim_context_set(weft_sim_instance *self, uint32_t slot, uint32_t value)
{
    slot_task(self, "context.set", slot)->slots[slot] = value;
}

uint32_t weft_sim_thread_yield(weft_sim_instance *self)
{
    weft_sim__task *task = weft_sim__built_in(self, "thread.yield", 0);
    weft_sim__note(self->sim, "thread.yield", NULL, 0, 0, 0, 0);
    weft_sim__task_block(task, WAIT_PAUSED);
    return 0;
}
