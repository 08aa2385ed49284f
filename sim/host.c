// The host itself: instances, and what links them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"
#include "layout.h"

#include <stdlib.h>
#include <string.h>

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_resource(const weft_sim_resource *a, const weft_sim_resource *b)
{
    return a->is_export == b->is_export && same_name(a->interface, b->interface) && same_name(a->name, b->name);
}

weft_sim *weft_sim_new(const weft_sim_options *options, weft_sim_schedule *schedule)
{
    weft_sim *sim = calloc(1, sizeof *sim);
    if (!sim)
        abort();
    if (options)
        sim->options = *options;
    sim->schedule = schedule;
    sim->blocks.next = sim->blocks.previous = &sim->blocks;
    sim->calls_end = &sim->calls;
    sim->polled.next = sim->polled.previous = &sim->polled;
    sim->settling.next = sim->settling.previous = &sim->settling;
    sim->step_limit = 10 * 1000 * 1000;
    sim->lines = calloc(LINES, sizeof *sim->lines);
    if (!sim->lines)
        abort();
    return sim;
}

// The type that a part of the instance, so far, has imported by this name.
static const weft_sim__resource_type *known_type(const weft_sim_instance *instance,
                                                 const weft_sim_resource *resource)
{
    for (uint32_t i = 0; i < instance->part_count; i++) {
        const weft_sim__part *part = &instance->parts[i];
        for (uint32_t j = 0; j < part->component->resource_count; j++)
            if (part->resources[j] && same_resource(part->component->resources[j], resource))
                return part->resources[j];
    }
    return NULL;
}

// The host has one type by that name, whoever imports it.
static const weft_sim__resource_type *hosts_type(const weft_sim *sim, const weft_sim_resource *resource)
{
    for (const weft_sim_instance *instance = sim->instances; instance && !resource->is_export;
         instance = instance->next) {
        const weft_sim__resource_type *type = known_type(instance, resource);
        if (type && !type->implementer)
            return type;
    }
    return NULL;
}

static void add_part(weft_sim_instance *instance, const weft_sim_component *component)
{
    weft_sim *sim = instance->sim;
    weft_sim__part *part = &instance->parts[instance->part_count++];
    part->component = component;
    part->links = weft_sim__new(sim, (component->import_count + 1) * sizeof *part->links);
    part->resources = weft_sim__new(sim, (component->resource_count + 1) * sizeof *part->resources);
    for (uint32_t i = 0; i < component->resource_count; i++) {
        const weft_sim_resource *resource = component->resources[i];
        part->resources[i] = known_type(instance, resource);
        if (!part->resources[i])
            part->resources[i] = hosts_type(sim, resource);
        if (part->resources[i])
            continue;
        weft_sim__resource_type *type = weft_sim__new(sim, sizeof *type);
        type->resource = resource;
        type->implementer = resource->is_export ? instance : NULL;
        part->resources[i] = type;
    }
    if (!instance->realloc)
        instance->realloc = component->realloc;
    *component->self = instance;
}

weft_sim_instance *weft_sim_instantiate(weft_sim *sim, const weft_sim_component *component)
{
    weft_sim_instance *instance = weft_sim__new(sim, sizeof *instance);
    weft_sim__layout_forget();
    instance->sim = sim;
    instance->component = component;
    instance->number = ++sim->instance_count;
    instance->may_leave = true;
    weft_sim_instance **last = &sim->instances;
    while (*last)
        last = &(*last)->next;
    *last = instance;
    uint32_t more = (uint32_t)(component->parts_end - component->parts);
    instance->parts = weft_sim__new(sim, (1 + more) * sizeof *instance->parts);
    add_part(instance, component);
    for (uint32_t i = 0; i < more; i++)
        add_part(instance, component->parts[i]);
    return instance;
}

weft_sim__link *weft_sim__link_of(const weft_sim_instance *instance, const weft_sim_func *import)
{
    const weft_sim__part *part = instance->parts;
    while (import < part->component->imports ||
           import >= part->component->imports + part->component->import_count)
        part++;
    return &part->links[import - part->component->imports];
}

// A component, and then its parts; NULL behind the last.
static const weft_sim_component *part_at(const weft_sim_component *component, uint32_t i)
{
    if (i == 0)
        return component;
    return i <= (uint32_t)(component->parts_end - component->parts) ? component->parts[i - 1] : NULL;
}

const weft_sim_func *weft_sim_import_at(const weft_sim_component *component, uint32_t i)
{
    const weft_sim_component *part;
    for (uint32_t n = 0; (part = part_at(component, n)); i -= part->import_count, n++)
        if (i < part->import_count)
            return &part->imports[i];
    return NULL;
}

const weft_sim_export *weft_sim_export_at(const weft_sim_component *component, uint32_t i)
{
    const weft_sim_component *part;
    for (uint32_t n = 0; (part = part_at(component, n)); i -= part->export_count, n++)
        if (i < part->export_count)
            return &part->exports[i];
    return NULL;
}

