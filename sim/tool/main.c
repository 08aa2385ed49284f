// weft-sim: runs components that weft_add_component() made under toolchains/native.cmake, composed in one
// process. `weft-sim --help` says how.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "clock.h"
#include "wave.h"

#include <dlfcn.h>
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

// A call, from the command line.
typedef struct {
    const weft_sim_export *export;
    weft_sim_value *args;
} request;

typedef struct {
    weft_sim_instance *instance;
    uint32_t count;
    request *requests;
    clock_state clock;
    bool ticks;
} command;

static _Noreturn void stop(const char *what, const char *why)
{
    fprintf(stderr, "weft-sim: %s: %s\n", what, why);
    exit(1);
}

static const weft_sim_component *load(const char *path)
{
    char *full = realpath(path, NULL); // or the loader would look elsewhere for a name without a slash
    void *object = dlopen(full ? full : path, RTLD_NOW | RTLD_LOCAL);
    free(full);
    if (!object)
        stop(path, dlerror());
    const weft_sim_component *component = dlsym(object, "weft_sim_component");
    if (!component)
        stop(path, "is no component: build it with weft_add_component() under toolchains/native.cmake");
    return component;
}

// "thing" of the world, or of an interface: that alone, or "my:package/interface.thing@1.0.0", as wasmtime has
// it.
static bool is_named(const weft_sim_func *func, const char *name, size_t length)
{
    char full[512] = "";
    if (strlen(func->name) == length && !strncmp(func->name, name, length))
        return true;
    if (!func->interface)
        return false;
    const char *version = strchr(func->interface, '@');
    size_t before = version ? (size_t)(version - func->interface) : strlen(func->interface);
    snprintf(full, sizeof full, "%.*s.%s%s", (int)before, func->interface, func->name, version ? version : "");
    return strlen(full) == length && !strncmp(full, name, length);
}

static const weft_sim_export *find_export(const weft_sim_component *component, const char *call)
{
    size_t length = strcspn(call, "( ");
    for (uint32_t i = 0; i < component->export_count; i++)
        if (is_named(&component->exports[i].func, call, length))
            return &component->exports[i];
    stop(call, "is no call of a function that the first component exports");
}

static void read_arguments(weft_sim_instance *instance, request *it, const char *call)
{
    uint32_t count = it->export->func.param_count;
    it->args = calloc(count ? count : 1, sizeof *it->args);
    wave_reader reader = wave_reader_of(instance, call);
    reader.at += strcspn(call, "( ");
    if (!it->args || !wave_read_arguments(&reader, &it->export->func, it->args))
        stop(call, reader.wrong);
}

static void always(weft_sim_options *options, const char *name)
{
    const struct {
        const char *name;
        uint16_t *weight;
    } all[] = {{"block", &options->block},
               {"eager-yield", &options->eager_yield},
               {"late", &options->late},
               {"hold", &options->hold},
               {"partial", &options->partial},
               {"unasked", &options->unasked},
               {"slow-cancel", &options->slow_cancel}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!strcmp(all[i].name, name)) {
            *all[i].weight = 1000;
            return;
        }
    stop(name, "is nothing that the host can do always");
}

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
        const weft_sim_func *func = &it->requests[i].export->func;
        weft_sim_call *made =
            weft_sim_call_export(it->instance, func->interface, func->name, it->requests[i].args);
        if (!it->ticks)
            weft_sim_spawn(sim, tick, it);
        weft_sim_call_wait(made);
        if (func->result)
            wave_print(stdout, it->instance, func->result, weft_sim_call_result(made));
        else
            fputs("()", stdout);
        putchar('\n');
        weft_sim_call_free(made);
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
            schedule.seed = strtoull(arguments[++at], NULL, 0);
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
    it.requests = calloc(it.count, sizeof *it.requests);
    if (!it.requests)
        abort();
    for (uint32_t i = 0; i < it.count; i++)
        it.requests[i].export = find_export(components[0], calls[i]);
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
        read_arguments(instances[0], &it.requests[i], calls[i]);

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
        free(it.requests[i].args);
    free(it.requests);
    weft_sim_free(sim);
    for (uint32_t i = 0; i < COMPONENTS_MAX; i++)
        free(orders[i]);
    weft_sim_schedule_free(&schedule);
    return leaked ? 5 : 0;
}
