// What scripts do: calls to exports, answers to imports, and ends of streams and futures that they hold.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void misuse(const char *call, const char *what)
{
    fprintf(stderr, "%s: %s\n", call, what);
    abort();
}

// ---- Calls to exports ----

weft_sim_call *weft_sim_call_export(weft_sim_instance *instance, const char *interface, const char *name,
                                    const weft_sim_value *args)
{
    weft_sim *sim = instance->sim;
    const weft_sim_export *export = weft_sim__export_named(instance, interface, name);
    if (!export) {
        fprintf(stderr, "weft_sim_call_export: %s exports no %s#%s\n", instance->component->world,
                interface ? interface : "", name);
        abort();
    }
    const weft_sim_func *func = &export->func;
    weft_sim_call *call = weft_sim__new(sim, sizeof *call);
    call->sim = sim;
    call->func = func;
    call->callee = instance;
    call->args = weft_sim__new(sim, (func->param_count + 1) * sizeof *call->args);
    for (uint32_t i = 0; i < func->param_count; i++)
        call->args[i] = args[i];
    weft_sim__note(sim, "host calls", func->name, 1, instance->number, 0, 0);
    weft_sim__task_start(call, instance, export, NULL);
    return call;
}

weft_sim_call_state weft_sim_call_status(const weft_sim_call *call)
{
    return call->state;
}

// Another script, or the component, may be done with the call meanwhile: it is there until the caller has let
// go of it.
static void block_on_call(weft_sim_call *call, const char *what, bool (*until)(void *object))
{
    call->waiting_scripts++;
    weft_sim__script_block(call->sim, what, until, call, &call->own);
}

static void let_go(weft_sim_call *call)
{
    if (!--call->waiting_scripts && call->done_with)
        weft_sim__call_done_with(call);
}

static bool resolved(void *object)
{
    return weft_sim__call_resolved(object);
}

weft_sim_call_state weft_sim_call_wait(weft_sim_call *call)
{
    if (weft_sim__call_resolved(call))
        return call->state;
    block_on_call(call, "waits for a call's result", resolved);
    weft_sim_call_state state = call->state;
    let_go(call);
    return state;
}

void weft_sim_call_cancel(weft_sim_call *call)
{
    if (weft_sim__call_resolved(call) || (call->cancel_asked && !call->sim->options.cancel_again))
        return;
    weft_sim__note(call->sim, "host cancels", call->func->name, 0, 0, 0, 0);
    weft_sim__call_cancel(call, NULL, true);
}

weft_sim_value *weft_sim_call_result(weft_sim_call *call)
{
    return call->has_result ? &call->result : NULL;
}

void weft_sim_call_free(weft_sim_call *call)
{
    if (!weft_sim__call_resolved(call))
        misuse("weft_sim_call_free", "the call has not resolved: wait for it, or cancel it and wait");
    if (call->has_result)
        weft_sim_value_free(call->func->result, &call->result);
    for (uint32_t i = 0; call->args && i < call->func->param_count; i++) // it was cancelled before it started
        weft_sim_value_free(call->func->params[i].type, &call->args[i]);
    weft_sim__call_done_with(call);
}

// ---- Answers to imports ----

void weft_sim__host_call(weft_sim_call *call)
{
    weft_sim *sim = call->sim;
    weft_sim__answer *answer = weft_sim__answer_for(sim, call->func);
    if (answer && answer->handler) {
        answer->handler(call, answer->data);
        if (!weft_sim__call_resolved(call) && !call->func->is_async)
            misuse("weft_sim_answer", "a function that is not async must have returned when its handler does");
        return;
    }
    if (!call->func->is_async) {
        fprintf(stderr, "weft_sim: nobody answers the import %s#%s: use weft_sim_answer()\n",
                call->func->interface ? call->func->interface : "", call->func->name);
        abort();
    }
    *sim->calls_end = call;
    sim->calls_end = &call->next;
    call->queued = true;
    if (!weft_sim_chance(sim, WEFT_SIM_CHOOSE_START, sim->options.hold))
        weft_sim_call_start(call);
}

