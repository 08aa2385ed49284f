// weft-sim: runs components that weft_add_component() made under toolchains/native.cmake, composed in one
// process. `weft-sim --help` says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "clock.h"
#include "invoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMPONENTS_MAX = 16 };

static uint32_t *orders[COMPONENTS_MAX]; // of events, of each component

static const char usage[] =
    "usage: weft-sim [options] <component.so>... -- '<export>(<value>, ...)'...\n"
    "\n"
    "Calls exports of the first component, one after the other, each written as for `wasmtime run --invoke`,\n"
    "and prints their results as that does. Imports of each component are connected to those of the others\n"
    "that export the interface.\n"
    "\n"
    "  --seed N           draws what a host may choose from N\n"
    "  --like-wasmtime    chooses as wasmtime does\n"
    "  --always WHAT      lets the host do always what it may: block, eager-yield, late, hold, partial, "
    "unasked,\n"
    "                     slow-cancel\n"
    "  --transcript       shows each call of a built-in, and each callback\n"
    "  --events FILE      the order of events: lines of the number of a component, from 1, and handles\n"
    "  --help             this\n"
    "\n"
    "exits with 0; 1: something is missing; 2: a trap; 3: nothing can go on; 4: there is no end to it; 5: "
    "handles or\n"
    "tasks are left\n";

typedef struct {
    weft_sim_instance *instance;
    uint32_t count;
    invocation *calls;
    clock_state clock;
    bool ticks;
} command;

// A file of lines "<number of a component, from 1> <handle>...", one for each: in which order it gets its
// events.
static void follow_events(const char *path, weft_sim_instance **instances, uint32_t count)
{
    FILE *file = fopen(path, "r");
    unsigned number, handle;
    if (!file)
        stop(path, "cannot be read");
    while (fscanf(file, "%u", &number) == 1 && number >= 1 && number <= count) {
        uint32_t *handles = NULL, length = 0, capacity = 0;
        while (fscanf(file, "%*[ ]%u", &handle) == 1) {
            if (length == capacity) {
                capacity = capacity ? 2 * capacity : 64;
                handles = realloc(handles, capacity * sizeof *handles);
                if (!handles)
                    abort();
            }
            handles[length++] = handle;
        }
        weft_sim_event_order(instances[number - 1], handles, length);
        orders[number - 1] = handles;
    }
    fclose(file);
}

// Ends when nobody sleeps.
static void tick(weft_sim *sim, void *data)
{
    command *it = data;
    it->ticks = true;
    clock_script(sim, &it->clock);
    it->ticks = false;
}

static void call(weft_sim *sim, void *data)
{
    command *it = data;
    for (uint32_t i = 0; i < it->count; i++) {
        if (!it->ticks)
            weft_sim_spawn(sim, tick, it);
        invocation_run(&it->calls[i], it->instance);
    }
}

int main(int count, char **arguments)
{
    weft_sim_options options = {0};
    weft_sim_schedule schedule = {0};
    const weft_sim_component *components[COMPONENTS_MAX];
    weft_sim_instance *instances[COMPONENTS_MAX];
    uint32_t loaded = 0;
    const char *events = NULL;
    bool transcript = false;

    int at = 1;
    for (; at < count && strcmp(arguments[at], "--") != 0; at++) {
        if (!strcmp(arguments[at], "--seed") && at + 1 < count) {
            schedule.seed = seed_of(arguments[++at]);
            options = weft_sim_options_swarm(schedule.seed);
            options.fresh_handles = false; // components may count on dense ones: the guest suite does
        } else if (!strcmp(arguments[at], "--like-wasmtime")) {
            options = weft_sim_options_wasmtime();
        } else if (!strcmp(arguments[at], "--always") && at + 1 < count) {
            always(&options, arguments[++at]);
        } else if (!strcmp(arguments[at], "--transcript")) {
            transcript = true;
        } else if (!strcmp(arguments[at], "--events") && at + 1 < count) {
            events = arguments[++at];
        } else if (!strcmp(arguments[at], "--help")) {
            fputs(usage, stdout);
            return 0;
        } else if (loaded == COMPONENTS_MAX) {
            stop(arguments[at], "is one component too many");
        } else {
            components[loaded++] = load(arguments[at]);
        }
    }
    if (!loaded || at + 1 >= count) {
        fputs(usage, stderr);
        return 1;
    }

    char **calls = arguments + at + 1;
    command it = {.count = (uint32_t)(count - at - 1)};
    it.calls = calloc(it.count, sizeof *it.calls);
    if (!it.calls)
        abort();
    for (uint32_t i = 0; i < it.count; i++)
        it.calls[i] = invocation_of(components[0], calls[i]);
    weft_sim *sim = weft_sim_new(&options, &schedule);
    weft_sim_transcript_to(sim, transcript ? stderr : NULL);
    for (uint32_t i = 0; i < loaded; i++) {
        instances[i] = weft_sim_instantiate(sim, components[i]);
        clock_answer(sim, components[i], &it.clock);
    }
    for (uint32_t i = 0; i < loaded; i++)
        for (uint32_t j = 0; j < loaded; j++)
            if (i != j)
                weft_sim_link(instances[i], instances[j]);
    it.instance = instances[0];
    for (uint32_t i = 0; i < it.count; i++)
        invocation_read(&it.calls[i], instances[0]);

    if (events)
        follow_events(events, instances, loaded);

    weft_sim_outcome outcome = weft_sim_run(sim, call, &it);
    fflush(stdout);
    if (outcome != WEFT_SIM_DONE) {
        fprintf(stderr, "weft-sim: %s\n", weft_sim_report(sim));
        _exit((int)outcome + 1); // what was in the middle of something is no leak
    }
    const char *leaks = weft_sim_leaks(sim);
    bool leaked = *leaks;
    if (leaked)
        fprintf(stderr, "weft-sim: these are left:\n%s", leaks);
    for (uint32_t i = 0; i < it.count; i++)
        free(it.calls[i].args);
    free(it.calls);
    weft_sim_free(sim);
    for (uint32_t i = 0; i < COMPONENTS_MAX; i++)
        free(orders[i]);
    weft_sim_schedule_free(&schedule);
    return leaked ? 5 : 0;
}
