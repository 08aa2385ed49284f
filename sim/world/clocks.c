// wasi:clocks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdlib.h>
#include <time.h>

typedef struct sleeper {
    weft_world *world;
    weft_sim_call *call;
    uint64_t when;
} sleeper;

static void now(weft_sim_call *call, void *data)
{
    (void)data;
    weft_world__answer_number(call, weft_world__now());
}

static void resolution(weft_sim_call *call, void *data)
{
    (void)data;
    weft_world__answer_number(call, 1);
}

static void sleeps(weft_sim *sim, void *data)
{
    sleeper it = *(sleeper *)data;
    (void)sim;
    free(data);
    if (weft_world__wait_for(it.world, "sleeps",
                             (weft_world__wait){.descriptor = -1, .when = it.when, .call = it.call}))
        weft_sim_call_return(it.call, NULL);
    else
        weft_sim_call_cancelled(it.call);
}

static void sleep_until(weft_world *world, weft_sim_call *call, uint64_t when)
{
    if (when <= weft_world__now()) {
        weft_sim_call_return(call, NULL);
        return;
    }
    sleeper *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = (sleeper){world, call, when};
    weft_sim_spawn(world->sim, sleeps, it);
}

static void wait_until(weft_sim_call *call, void *data)
{
    sleep_until(data, call, weft_sim_call_start(call)->number);
}

static void wait_for(weft_sim_call *call, void *data)
{
    uint64_t start = weft_world__now(), duration = weft_sim_call_start(call)->number;
    sleep_until(data, call, duration < UINT64_MAX - start ? start + duration : UINT64_MAX);
}

static void time_of_day(weft_sim_call *call, void *data)
{
    struct timespec it;
    (void)data;
    clock_gettime(CLOCK_REALTIME, &it);
    weft_sim_value instant = weft_sim_items_value(weft_sim_call_caller(call), 2);
    instant.items[0].number = (uint64_t)it.tv_sec;
    instant.items[1].number = (uint64_t)it.tv_nsec;
    weft_world__answer(call, instant);
}

static const char monotonic[] = "wasi:clocks/monotonic-clock", of_day[] = "wasi:clocks/system-clock";

const weft_world__row weft_world__clocks[] = WEFT_WORLD__ROWS(
    {monotonic, "now", now}, {monotonic, "get-resolution", resolution}, {monotonic, "wait-until", wait_until},
    {monotonic, "wait-for", wait_for}, {of_day, "now", time_of_day}, {of_day, "get-resolution", resolution});
