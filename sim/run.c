// The scheduler: whoever is ready goes on, one after another, in an order that the schedule chooses. It runs on
// the first fiber of a run, so that a trap can leave everything at any point. Spec: Store.tick, may_enter_from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// More candidates than that are not offered at once; who has waited longest is always among them.
#define CANDIDATES 16

// So many yields in a row, and nothing else: someone polls for what only time will bring.
#define YIELDS_IN_VAIN 1000

// So many steps, and then those inside hear of the outside, also if they are always busy.
#define STEPS_UNSEEN 64

void weft_sim__wait(weft_sim *sim, weft_sim__waiter *waiter)
{
    waiter->since = waiter->reserved ? waiter->reserved : ++sim->clock;
    waiter->reserved = 0;
    waiter->in.place = ++sim->places;
}

void weft_sim__list_waiter(weft_sim__waiter *head, weft_sim__waiter *waiter)
{
    waiter->next = head;
    waiter->previous = head->previous;
    waiter->previous->next = waiter;
    head->previous = waiter;
}

void weft_sim__unwait(weft_sim__waiter *waiter)
{
    weft_sim__queue_remove(&waiter->in);
    waiter->in.place = 0;
    if (!waiter->next)
        return;
    waiter->next->previous = waiter->previous;
    waiter->previous->next = waiter->next;
    waiter->next = waiter->previous = NULL;
}

void weft_sim__enter(weft_sim_instance *instance, const weft_sim_instance *caller)
{
    if (instance == caller)
        return;
    if (instance->entered)
        weft_sim__trap(instance->sim, WEFT_SIM_TRAP_CANNOT_ENTER, "instance %u (%s)",
                       (unsigned)instance->number, instance->component->world);
    instance->entered = true;
}

void weft_sim__leave(weft_sim_instance *instance, const weft_sim_instance *caller)
{
    if (instance != caller)
        instance->entered = false;
}

static uint64_t ready_since(const weft_sim__waiter *waiter)
{
    uint64_t since = waiter->since;
    for (int i = 0; i < 2; i++)
        if (waiter->also[i] && *waiter->also[i] > since)
            since = *waiter->also[i];
    return since;
}

// If both are ready, b since then. Of many that wait, most wait for less long: that is told at a glance.
static bool goes_before(const weft_sim__waiter *a, const weft_sim__waiter *b, uint64_t since_b)
{
    if (a->yields != b->yields)
        return b->yields;
    if (a->since > since_b)
        return false;
    uint64_t since_a = ready_since(a);
    return since_a != since_b   ? since_a < since_b
           : a->rank != b->rank ? a->rank < b->rank
                                : a->in.place < b->in.place;
}

// Of tasks, those that the state of their instance lets go on.
static void begin_walk(weft_sim *sim, weft_sim_instance *only)
{
    sim->walk.count = 0;
    if (!only)
        weft_sim__walk_add(sim, &sim->going);
    for (weft_sim_instance *it = only ? only : sim->instances; it; it = only ? NULL : it->next) {
        if (!only && !it->exclusive && !it->backpressure)
            weft_sim__walk_add(sim, &it->entering);
        if (!it->exclusive)
            weft_sim__walk_add(sim, &it->called_back);
        weft_sim__walk_add(sim, &it->blocking);
    }
}

weft_sim__waiter *weft_sim__pick(weft_sim *sim, weft_sim_instance *instance, const weft_sim__waiter *holder)
{
    weft_sim__waiter *candidates[CANDIDATES], *first = NULL, *waiter;
    uint64_t first_since = 0;
    uint32_t count = 0;
    begin_walk(sim, instance);
    weft_sim__placed *next = weft_sim__walk_next(sim);
    weft_sim__waiter *polled = instance ? &sim->polled : sim->polled.next;
    while (count < CANDIDATES && (next || polled != &sim->polled)) {
        if (polled != &sim->polled && (!next || polled->in.place < next->place)) {
            waiter = polled;
            polled = polled->next;
        } else {
            waiter = (weft_sim__waiter *)next;
            next = weft_sim__walk_next(sim);
        }
        sim->counts.looks++;
        if (waiter == holder || (first && !goes_before(waiter, first, first_since)))
            continue;
        if (waiter->ready && !waiter->ready(waiter)) {
            if (!waiter->in.queue)
                continue;
            weft_sim__script_sleep(waiter);
            return weft_sim__pick(sim, instance, holder);
        }
        if (sim->options.queue) {
            first = waiter;
            first_since = ready_since(waiter);
        } else {
            candidates[count++] = waiter;
        }
    }
    if (count)
        first = candidates[weft_sim_choose(sim, WEFT_SIM_CHOOSE_NEXT, count)];
    sim->yields = first && first->yields ? sim->yields + 1 : 0;
    bool in_vain = sim->yields && sim->yields % YIELDS_IN_VAIN == 0;
    weft_sim__waiter *settled = in_vain ? weft_sim__settled(sim, true) : NULL;
    return settled ? settled : first;
}

void weft_sim__count_step(weft_sim *sim)
{
    if (sim->counts.steps == sim->last_step) {
        sim->endless = true;
        weft_sim__fiber_abandon(sim);
    }
    sim->counts.steps++;
}

static bool step(weft_sim *sim)
{
    if (sim->idle && sim->counts.steps % STEPS_UNSEEN == 0)
        sim->idle(sim, false, sim->idle_data);
    weft_sim__waiter *waiter = weft_sim__pick(sim, NULL, NULL);
    if (!waiter && sim->idle && sim->idle(sim, !weft_sim__settles(sim), sim->idle_data))
        return true;
    if (!waiter && !(waiter = weft_sim__settled(sim, false)))
        return sim->idle && sim->idle(sim, true, sim->idle_data);
    weft_sim__count_step(sim);
    weft_sim__unwait(waiter);
    sim->call = NULL;
    waiter->go(waiter);
    return true;
}

static void schedule(void *data)
{
    weft_sim *sim = data;
    sim->current = NULL;
    sim->script = NULL;
    while (step(sim))
        continue;
}

weft_sim_outcome weft_sim_run(weft_sim *sim, weft_sim_script script, void *data)
{
    sim->report.length = 0;
    sim->last_step = sim->counts.steps + sim->step_limit;
    sim->main_done = false;
    sim->settles = 0;
    weft_sim__script_main(sim, script, data);
    bool finished = weft_sim__fiber_run(sim, schedule, sim);
    if (sim->endless) {
        weft_sim__print(&sim->report, "endless: still running after %llu steps\n",
                        (unsigned long long)sim->step_limit);
        weft_sim__describe_deadlock(sim);
        return WEFT_SIM_ENDLESS;
    }
    if (sim->stopped)
        return WEFT_SIM_STOPPED;
    if (!finished)
        return WEFT_SIM_TRAPPED;
    if (sim->main_done && weft_sim__only_accept(sim))
        return WEFT_SIM_DONE;
    weft_sim__print(&sim->report, "deadlock: nothing can go on\n");
    weft_sim__describe_deadlock(sim);
    return WEFT_SIM_DEADLOCK;
}

void weft_sim_stop(weft_sim *sim)
{
    sim->stopped = true;
    weft_sim__fiber_abandon(sim);
}

void weft_sim_step_limit(weft_sim *sim, uint64_t steps)
{
    sim->step_limit = steps;
}