weft_sim_instance *weft_sim_call_caller(const weft_sim_call *call)
{
    return call->caller;
}

static void unqueue(weft_sim_call *call)
{
    weft_sim *sim = call->sim;
    weft_sim_call **at = &sim->calls;
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    if (sim->calls_end == &call->next)
        sim->calls_end = at;
    call->next = NULL;
    call->queued = false;
}

// A call that no script has seen is cancelled by the host itself.
void weft_sim__host_call_cancel(weft_sim_call *call)
{
    if (call->queued) {
        unqueue(call);
        weft_sim_call_cancelled(call);
    }
}

typedef struct wanted {
    weft_sim *sim;
    const char *interface, *name;
} wanted;

static weft_sim_call *find(const wanted *it)
{
    for (weft_sim_call *call = it->sim->calls; call; call = call->next)
        if (weft_sim__call_named(call, it->interface, it->name))
            return call;
    return NULL;
}

static bool found(void *object)
{
    return find(object);
}

weft_sim_call *weft_sim_accept(weft_sim *sim, const char *interface, const char *name)
{
    wanted it = {sim, interface, name};
    if (!find(&it))
        weft_sim__script_accept(sim, name ? name : "waits for an import call", found, &it, NULL);
    weft_sim_call *call = find(&it);
    unqueue(call);
    return call;
}

const weft_sim_func *weft_sim_call_func(const weft_sim_call *call)
{
    return call->func;
}

weft_sim_value *weft_sim_call_start(weft_sim_call *call)
{
    if (call->state == WEFT_SIM_STARTING)
        weft_sim__call_take_args(call);
    return call->args;
}

static void free_args(weft_sim_call *call)
{
    for (uint32_t i = 0; call->args && i < call->func->param_count; i++)
        weft_sim_value_free(call->func->params[i].type, &call->args[i]);
    weft_sim__release(call->args);
    call->args = NULL;
}

void weft_sim_call_return(weft_sim_call *call, weft_sim_value *result)
{
    if (call->state != WEFT_SIM_STARTED)
        misuse("weft_sim_call_return",
               "the call is not STARTED: use weft_sim_call_start() first, and return once");
    if (!result != !call->func->result)
        misuse("weft_sim_call_return", "the function has a result and none is given, or the other way round");
    weft_sim__note(call->sim, "host returns", call->func->name, 0, 0, 0, 0);
    free_args(call);
    weft_sim__call_resolve(call, result, false);
}

bool weft_sim_call_cancel_asked(const weft_sim_call *call)
{
    return call->cancel_told;
}

static bool told_or_resolved(void *object)
{
    weft_sim_call *call = object;
    return call->cancel_told || weft_sim__call_resolved(call);
}

bool weft_sim_call_wait_cancel(weft_sim_call *call)
{
    if (told_or_resolved(call))
        return call->cancel_told;
    block_on_call(call, "waits for a cancel", told_or_resolved);
    bool told = call->cancel_told;
    let_go(call);
    return told;
}

weft_sim_bell *weft_sim_call_rings(weft_sim_call *call, weft_sim_bell *bell)
{
    weft_sim_bell *before = call->rings;
    call->rings = bell;
    return before;
}

void weft_sim_call_cancelled(weft_sim_call *call)
{
    if (!call->cancel_told || weft_sim__call_resolved(call))
        misuse("weft_sim_call_cancelled", "the caller did not ask for it, or the call has resolved");
    weft_sim__note(call->sim, "host answers the cancel", call->func->name, 0, 0, 0, 0);
    free_args(call);
    weft_sim__call_resolve(call, NULL, true);
}

// ---- Ends of streams and futures ----

weft_sim_end *weft_sim_stream_make(weft_sim_instance *instance, const weft_sim_type *type,
                                   weft_sim_end **writer)
{
    weft_sim__pipe *pipe = weft_sim__pipe_new(instance->sim, instance, type);
    pipe->ends[0]->host = pipe->ends[1]->host = true;
    *writer = pipe->ends[1];
    return pipe->ends[0];
}

