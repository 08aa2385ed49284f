// Who answers what.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const weft_world__row *const all[] = {
    weft_world__cli,      weft_world__clocks,      weft_world__random,        weft_world__fs,
    weft_world__fs_paths, weft_world__http_fields, weft_world__http_messages, weft_world__http_client,
    weft_world__tcp,      weft_world__udp,         weft_world__names};

bool weft_world__is_of(const char *interface, const char *plain)
{
    size_t length = strlen(plain);
    return !strncmp(interface, plain, length) && interface[length] == '@';
}

void weft_world__dropped(const weft_sim_resource *resource, uint32_t rep, void *data)
{
    const char *interface = resource->interface ? resource->interface : "";
    if (weft_world__is_of(interface, "wasi:filesystem/types"))
        weft_world__descriptor_drop(data, rep);
    else if (weft_world__is_of(interface, "wasi:http/types"))
        weft_world__http_drop(resource->name, rep);
    else if (weft_world__is_of(interface, "wasi:sockets/types"))
        weft_world__socket_drop(rep);
}

weft_world *weft_world_new(weft_sim *sim, const weft_world_options *options)
{
    weft_world *world = calloc(1, sizeof *world);
    if (!world)
        abort();
    world->sim = sim;
    if (options)
        world->options = *options;
    weft_world__outside_begin(world);
    weft_sim_on_resource_drop(sim, weft_world__dropped, world);
    return world;
}

void weft_world_free(weft_world *world)
{
    if (!world)
        return;
    weft_world__outside_end(world);
    weft_sim_on_resource_drop(world->sim, NULL, NULL);
    while (world->jobs)
        weft_world__job_end(world->jobs);
    weft_world__sleepers_free(world);
    weft_world__faults_free(world);
    free(world->components);
    for (uint32_t i = 0; i < world->descriptor_count; i++)
        if (world->descriptors[i].is)
            weft_world__descriptor_drop(world, i);
    free(world->descriptors);
    free(world);
}

void weft_world_end(weft_world *world)
{
    world->is_over = true;
}

bool weft_world_exited(const weft_world *world, int *code)
{
    *code = world->exit_code;
    return world->exited;
}

static void missing(weft_sim_call *call, void *data)
{
    const weft_sim_func *func = weft_sim_call_func(call);
    char words[256];
    (void)data;
    snprintf(words, sizeof words, "the native world does not have %s#%s", func->interface, func->name);
    weft_sim_unreachable(weft_sim_call_caller(call), words);
}

static weft_sim_handler handler_of(const weft_sim_func *func)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (const weft_world__row *row = all[i]; row->name; row++)
            if (weft_world__is_of(func->interface, row->interface) && !strcmp(func->name, row->name))
                return row->handler;
    return missing;
}

static void answer_now(weft_sim_call *call, void *data)
{
    if (!weft_world__fails(data, call))
        handler_of(weft_sim_call_func(call))(call, data);
}

// ---- Calls that take their time ----

typedef struct late_call {
    weft_world__job job;
    weft_world *world;
    weft_sim_call *call;
} late_call;

static void answers_later(weft_sim *sim, void *data)
{
    late_call it = *(late_call *)data;
    weft_sim_pause(sim);
    weft_world__job_end(&((late_call *)data)->job);
    if (weft_sim_call_cancel_asked(it.call))
        weft_sim_call_cancelled(it.call);
    else
        answer_now(it.call, it.world);
}

// Of an async function: it may stay STARTING for a while.
static void answer(weft_sim_call *call, void *data)
{
    weft_world *world = data;
    if (!weft_sim_chance(world->sim, WEFT_SIM_CHOOSE_START, world->options.hold)) {
        answer_now(call, world);
        return;
    }
    late_call *it = malloc(sizeof *it);
    if (!it)
        abort();
    *it = (late_call){.world = world, .call = call};
    weft_world__job_begin(world, &it->job, NULL);
    weft_sim_spawn_small(world->sim, answers_later, it);
}

