// All choices of a host go through here: taken from a list, drawn from a seed, or the first possibility; and
// recorded.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t scramble(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t draw(weft_sim_schedule *schedule, uint32_t count)
{
    if (!schedule->random[1]) {
        schedule->random[0] = schedule->seed;
        schedule->random[1] = 1;
    }
    return (uint32_t)((scramble(&schedule->random[0]) >> 32) * count >> 32);
}

// The recorded choice among `count`, which the seed makes 1 in `weight` of a thousand if that is not 0.
static uint32_t choose(weft_sim *sim, weft_sim_choice_kind kind, uint32_t count, uint32_t weight)
{
    weft_sim_schedule *schedule = sim->schedule;
    uint32_t at = schedule->choice_count;
    uint32_t taken = 0;
    if (at < schedule->given)
        taken = schedule->choices[at].taken % count;
    else if (schedule->seed)
        taken = weight ? draw(schedule, 1000) < weight : draw(schedule, count);
    sim->counts.choices++;
    if (schedule->forgets)
        return taken;
    if (at == schedule->capacity) {
        uint32_t capacity = at ? 2 * at : 64;
        weft_sim_choice *choices = realloc(schedule->choices, capacity * sizeof *choices);
        if (!choices) {
            fputs("weft_sim: no memory for another choice\n", stderr);
            abort();
        }
        schedule->choices = choices;
        schedule->capacity = capacity;
    }
    schedule->choices[at] = (weft_sim_choice){.kind = kind, .count = count, .taken = taken};
    schedule->choice_count++;
    return taken;
}

uint32_t weft_sim_choose(weft_sim *sim, weft_sim_choice_kind kind, uint32_t count)
{
    return count > 1 ? choose(sim, kind, count, 0) : 0;
}

bool weft_sim_chance(weft_sim *sim, weft_sim_choice_kind kind, uint32_t weight)
{
    if (weight == 0 || weight >= 1000)
        return weight != 0;
    return choose(sim, kind, 2, weight);
}

void weft_sim_schedule_replay(weft_sim_schedule *schedule)
{
    schedule->given = schedule->choice_count;
    schedule->choice_count = 0;
    schedule->random[0] = schedule->random[1] = 0;
}

void weft_sim_schedule_give(weft_sim_schedule *schedule, const uint32_t *taken, uint32_t count)
{
    weft_sim_choice *choices = realloc(schedule->choices, (count ? count : 1) * sizeof *choices);
    if (!choices) {
        fputs("weft_sim: no memory for the choices\n", stderr);
        abort();
    }
    for (uint32_t i = 0; i < count; i++)
        choices[i] = (weft_sim_choice){.taken = taken[i]};
    schedule->choices = choices;
    schedule->capacity = count ? count : 1;
    schedule->given = count;
    schedule->choice_count = 0;
    schedule->random[0] = schedule->random[1] = 0;
}

bool weft_sim_schedule_next(weft_sim_schedule *schedule)
{
    uint32_t at = schedule->choice_count;
    while (at && schedule->choices[at - 1].taken + 1 >= schedule->choices[at - 1].count)
        at--;
    if (!at)
        return false;
    schedule->choices[at - 1].taken++;
    schedule->given = at;
    schedule->choice_count = 0;
    return true;
}

void weft_sim_schedule_free(weft_sim_schedule *schedule)
{
    free(schedule->choices);
    *schedule = (weft_sim_schedule){0};
}

weft_sim_options weft_sim_options_swarm(uint64_t seed)
{
    static const uint16_t weights[] = {0, 0, 50, 200, 500, 900};
    uint64_t state = ~seed;
    weft_sim_options options = {0};
    uint16_t *of[] = {&options.block,   &options.late,        &options.hold,      &options.partial,
                      &options.unasked, &options.slow_cancel, &options.no_memory, &options.eager_yield};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
        *of[i] = weights[scramble(&state) % (sizeof weights / sizeof weights[0])];
    options.no_memory /= 10; // more than a few failures, and nothing else is seen
    options.fresh_handles = scramble(&state) % 4 == 0;
    return options;
}

weft_sim_options weft_sim_options_wasmtime(void)
{
    return (weft_sim_options){.block = 1000,
                              .unasked = 1000,
                              .cancel_counts = true,
                              .cancel_again = true,
                              .cancel_yields = true,
                              .drops_twice = true,
                              .holder_goes_on = true,
                              .queue = true,
                              .ordered_events = true,
                              .max_handles = 100000};
}
