// The host itself: instances, and what links them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static bool same_name(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
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
    sim->waiting.next = sim->waiting.previous = &sim->waiting;
    sim->step_limit = 10 * 1000 * 1000;
    sim->lines = calloc(LINES, sizeof *sim->lines);
    if (!sim->lines)
        abort();
    return sim;
}

weft_sim_instance *weft_sim_instantiate(weft_sim *sim, const weft_sim_component *component)
{
    weft_sim_instance *instance = weft_sim__new(sim, sizeof *instance);
    instance->sim = sim;
    instance->component = component;
    instance->number = ++sim->instance_count;
    instance->may_leave = true;
    weft_sim_instance **last = &sim->instances;
    while (*last)
        last = &(*last)->next;
    *last = instance;
    instance->links = weft_sim__new(sim, (component->import_count + 1) * sizeof *instance->links);
    instance->resources = weft_sim__new(sim, (component->resource_count + 1) * sizeof *instance->resources);
    for (uint32_t i = 0; i < component->resource_count; i++) {
        weft_sim__resource_type *type = weft_sim__new(sim, sizeof *type);
        type->resource = component->resources[i];
        type->implementer = type->resource->is_export ? instance : NULL;
        instance->resources[i] = type;
    }
    *component->self = instance;
    return instance;
}

const weft_sim_export *weft_sim__export_named(const weft_sim_instance *instance, const char *interface,
                                              const char *name)
{
    for (uint32_t i = 0; i < instance->component->export_count; i++) {
        const weft_sim_export *export = &instance->component->exports[i];
        if (same_name(export->func.interface, interface) && same_name(export->func.name, name))
            return export;
    }
    return NULL;
}

void weft_sim_link(weft_sim_instance *importer, weft_sim_instance *exporter)
{
    for (uint32_t i = 0; i < importer->component->import_count; i++) {
        const weft_sim_func *func = &importer->component->imports[i];
        const weft_sim_export *export = weft_sim__export_named(exporter, func->interface, func->name);
        if (export)
            importer->links[i] = (struct weft_sim__link){exporter, export};
    }
    for (uint32_t i = 0; i < importer->component->resource_count; i++) {
        const weft_sim_resource *imported = importer->component->resources[i];
        for (uint32_t j = 0; !imported->is_export && j < exporter->component->resource_count; j++) {
            const weft_sim_resource *exported = exporter->component->resources[j];
            if (exported->is_export && same_name(imported->interface, exported->interface) &&
                same_name(imported->name, exported->name))
                importer->resources[i] = exporter->resources[j];
        }
    }
}

void weft_sim_free(weft_sim *sim)
{
    if (!sim)
        return;
    for (weft_sim_instance *instance = sim->instances; instance; instance = instance->next)
        if (*instance->component->self == instance)
            *instance->component->self = NULL;
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
