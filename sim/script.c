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
    return !script->settling && (!script->until || script->until(script->object));
}

static void body(void *data)
{
    weft_sim__script *script = data;
    weft_sim *sim = script->sim;
    sim->script = script;
    script->function(sim, script->data);
    weft_sim__script **at = &sim->scripts;
    while (*at != script)
        at = &(*at)->next;
    *at = script->next;
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
    script->waiter.ready = ready;
    script->waiter.go = go;
    script->sim = sim;
    script->function = function;
    script->data = data;
    script->next = sim->scripts;
    sim->scripts = script;
    weft_sim__wait(sim, &script->waiter);
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

void weft_sim__script_block(weft_sim *sim, const char *what, bool (*until)(void *object), void *object)
{
    weft_sim__script *script = current(sim, what);
    script->what = what;
    script->until = until;
    script->object = object;
    script->fiber = weft_sim__fiber_current(sim);
    if (!script->asleep)
        weft_sim__wait(sim, &script->waiter);
    weft_sim__fiber_block(sim);
    script->what = NULL;
}

void weft_sim__script_accept(weft_sim *sim, const char *what, bool (*until)(void *object), void *object)
{
    weft_sim__script *script = current(sim, what);
    script->accepting = true;
    weft_sim__script_block(sim, what, until, object);
    script->accepting = false;
}

void weft_sim_wait_until(weft_sim *sim, const char *what, bool (*until)(void *object), void *object)
{
    if (!until(object))
        weft_sim__script_accept(sim, what, until, object);
}

void weft_sim__script_wake(weft_sim__script *script)
{
    if (!script || !script->asleep || !script->until(script->object))
        return;
    script->asleep = false;
    weft_sim__wait(script->sim, &script->waiter);
}

void weft_sim_wake(weft_sim_sleep *sleep)
{
    weft_sim__script_wake(sleep->script);
}

static void watch(weft_sim_sleep *sleep, weft_sim__script *script)
{
    sleep->script = script;
    if (sleep->end)
        sleep->end->asleep = script;
    if (sleep->call)
        sleep->call->asleep = script;
}

void weft_sim_sleep_until(weft_sim *sim, const char *what, bool (*until)(void *object), void *object,
                          weft_sim_sleep *sleep)
{
    weft_sim__script *script = current(sim, what);
    if (until(object))
        return;
    watch(sleep, script);
    script->asleep = true;
    weft_sim__script_accept(sim, what, until, object);
    watch(sleep, NULL);
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
    weft_sim__script_block(sim, "pauses", NULL, NULL);
}

bool weft_sim_settle(weft_sim *sim)
{
    weft_sim__script *script = current(sim, "weft_sim_settle");
    script->settling = true;
    weft_sim__script_block(sim, "settles", NULL, NULL);
    return script->settled;
}

// Of those that wait, or NULL.
static weft_sim__script *settling(weft_sim *sim)
{
    for (weft_sim__waiter *waiter = sim->waiting.next; waiter != &sim->waiting; waiter = waiter->next)
        if (waiter->go == go && ((weft_sim__script *)waiter)->settling)
            return (weft_sim__script *)waiter;
    return NULL;
}

bool weft_sim__settles(weft_sim *sim)
{
    return settling(sim);
}

weft_sim__waiter *weft_sim__settled(weft_sim *sim, bool others_yield)
{
    weft_sim__script *script = settling(sim);
    if (sim->line_count != sim->lines_at_settle)
        sim->settles = 0;
    sim->lines_at_settle = sim->line_count;
    if (!script || ++sim->settles > SETTLES_IN_VAIN)
        return NULL;
    script->settling = false;
    script->settled = !others_yield;
    return &script->waiter;
}

bool weft_sim__only_accept(const weft_sim *sim)
{
    for (weft_sim__waiter *waiter = sim->waiting.next; waiter != &sim->waiting; waiter = waiter->next)
        if (waiter->go != go || !((weft_sim__script *)waiter)->accepting)
            return false;
    return true;
}