const weft_sim_resource *weft_sim_resource_at(const weft_sim_component *component, uint32_t i)
{
    const weft_sim_component *part;
    for (uint32_t n = 0; (part = part_at(component, n)); i -= part->resource_count, n++)
        if (i < part->resource_count)
            return part->resources[i];
    return NULL;
}

const weft_sim_export *weft_sim__export_named(const weft_sim_instance *instance, const char *interface,
                                              const char *name)
{
    const weft_sim_export *export;
    for (uint32_t i = 0; (export = weft_sim_export_at(instance->component, i)); i++)
        if (same_name(export->func.interface, interface) && same_name(export->func.name, name))
            return export;
    return NULL;
}

static void link_part(weft_sim__part *part, weft_sim_instance *exporter)
{
    for (uint32_t i = 0; i < part->component->import_count; i++) {
        const weft_sim_func *func = &part->component->imports[i];
        const weft_sim_export *export = weft_sim__export_named(exporter, func->interface, func->name);
        if (export)
            part->links[i] = (weft_sim__link){exporter, export};
    }
    for (uint32_t i = 0; i < part->component->resource_count; i++) {
        weft_sim_resource wanted = *part->component->resources[i];
        if (wanted.is_export)
            continue;
        wanted.is_export = true;
        const weft_sim__resource_type *exported = known_type(exporter, &wanted);
        if (exported)
            part->resources[i] = exported;
    }
}

void weft_sim_link(weft_sim_instance *importer, weft_sim_instance *exporter)
{
    for (uint32_t i = 0; i < importer->part_count; i++)
        link_part(&importer->parts[i], exporter);
}

void weft_sim_free(weft_sim *sim)
{
    if (!sim)
        return;
    for (weft_sim_instance *instance = sim->instances; instance; instance = instance->next)
        for (uint32_t i = 0; i < instance->part_count; i++)
            if (*instance->parts[i].component->self == instance)
                *instance->parts[i].component->self = NULL;
    weft_sim__fiber_free_all(sim);
    weft_sim__release_all(sim);
    free(sim->lines);
    free(sim->report.data);
    free(sim->transcript.data);
    free(sim->leftovers.data);
    free(sim);
}

void weft_sim_end_faults(weft_sim *sim)
{
    weft_sim_options *it = &sim->options;
    it->block = it->eager_yield = it->late = it->hold = 0;
    it->partial = it->unasked = it->slow_cancel = it->no_memory = 0;
}

weft_sim_trap weft_sim_trapped(const weft_sim *sim)
{
    return sim->trap;
}

void weft_sim_on_call(weft_sim *sim, void (*seen)(weft_sim *sim, void *data), void *data)
{
    sim->on_call = seen;
    sim->on_call_data = data;
}

void weft_sim_on_idle(weft_sim *sim, bool (*idle)(weft_sim *sim, bool may_block, void *data), void *data)
{
    sim->idle = idle;
    sim->idle_data = data;
}

weft_sim_counts weft_sim_counted(const weft_sim *sim)
{
    return sim->counts;
}

bool weft_sim_allocation_fails(weft_sim_instance *instance)
{
    return instance && weft_sim_chance(instance->sim, WEFT_SIM_CHOOSE_MEMORY, instance->sim->options.no_memory);
}

void weft_sim_answer(weft_sim *sim, const char *interface, const char *name, weft_sim_handler handler,
                     void *data)
{
    weft_sim__answer *answer = weft_sim__new(sim, sizeof *answer);
    *answer = (weft_sim__answer){sim->answers, interface, name, handler, data};
    sim->answers = answer;
}

weft_sim__answer *weft_sim__answer_for(weft_sim *sim, const weft_sim_func *func)
{
    for (weft_sim__answer *answer = sim->answers; answer; answer = answer->next)
        if (same_name(answer->interface, func->interface) && same_name(answer->name, func->name))
            return answer;
    return NULL;
}

bool weft_sim__call_named(const weft_sim_call *call, const char *interface, const char *name)
{
    return !name || (same_name(call->func->interface, interface) && same_name(call->func->name, name));
}

void weft_sim_on_resource_drop(weft_sim *sim,
                               void (*drop)(const weft_sim_resource *resource, uint32_t rep, void *data),
                               void *data)
{
    sim->resource_drop = drop;
    sim->resource_drop_data = data;
}

weft_sim_value weft_sim_resource_value(weft_sim_instance *instance, const weft_sim_resource *resource,
                                       uint32_t rep)
{
    weft_sim__resource_handle *it = weft_sim__new(instance->sim, sizeof *it);
    *it = (weft_sim__resource_handle){
        .type = weft_sim__resource_type_of(instance, resource), .rep = rep, .own = true};
    return (weft_sim_value){.handle = it};
}

uint32_t weft_sim_value_rep(const weft_sim_value *value)
{
    return ((weft_sim__resource_handle *)value->handle)->rep;
}

weft_sim_value weft_sim_error_context_value(weft_sim_instance *instance, const char *text)
{
    return (weft_sim_value){.handle =
                                weft_sim__error_context_make(instance->sim, text, (uint32_t)strlen(text))};
}
