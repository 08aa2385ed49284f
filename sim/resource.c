// Resources: handles that own or borrow, lending, and destructors. Spec: ResourceHandle, lift_own to
// lower_borrow, canon_resource_new, canon_resource_drop, canon_resource_rep.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

const weft_sim__resource_type *weft_sim__resource_type_of(weft_sim_instance *instance,
                                                          const weft_sim_resource *resource)
{
    const weft_sim__part *part = instance->parts;
    while (resource->index >= part->component->resource_count ||
           part->component->resources[resource->index] != resource)
        part++;
    return part->resources[resource->index];
}

bool weft_sim__same_resource(weft_sim_instance *a, const weft_sim_resource *of_a, weft_sim_instance *b,
                             const weft_sim_resource *of_b)
{
    return weft_sim__resource_type_of(a, of_a) == weft_sim__resource_type_of(b, of_b);
}

static uint32_t add(weft_sim_instance *instance, weft_sim__resource_handle *handle)
{
    return handle->handle = weft_sim__handle_add(instance, KIND_RESOURCE, handle);
}

static const char *interface_of(const weft_sim_resource *resource)
{
    return resource->interface ? resource->interface : "";
}

static weft_sim__resource_handle *get(weft_sim_instance *instance, const weft_sim_resource *resource,
                                      uint32_t handle)
{
    weft_sim__resource_handle *it = weft_sim__handle_get(instance, handle, KIND_RESOURCE);
    const weft_sim__resource_type *type = weft_sim__resource_type_of(instance, resource);
    if (it->type == type)
        return it;
    weft_sim__wasmtime_says(
        instance->sim, "handle index %u used with the wrong type, expected %s resource but found %s resource",
        (unsigned)handle, type->implementer ? "guest-defined" : "host",
        !it->type->implementer ? "host"
        : type->implementer    ? "a different guest-defined"
                               : "guest-defined");
    weft_sim__trap(instance->sim, WEFT_SIM_TRAP_HANDLE_TYPE, "handle %u is a %s/%s, not a %s/%s",
                   (unsigned)handle, interface_of(it->type->resource), it->type->resource->name,
                   interface_of(resource), resource->name);
}

static void check_not_lent(weft_sim *sim, const weft_sim__resource_handle *handle)
{
    if (handle->lends)
        weft_sim__trap(sim, WEFT_SIM_TRAP_RESOURCE_LENT, "handle %u, a %s", (unsigned)handle->handle,
                       handle->type->resource->name);
}

weft_sim__resource_handle *weft_sim__resource_lift(const weft_sim_context *context, const weft_sim_type *type,
                                                   uint32_t handle)
{
    weft_sim_instance *instance = context->instance;
    weft_sim *sim = instance->sim;
    weft_sim__resource_handle *it = get(instance, type->resource, handle);
    if (type->kind == WEFT_SIM_OWN) {
        check_not_lent(sim, it);
        if (!it->own)
            weft_sim__trap(sim, WEFT_SIM_TRAP_RESOURCE_NOT_OWNED, "handle %u, a %s", (unsigned)handle,
                           it->type->resource->name);
        weft_sim__handle_remove(instance, handle);
        return it;
    }
    weft_sim_call *call = context->scope;
    it->lends++;
    weft_sim__list_add(sim, &call->lent, it);
    weft_sim__resource_handle *moved = weft_sim__new(sim, sizeof *moved);
    *moved = (weft_sim__resource_handle){.type = it->type, .rep = it->rep};
    return moved;
}

uint32_t weft_sim__resource_lower(const weft_sim_context *context, const weft_sim_type *type,
                                  weft_sim__resource_handle *moved)
{
    weft_sim_instance *instance = context->instance;
    if (type->kind == WEFT_SIM_OWN)
        return add(instance, moved);
    if (moved->type->implementer == instance) {
        uint32_t rep = moved->rep;
        weft_sim__release(moved);
        return rep;
    }
    moved->own = false; // a script may lend what it made
    moved->borrower = context->scope;
    moved->borrower->borrows++;
    return add(instance, moved);
}

typedef struct destruction {
    const weft_sim_resource *resource;
    uint32_t rep;
} destruction;

static void destroy(void *data)
{
    const destruction *it = data;
    it->resource->destructor(it->rep);
}

void weft_sim__resource_end(weft_sim *sim, const weft_sim__resource_type *type, uint32_t rep,
                            const weft_sim_instance *caller)
{
    weft_sim_instance *implementer = type->implementer;
    if (!implementer) {
        if (sim->resource_drop)
            sim->resource_drop(type->resource, rep, sim->resource_drop_data);
        return;
    }
    if (!type->resource->destructor)
        return;
    weft_sim__enter(implementer, caller);
    weft_sim__helper helper;
    weft_sim__helper_begin(implementer, &helper, true);
    weft_sim__run_sync(&helper.task, destroy, &(destruction){type->resource, rep});
    weft_sim__helper_end(&helper);
    weft_sim__leave(implementer, caller);
}

uint32_t weft_sim_resource_new(weft_sim_instance *self, const weft_sim_resource *resource, uint32_t rep)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "resource.new", 0);
    weft_sim__resource_handle *it = weft_sim__new(sim, sizeof *it);
    *it = (weft_sim__resource_handle){
        .type = weft_sim__resource_type_of(self, resource), .rep = rep, .own = true};
    add(self, it);
    weft_sim__note_answer(sim, "resource.new", resource->name, 0, 0, 0, 0, it->handle);
    return it->handle;
}

uint32_t weft_sim_resource_rep(weft_sim_instance *self, const weft_sim_resource *resource, uint32_t handle)
{
    weft_sim__built_in_anywhere(self, "resource.rep", handle);
    return get(self, resource, handle)->rep;
}

void weft_sim_resource_drop(weft_sim_instance *self, const weft_sim_resource *resource, uint32_t handle)
{
    weft_sim *sim = self->sim;
    weft_sim__built_in(self, "resource.drop", handle);
    weft_sim__resource_handle *it = get(self, resource, handle);
    check_not_lent(sim, it);
    weft_sim__handle_remove(self, handle);
    weft_sim__note(sim, "resource.drop", resource->name, 1, handle, 0, 0);
    weft_sim__resource_handle gone = *it;
    weft_sim__release(it);
    if (gone.own)
        weft_sim__resource_end(sim, gone.type, gone.rep, self);
    else
        gone.borrower->borrows--;
}