weft_sim_end *weft_sim_value_end(weft_sim_value *value)
{
    weft_sim_end *end = value->handle;
    value->handle = NULL;
    end->host = true;
    weft_sim__end_ring_other(end);
    return end;
}

void weft_sim_end_start(weft_sim_end *end, void *items, uint32_t count)
{
    if (end->state != END_IDLE)
        misuse("weft_sim_end_start", "a copy is in flight, or the other end is gone");
    weft_sim__note(end->pipe->sim, end->writable ? "host writes" : "host reads", end->pipe->type->name, 1,
                   count, 0, 0);
    weft_sim__end_begin(end, items, end->pipe->is_future ? 1 : count);
}

static bool end_done(void *object)
{
    return ((weft_sim_end *)object)->base.event;
}

bool weft_sim_end_done(const weft_sim_end *end)
{
    return end->base.event;
}

uint32_t weft_sim_end_wait(weft_sim_end *end)
{
    if (end->state != END_COPYING && end->state != END_CANCELLING)
        misuse("weft_sim_end_wait", "nothing is in flight");
    weft_sim *sim = end->pipe->sim;
    if (!end->base.event)
        weft_sim__script_block(sim, end->writable ? "waits for its write" : "waits for its read", end_done, end,
                               &end->own);
    uint32_t status = weft_sim__end_take(end);
    weft_sim__note_answer(sim, end->writable ? "host wrote" : "host has read", end->pipe->type->name, 0, 0, 0,
                          0, status);
    return status;
}

uint32_t weft_sim_end_copy(weft_sim_end *end, void *items, uint32_t count)
{
    weft_sim_end_start(end, items, count);
    return weft_sim_end_wait(end);
}

uint32_t weft_sim_end_cancel(weft_sim_end *end)
{
    weft_sim__end_cancel(end, false);
    return weft_sim_end_wait(end);
}

void weft_sim_end_drop(weft_sim_end *end)
{
    if (end->state == END_COPYING || end->state == END_CANCELLING)
        misuse("weft_sim_end_drop", "a copy is in flight: wait for it, or cancel it");
    if (end->pipe->is_future && end->writable && end->state != END_DONE)
        misuse("weft_sim_end_drop", "a future's writer must write first");
    weft_sim__note(end->pipe->sim, end->writable ? "host drops writer" : "host drops reader",
                   end->pipe->type->name, 0, 0, 0, 0);
    weft_sim__end_close(end);
}

bool weft_sim_end_dropped(const weft_sim_end *end)
{
    return end->pipe->dropped;
}

weft_sim_bell *weft_sim_end_rings(weft_sim_end *end, weft_sim_bell *bell)
{
    weft_sim_bell *before = end->rings;
    end->rings = bell;
    return before;
}

void weft_sim_end_mark(weft_sim_end *end, void *mark, void (*gone)(void *mark))
{
    end->pipe->mark = mark;
    end->pipe->gone = gone;
}

void *weft_sim_end_marked(const weft_sim_end *end, void (*gone)(void *mark))
{
    return end->pipe->gone == gone ? end->pipe->mark : NULL;
}

bool weft_sim_end_is_between_scripts(const weft_sim_end *end)
{
    const weft_sim_end *other = end->pipe->ends[!end->writable];
    return other && other->host;
}

bool weft_sim_end_met(const weft_sim_end *end)
{
    const weft_sim_end *other = end->pipe->ends[!end->writable];
    return other && other->pending && (other->progress < other->length || !other->length);
}

uint32_t weft_sim_end_offer(weft_sim_end *end, void **items)
{
    if (!weft_sim_end_met(end))
        return 0;
    weft_sim_end *other = end->pipe->ends[!end->writable];
    if (!other->length) { // such a copy ends with whatever comes next
        unsigned char none = 0;
        weft_sim__end_begin(end, &none, 1);
        weft_sim_end_cancel(end);
        return 0;
    }
    if (items)
        *items = other->items + (size_t)other->progress * weft_sim_size(other->type->element);
    end->exact = true;
    return weft_sim__partial(end->pipe->sim, other->length - other->progress);
}
