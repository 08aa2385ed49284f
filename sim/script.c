// Scripts: functions of a test that run on fibers beside the components, and block until something is so.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

// Scripts may wait for each other by settling again; if that leads to nothing so often, it never will.
#define SETTLES_IN_VAIN 1000

static bool ready(weft_sim__waiter *waiter)
{
    weft_sim__script *script = (weft_sim__script *)waiter;
    return script->until(script->object);
}

static void body(void *data)
{
    weft_sim__script *script = data;
    weft_sim *sim = script->sim;
    sim->script = script;
    script->function(sim, script->data);
    *(script->previous ? &script->previous->next : &sim->scripts) = script->next;
    if (script->next)
        script->next->previous = script->previous;
    if (script->main)
        sim->main_done = true;
    weft_sim__release(script);
}

static void go(weft_sim__waiter *waiter)
{
    weft_sim__script *script = (weft_sim__script *)waiter;
    weft_sim *sim = script->sim;
    if (script->fiber)
        weft_sim__fiber_resume(sim, script->fiber);
    else
        (script->small ? weft_sim__fiber_start_small : weft_sim__fiber_start)(sim, body, script);
}

static weft_sim__script *add(weft_sim *sim, weft_sim_script function, void *data)
{
    weft_sim__script *script = weft_sim__new(sim, sizeof *script);
    script->waiter.go = go;
    script->sim = sim;
    script->function = function;
    script->data = data;
    script->next = sim->scripts;
    if (script->next)
        script->next->previous = script;
    sim->scripts = script;
    weft_sim__wait(sim, &script->waiter);
    weft_sim__queue_add(sim, &sim->going, &script->waiter.in);
    return script;
}

void weft_sim__script_main(weft_sim *sim, weft_sim_script function, void *data)
{
    add(sim, function, data)->main = true;
}

static weft_sim__script *current(weft_sim *sim, const char *what)
{
    if (!sim->script) {
        fprintf(stderr, "weft_sim: %s: this is for scripts: call it from a function that weft_sim_run() runs\n",
                what);
        abort();
    }
    return sim->script;
}

static void block(weft_sim__script *script, const char *what)
{
    script->what = what;
    script->fiber = weft_sim__fiber_current(script->sim);
    weft_sim__fiber_block(script->sim);
    script->what = NULL;
}

static void sleep_at_its_bell(weft_sim__script *script)
{
    script->next_asleep = script->bell->asleep;
    script->bell->asleep = script;
}

void weft_sim__script_block(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                            weft_sim_bell *bell)
{
    weft_sim__script *script = current(sim, what);
    script->until = until;
    script->object = object;
    script->bell = bell;
    script->waiter.ready = ready;
    weft_sim__wait(sim, &script->waiter);
    if (bell)
        sleep_at_its_bell(script);
    else
        weft_sim__list_waiter(&sim->polled, &script->waiter);
    block(script, what);
}

void weft_sim__script_sleep(weft_sim__waiter *waiter)
{
    weft_sim__queue_remove(&waiter->in);
    sleep_at_its_bell((weft_sim__script *)waiter);
}

void weft_sim__script_accept(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                             weft_sim_bell *bell)
{
    weft_sim__script *script = current(sim, what);
    script->accepting = true;
    weft_sim__script_block(sim, what, until, object, bell);
    script->accepting = false;
}

void weft_sim_wait_until(weft_sim *sim, const char *what, bool (*until)(void *object), void *object)
{
    if (!until(object))
        weft_sim__script_accept(sim, what, until, object, NULL);
}

void weft_sim_sleep_until(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                          weft_sim_bell *bell)
{
    if (!until(object))
        weft_sim__script_accept(sim, what, until, object, bell);
}

void weft_sim_ring(weft_sim_bell *bell)
{
    weft_sim__script *script;
    for (weft_sim__script **at = &bell->asleep; (script = *at);)
        if (ready(&script->waiter)) {
            *at = script->next_asleep;
            weft_sim__queue_add(script->sim, &script->sim->going, &script->waiter.in);
        } else {
            at = &script->next_asleep;
        }
}

void weft_sim_spawn(weft_sim *sim, weft_sim_script script, void *data)
{
    add(sim, script, data);
}

void weft_sim_spawn_small(weft_sim *sim, weft_sim_script script, void *data)
{
    add(sim, script, data)->small = true;
}

void weft_sim_pause(weft_sim *sim)
{
    weft_sim__script *script = current(sim, "weft_sim_pause");
    script->waiter.ready = NULL;
    weft_sim__wait(sim, &script->waiter);
    weft_sim__queue_add(sim, &sim->going, &script->waiter.in);
    block(script, "pauses");
}

bool weft_sim_settle(weft_sim *sim)
{
    weft_sim__script *script = current(sim, "weft_sim_settle");
    weft_sim__wait(sim, &script->waiter);
    weft_sim__list_waiter(&sim->settling, &script->waiter);
    block(script, "settles");
    return script->settled;
}

bool weft_sim__settles(weft_sim *sim)
{
    return sim->settling.next != &sim->settling;
}

weft_sim__waiter *weft_sim__settled(weft_sim *sim, bool others_yield)
{
    weft_sim__script *script = (weft_sim__script *)sim->settling.next;
    if (sim->line_count != sim->lines_at_settle)
        sim->settles = 0;
    sim->lines_at_settle = sim->line_count;
    if (!weft_sim__settles(sim) || ++sim->settles > SETTLES_IN_VAIN)
        return NULL;
    script->settled = !others_yield;
    return &script->waiter;
}

bool weft_sim__only_accept(const weft_sim *sim)
{
    for (const weft_sim__script *script = sim->scripts; script; script = script->next)
        if (!script->accepting)
            return false;
    for (const weft_sim_instance *instance = sim->instances; instance; instance = instance->next)
        if (instance->tasks)
            return false;
    return true;
}
