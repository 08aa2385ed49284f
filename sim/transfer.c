// Handles that move with a value, and a component's memory, for values.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _DEFAULT_SOURCE // for msync
#include "internal.h"

#include <sys/mman.h>

enum { PAGE = 4096 };

static bool is_mapped(uintptr_t at, size_t size)
{
    uintptr_t page = at / PAGE * PAGE;
    return !msync((void *)page, at + size - page, MS_ASYNC);
}

bool weft_sim__is_memory(const void *pointer, size_t size)
{
    uintptr_t at = (uintptr_t)pointer;
    if (!size)
        return at < PAGE || is_mapped(at, 1) || is_mapped(at - 1, 1); // or behind the last byte
    if (at < PAGE || at + size < at)
        return false;
    // Where there are no sanitizers a run is to be fast.
    return !__asan_region_is_poisoned ||
           (is_mapped(at, size) && !__asan_region_is_poisoned((void *)pointer, size));
}

void *weft_sim__realloc(weft_sim_instance *instance, weft_sim_trap bounds, size_t alignment, size_t size)
{
    weft_sim *sim = instance->sim;
    if (!instance->realloc)
        weft_sim__trap(sim, WEFT_SIM_TRAP_REALLOC, "%s has no cabi_realloc", instance->component->world);
    weft_sim__helper helper;
    weft_sim__helper_begin(instance, &helper, false);
    void *memory = instance->realloc(NULL, 0, alignment, size);
    weft_sim__helper_end(&helper);
    bool aligned = (uintptr_t)memory % alignment == 0;
    if (aligned && weft_sim__is_memory(memory, size))
        return memory;
    weft_sim__wasmtime_says(sim, "%s",
                            weft_sim_trap_wasmtime(aligned ? bounds : WEFT_SIM_TRAP_VALUE_ALIGNMENT));
    weft_sim__trap(sim, WEFT_SIM_TRAP_REALLOC, "%lu bytes, got %p", (unsigned long)size, memory);
}

void *weft_sim__lift_handle(const weft_sim_context *context, const weft_sim_type *type, uint32_t handle)
{
    switch (type->kind) {
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
        return weft_sim__resource_lift(context, type, handle);
    case WEFT_SIM_ERROR_CONTEXT: {
        weft_sim__error_context *it = weft_sim__handle_get(context->instance, handle, KIND_ERROR_CONTEXT);
        it->references++;
        return it;
    }
    default:
        return weft_sim__end_lift(context->instance, type, handle);
    }
}

uint32_t weft_sim__lower_handle(const weft_sim_context *context, const weft_sim_type *type, void *in_transit)
{
    switch (type->kind) {
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW:
        return weft_sim__resource_lower(context, type, in_transit);
    case WEFT_SIM_ERROR_CONTEXT:
        return weft_sim__handle_add(context->instance, KIND_ERROR_CONTEXT, in_transit);
    default:
        return weft_sim__end_lower(context->instance, type, in_transit);
    }
}

void weft_sim__drop_handle(const weft_sim_type *type, void *in_transit)
{
    if (!in_transit)
        return;
    switch (type->kind) {
    case WEFT_SIM_OWN:
    case WEFT_SIM_BORROW: {
        weft_sim__resource_handle it = *(weft_sim__resource_handle *)in_transit;
        weft_sim__release(in_transit);
        if (it.own && it.type->implementer)
            weft_sim__resource_end(it.type->implementer->sim, it.type, it.rep, NULL);
        break;
    }
    case WEFT_SIM_ERROR_CONTEXT:
        weft_sim__error_context_unref(in_transit);
        break;
    default:
        weft_sim__end_close(in_transit);
    }
}
