// wasi:clocks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdlib.h>
#include <time.h>

static void now(weft_sim_call *call, void *data)
{
    weft_world__answer_number(call, weft_world__look_at_clock(data));
}

static void resolution(weft_sim_call *call, void *data)
{
    (void)data;
    weft_world__answer_number(call, 1);
}

// ---- Those who sleep: one script for all, since each script has a stack ----

static void forget(weft_world__sleeper **at)
{
    weft_world__sleeper *it = *at;
    *at = it->next;
    free(it);
}

void weft_world__sleepers_free(weft_world *world)
{
    while (world->sleepers)
        forget(&world->sleepers);
}

static void answer_cancels(weft_world *world)
{
    for (weft_world__sleeper **at = &world->sleepers; *at;) {
        if (weft_sim_call_cancel_asked((*at)->call)) {
            weft_sim_call_cancelled((*at)->call);
            forget(at);
        } else {
            at = &(*at)->next;
        }
    }
}

// Another one is the first, or one is to be cancelled.
static bool looks_again(void *object)
{
    const weft_world *world = object;
    const weft_world__sleeper *it = world->sleepers;
    while (it && !weft_sim_call_cancel_asked(it->call))
        it = it->next;
    return it || world->is_another_first;
}

static void wakes(weft_sim *sim, void *data)
{
    weft_world *world = data;
    (void)sim;
    while (world->sleepers) {
        world->is_another_first = false;
        weft_world__wait_for(world, "wakes those who sleep",
                             (weft_world__wait){.descriptor = -1,
                                                .when = world->sleepers->when,
                                                .until = looks_again,
                                                .object = world,
                                                .bell = &world->sleepers_bell});
        answer_cancels(world);
        for (uint64_t time = weft_world__now(world); world->sleepers && world->sleepers->when <= time;) {
            weft_sim_call_return(world->sleepers->call, NULL);
            forget(&world->sleepers);
        }
    }
}

static void sleep_until(weft_world *world, weft_sim_call *call, uint64_t when)
{
    if (when <= weft_world__now(world)) {
        weft_sim_call_return(call, NULL);
        return;
    }
    weft_world__sleeper **at = &world->sleepers, *it = malloc(sizeof *it);
    if (!it)
        abort();
    if (!world->sleepers)
        weft_sim_spawn(world->sim, wakes, world);
    while (*at && (*at)->when <= when) // of two with the same time, the first goes first
        at = &(*at)->next;
    *it = (weft_world__sleeper){*at, call, when};
    *at = it;
    weft_sim_call_rings(call, &world->sleepers_bell);
    if (world->sleepers != it)
        return;
    world->is_another_first = true;
    weft_sim_ring(&world->sleepers_bell);
}

static void wait_until(weft_sim_call *call, void *data)
{
    sleep_until(data, call, weft_sim_call_start(call)->number);
}

static void wait_for(weft_sim_call *call, void *data)
{
    uint64_t start = weft_world__now(data), duration = weft_sim_call_start(call)->number;
    sleep_until(data, call, duration < UINT64_MAX - start ? start + duration : UINT64_MAX);
}

static void time_of_day(weft_sim_call *call, void *data)
{
    enum { FIRST_DAY = 1767225600 }; // 2026-01-01, if time is virtual
    weft_world *world = data;
    struct timespec it;
    clock_gettime(CLOCK_REALTIME, &it);
    if (world->options.virtual_time) {
        uint64_t time = weft_world__look_at_clock(world);
        it = (struct timespec){(time_t)(FIRST_DAY + time / 1000000000), (long)(time % 1000000000)};
    }
    weft_sim_value instant = weft_sim_items_value(weft_sim_call_caller(call), 2);
    instant.items[0].number = (uint64_t)it.tv_sec;
    instant.items[1].number = (uint64_t)it.tv_nsec;
    weft_world__answer(call, instant);
}

static const char monotonic[] = "wasi:clocks/monotonic-clock", of_day[] = "wasi:clocks/system-clock";

const weft_world__row weft_world__clocks[] = WEFT_WORLD__ROWS(
    {monotonic, "now", now}, {monotonic, "get-resolution", resolution}, {monotonic, "wait-until", wait_until},
    {monotonic, "wait-for", wait_for}, {of_day, "now", time_of_day}, {of_day, "get-resolution", resolution});