void weft_world_answer(weft_world *world, const weft_sim_component *component)
{
    const weft_sim_func *func;
    world->components = realloc(world->components, (world->component_count + 1) * sizeof *world->components);
    if (!world->components)
        abort();
    world->components[world->component_count++] = component;
    for (uint32_t i = 0; (func = weft_sim_import_at(component, i)); i++)
        if (func->interface && !strncmp(func->interface, "wasi:", 5))
            weft_sim_answer(world->sim, func->interface, func->name, func->is_async ? answer : answer_now,
                            world);
}

// ---- For those who answer ----

static void free_plain(weft_world__job *job)
{
    free(job);
}

void weft_world__job_begin(weft_world *world, weft_world__job *job, void (*free)(weft_world__job *it))
{
    *job = (weft_world__job){world->jobs, &world->jobs, free ? free : free_plain};
    if (job->next)
        job->next->at = &job->next;
    world->jobs = job;
}

void weft_world__job_end(weft_world__job *job)
{
    *job->at = job->next;
    if (job->next)
        job->next->at = job->at;
    job->free(job);
}

void weft_world__answer(weft_sim_call *call, weft_sim_value value)
{
    weft_sim_call_start(call);
    weft_sim_call_return(call, &value);
}

void weft_world__answer_number(weft_sim_call *call, uint64_t number)
{
    weft_world__answer(call, (weft_sim_value){.number = number});
}

weft_sim_value *weft_world__boxed(weft_sim_instance *instance, weft_sim_value value)
{
    weft_sim_value *box = weft_sim_items_value(instance, 1).items;
    *box = value;
    return box;
}

static weft_sim_value zero_of(weft_sim_instance *instance, const weft_sim_type *type)
{
    weft_sim_value zero = {0};
    if (type->kind == WEFT_SIM_RECORD || type->kind == WEFT_SIM_TUPLE) {
        zero = weft_sim_items_value(instance, type->part_count);
        for (uint32_t i = 0; i < type->part_count; i++)
            zero.items[i] = zero_of(instance, type->parts[i].type);
    }
    return zero;
}

const char *weft_world__name_of(const weft_world__name *names, int error)
{
    while (names->error && names->error != error)
        names++;
    return names->name;
}

weft_sim_value weft_world__failure(weft_sim_instance *instance, const weft_sim_type *result, const char *name)
{
    const weft_sim_type *errors = result->parts[1].type;
    uint32_t which = weft_world__case(errors, name);
    weft_sim_value code = {.number = which};
    if (errors->parts[which].type)
        code.payload = weft_world__boxed(instance, zero_of(instance, errors->parts[which].type));
    return (weft_sim_value){.which = 1, .payload = weft_world__boxed(instance, code)};
}

void weft_world__answer_result(weft_sim_call *call, const char *failed, const weft_sim_value *ok)
{
    weft_sim_instance *instance = weft_sim_call_caller(call);
    weft_sim_value result = {0};
    if (failed)
        result = weft_world__failure(instance, weft_sim_call_func(call)->result, failed);
    else if (ok)
        result.payload = weft_world__boxed(instance, *ok);
    weft_sim_call_return(call, &result);
}

weft_sim_value weft_world__object_value(weft_sim_instance *instance, const weft_sim_resource *resource,
                                        const void *object)
{
    return weft_sim_resource_value(instance, resource, (uint32_t)(uintptr_t)object);
}

void *weft_world__object(const weft_sim_value *value)
{
    return (void *)(uintptr_t)weft_sim_value_rep(value);
}

bool weft_world__resolve(weft_sim_end *future, const weft_sim_type *type, weft_sim_value value)
{
    bool is_taken = (weft_sim_end_copy(future, &value, 1) & 15) != DROPPED;
    if (!is_taken)
        weft_sim_value_free(type->element, &value);
    weft_sim_end_drop(future);
    return is_taken;
}

uint32_t weft_world__case(const weft_sim_type *type, const char *name)
{
    uint32_t i = 0;
    while (strcmp(type->parts[i].name, name) != 0)
        i++;
    return i;
}
