// Calls, and the subtasks that they are to a caller that did not get its result at once. One object stands for
// a call from both sides; either side may be the host. Spec: Subtask, canon_lower, canon_subtask_cancel,
// canon_subtask_drop.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <string.h>

bool weft_sim__call_resolved(const weft_sim_call *call)
{
    return call->state >= WEFT_SIM_RETURNED;
}

static void progress(weft_sim_call *call)
{
    if (call->base.instance)
        weft_sim__waitable_notify(call->sim, &call->base);
    if (call->blocked)
        weft_sim__task_look(call->blocked);
    weft_sim_ring(&call->own);
}

void weft_sim__call_take_args(weft_sim_call *call)
{
    const weft_sim_func *func = call->func;
    call->state = WEFT_SIM_STARTED;
    progress(call);
    if (!call->caller)
        return;
    call->args = weft_sim__new(call->sim, (func->param_count + 1) * sizeof *call->args);
    weft_sim_lift(&(weft_sim_context){call->caller, call}, func->params, func->param_count,
                  func->async_abi ? 4 : 16, call->core, call->args);
}

void weft_sim__call_resolve(weft_sim_call *call, weft_sim_value *result, bool cancelled)
{
    call->task = NULL;
    if (cancelled) {
        call->state =
            call->state == WEFT_SIM_STARTING ? WEFT_SIM_STARTED_CANCELLED : WEFT_SIM_RETURNED_CANCELLED;
    } else {
        if (result && call->caller) {
            weft_sim_context context = {call->caller, call};
            weft_sim_lower(&context, &(weft_sim_part){NULL, call->func->result}, 1,
                           call->func->async_abi ? 0 : 1, result, &call->result_core, call->out);
            weft_sim_value_free(call->func->result, result);
        } else if (result) {
            call->result = *result;
            call->has_result = true;
        }
        call->state = WEFT_SIM_RETURNED;
    }
    progress(call);
}

// The final state is known to the caller: what it lent is its own again.
static void deliver(weft_sim_call *call)
{
    call->delivered = true;
    for (uint32_t i = 0; i < call->lent.count; i++)
        ((weft_sim__resource_handle *)call->lent.items[i])->lends--;
    call->lent.count = 0;
}

uint32_t weft_sim__subtask_take(weft_sim_call *call)
{
    weft_sim__waitable_taken(&call->base);
    if (weft_sim__call_resolved(call))
        deliver(call);
    return call->state;
}

void weft_sim__call_done_with(weft_sim_call *call)
{
    call->done_with = true;
    if (call->waiting_scripts)
        return;
    weft_sim__unwait(&call->canceller);
    weft_sim__release(call->lent.items);
    weft_sim__release(call->args);
    weft_sim__release(call);
}

static void tell_callee(weft_sim_call *call, const weft_sim_instance *caller)
{
    call->cancel_told = true;
    weft_sim_ring(&call->own);
    if (call->rings)
        weft_sim_ring(call->rings);
    if (call->task)
        weft_sim__task_cancel(call->task, caller);
    else
        weft_sim__host_call_cancel(call);
}

static void cancel_go(weft_sim__waiter *waiter)
{
    weft_sim_call *call = (weft_sim_call *)((char *)waiter - offsetof(weft_sim_call, canceller));
    if (!weft_sim__call_resolved(call))
        tell_callee(call, NULL);
}

static bool is_hosts(const weft_sim_call *call)
{
    return call->caller && !weft_sim__link_of(call->caller, call->func)->instance;
}

void weft_sim__call_cancel(weft_sim_call *call, const weft_sim_instance *caller, bool may_be_slow)
{
    weft_sim *sim = call->sim;
    call->cancel_asked = true;
    if ((sim->options.cancel_yields && is_hosts(call)) ||
        (may_be_slow && weft_sim_chance(sim, WEFT_SIM_CHOOSE_CANCEL, sim->options.slow_cancel))) {
        call->canceller.go = cancel_go;
        if (call->canceller.in.place)
            return;
        weft_sim__wait(sim, &call->canceller);
        weft_sim__queue_add(sim, &sim->going, &call->canceller.in);
    } else {
        tell_callee(call, caller);
    }
}

