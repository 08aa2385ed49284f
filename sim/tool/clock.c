// The clock's imports are answered at once, but for the sleeps, which end in the order of their times.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "clock.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKS = 1000 }; // since time went on last: someone waits for it to

struct clock_sleeper {
    clock_sleeper *next;
    weft_sim_call *call;
    uint64_t when;
};

static void answer_number(weft_sim_call *call, uint64_t number)
{
    weft_sim_value value = {.number = number};
    weft_sim_call_start(call);
    weft_sim_call_return(call, &value);
}

static void go_on_for_polls(clock_state *clock)
{
    clock->pace = clock->pace ? 2 * clock->pace : 1000000;
    clock->now += clock->pace;
    clock->looks = 0;
}

static void now(weft_sim_call *call, void *data)
{
    clock_state *clock = data;
    if (++clock->looks > LOOKS)
        go_on_for_polls(clock);
    answer_number(call, clock->now);
}

static void resolution(weft_sim_call *call, void *data)
{
    (void)data;
    answer_number(call, 1);
}

static void sleep_until(clock_state *clock, weft_sim_call *call, uint64_t when)
{
    if (when <= clock->now) {
        weft_sim_call_return(call, NULL);
        return;
    }
    clock_sleeper **at = &clock->sleepers, *sleeper = malloc(sizeof *sleeper);
    if (!sleeper)
        abort();
    while (*at && (*at)->when <= when) // of two with the same time, the first goes first
        at = &(*at)->next;
    *sleeper = (clock_sleeper){*at, call, when};
    *at = sleeper;
}

static void wait_until(weft_sim_call *call, void *data)
{
    sleep_until(data, call, weft_sim_call_start(call)->number);
}

static void wait_for(weft_sim_call *call, void *data)
{
    clock_state *clock = data;
    uint64_t duration = weft_sim_call_start(call)->number;
    sleep_until(clock, call, duration < UINT64_MAX - clock->now ? clock->now + duration : UINT64_MAX);
}

void clock_answer(weft_sim *sim, const weft_sim_component *component, clock_state *clock)
{
    static const char name[] = "wasi:clocks/monotonic-clock@";
    const weft_sim_func *import;
    for (uint32_t i = 0; (import = weft_sim_import_at(component, i)); i++) {
        const char *interface = import->interface;
        if (!interface || strncmp(interface, name, sizeof name - 1) != 0)
            continue;
        weft_sim_answer(sim, interface, "now", now, clock);
        weft_sim_answer(sim, interface, "get-resolution", resolution, clock);
        weft_sim_answer(sim, interface, "wait-until", wait_until, clock);
        weft_sim_answer(sim, interface, "wait-for", wait_for, clock);
        return;
    }
}

// Takes out a sleeper whose call is answered.
static void forget(clock_sleeper **at)
{
    clock_sleeper *sleeper = *at;
    *at = sleeper->next;
    free(sleeper);
}

// True if there were any.
static bool answer_cancels(clock_state *clock)
{
    bool any = false;
    for (clock_sleeper **at = &clock->sleepers; *at;) {
        if (!weft_sim_call_cancel_asked((*at)->call)) {
            at = &(*at)->next;
            continue;
        }
        weft_sim_call_cancelled((*at)->call);
        forget(at);
        any = true;
    }
    return any;
}

void clock_script(weft_sim *sim, void *data)
{
    clock_state *clock = data;
    for (;;) {
        bool others_poll = !weft_sim_settle(sim);
        if (answer_cancels(clock))
            continue;
        if (others_poll)
            go_on_for_polls(clock);
        else
            clock->pace = clock->looks = 0;
        if (!clock->sleepers && !others_poll)
            return;
        if (!clock->sleepers || (others_poll && clock->sleepers->when > clock->now))
            continue;
        if (clock->now < clock->sleepers->when)
            clock->now = clock->sleepers->when;
        weft_sim_call_return(clock->sleepers->call, NULL);
        forget(&clock->sleepers);
    }
}