weft_sim_core weft_sim_import_call(weft_sim_instance *self, const weft_sim_func *func,
                                   const weft_sim_core *args)
{
    weft_sim *sim = self->sim;
    weft_sim__task *task = weft_sim__built_in(self, func->name, 0);
    const weft_sim__link *link = weft_sim__link_of(self, func);
    weft_sim_call *call = weft_sim__new(sim, sizeof *call);
    call->sim = sim;
    call->caller = self;
    call->func = func;

    uint32_t count = weft_sim_flat_count(func->params, func->param_count);
    uint32_t results = func->result ? weft_sim_flat_count(&(weft_sim_part){NULL, func->result}, 1) : 0;
    if (count > (func->async_abi ? 4 : 16))
        count = 1;
    if (results > (func->async_abi ? 0 : 1)) {
        memcpy(&call->out, &args[count].i32, sizeof call->out);
    }
    if (count)
        memcpy(call->core, args, count * sizeof *args);
    weft_sim__note(sim, "call", func->name, 0, 0, 0, 0);
    if (link->instance)
        weft_sim__task_start(call, link->instance, link->export, self);
    else
        weft_sim__host_call(call);
    sim->call = func->name;
    sim->call_handle = 0;

    weft_sim_core answer = {0};
    if (!func->async_abi) {
        if (!weft_sim__call_resolved(call)) {
            task->on_call = call;
            call->blocked = task;
            weft_sim__task_block(task, WAIT_CALL);
            call->blocked = NULL;
        }
        deliver(call);
        answer = call->result_core;
        weft_sim__note(sim, "call returns", func->name, 0, 0, 0, 0);
        weft_sim__call_done_with(call);
        return answer;
    }
    bool resolved = weft_sim__call_resolved(call);
    if (resolved && !weft_sim_chance(sim, WEFT_SIM_CHOOSE_LATE, sim->options.late)) {
        answer.i32 = WEFT_SIM_RETURNED;
        deliver(call);
        weft_sim__call_done_with(call);
    } else {
        call->base.kind = KIND_SUBTASK;
        call->base.handle = weft_sim__handle_add(self, KIND_SUBTASK, call);
        call->base.instance = self;
        answer.i32 = (resolved ? WEFT_SIM_STARTED : call->state) | call->base.handle << 4;
        if (resolved)
            weft_sim__waitable_notify(sim, &call->base);
    }
    weft_sim__note_answer(sim, "call answers", func->name, 0, 0, 0, 0, answer.i32);
    return answer;
}

uint32_t weft_sim_subtask_cancel(weft_sim_instance *self, uint32_t handle, bool async)
{
    weft_sim *sim = self->sim;
    const char *name = async ? "subtask.cancel async" : "subtask.cancel";
    weft_sim__task *task = weft_sim__built_in(self, name, handle);
    weft_sim_call *call = weft_sim__handle_get(self, handle, KIND_SUBTASK);
    if (call->delivered)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SUBTASK_CANCEL_DONE, "%s", call->func->name);
    if (call->cancel_asked && (!sim->options.cancel_again || is_hosts(call))) {
        if (is_hosts(call))
            weft_sim__wasmtime_says(sim, "%s", weft_sim_trap_wasmtime(WEFT_SIM_TRAP_SUBTASK_CANCEL_DONE));
        weft_sim__trap(sim, WEFT_SIM_TRAP_SUBTASK_CANCEL_TWICE, "%s", call->func->name);
    }
    if (call->base.set && !(async && sim->options.cancel_in_set))
        weft_sim__trap(sim, WEFT_SIM_TRAP_SYNC_IN_SET, "subtask of %s, in set %u", call->func->name,
                       (unsigned)call->base.set->handle);
    if (call->base.sync_waiter)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SYNC_WAITER, "%s", call->func->name);
    weft_sim__note(sim, name, call->func->name, 1, handle, 0, 0);
    if (!weft_sim__call_resolved(call)) {
        bool wakes = call->task && weft_sim__task_wakes(call->task);
        uint64_t now = ++sim->clock;
        weft_sim__call_cancel(call, self, async || (task->export && task->export->func.is_async));
        if (wakes && sim->options.cancel_yields) {
            task->waiter.reserved = now; // in front of what the callee does about it
            weft_sim__task_block(task, WAIT_PAUSED);
        }
        sim->call = name;
        sim->call_handle = handle;
        if (!weft_sim__call_resolved(call)) {
            if (async) {
                weft_sim__note_answer(sim, "subtask.cancel answers", NULL, 1, handle, 0, 0, BLOCKED);
                return BLOCKED;
            }
            // The event of STARTED may be there: it is not what this waits for.
            do {
                weft_sim__waitable_taken(&call->base);
                weft_sim__waitable_wait(sim, &call->base);
            } while (!weft_sim__call_resolved(call));
        }
    }
    uint32_t state = weft_sim__subtask_take(call);
    weft_sim__note_answer(sim, "subtask.cancel answers", NULL, 1, handle, 0, 0, state);
    return state;
}

void weft_sim_subtask_drop(weft_sim_instance *self, uint32_t handle)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "subtask.drop", handle);
    weft_sim_call *call = weft_sim__handle_get(self, handle, KIND_SUBTASK);
    if (!call->delivered)
        weft_sim__trap(sim, WEFT_SIM_TRAP_SUBTASK_DROP, "%s", call->func->name);
    weft_sim__waitable_join(sim, &call->base, NULL);
    weft_sim__handle_remove(self, handle);
    weft_sim__call_done_with(call);
    weft_sim__note(sim, "subtask.drop", NULL, 1, handle, 0, 0);
}
