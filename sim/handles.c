// An instance's table of handles: dense, reused last in first out, as the spec's is. Spec: Table.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <string.h>

static const char *const kinds[] = {"nothing",       "waitable set",  "subtask",
                                    "stream reader", "stream writer", "future reader",
                                    "future writer", "resource",      "error context"};

// What wasmtime says of a handle that is not of this kind.
static void say_kind(weft_sim *sim, uint32_t handle, weft_sim__kind kind)
{
    static const char *const names[] = {"nothing",  "an waitable-set", "a subtask",
                                        "a stream", "a stream",        "a future",
                                        "a future", "a resource",      "an error-context"};
    const char *call = sim->call ? sim->call : "", *name = names[kind];
    if (!strcmp(call, "subtask.drop"))
        name = "a waitable";
    else if (!strcmp(call, "waitable-set.drop"))
        name = "a waitable-set";
    if (kind != KIND_RESOURCE)
        weft_sim__wasmtime_says(sim, "handle is not %s", name);
    else if (strcmp(call, "resource.rep") != 0)
        weft_sim__wasmtime_says(sim, "index %u is not a resource", (unsigned)handle);
    else
        weft_sim__wasmtime_says(sim, "index is not a resource");
}

const char *weft_sim__kind_name(weft_sim__kind kind)
{
    return kinds[kind];
}

void weft_sim__count_handle(weft_sim *sim)
{
    uint32_t most = sim->options.max_handles ? sim->options.max_handles : MAX_LENGTH;
    if (sim->handle_count >= most)
        weft_sim__trap(sim, WEFT_SIM_TRAP_HANDLES_FULL, "%u handles are in use", (unsigned)sim->handle_count);
    sim->handle_count++;
}

uint32_t weft_sim__handle_add(weft_sim_instance *instance, weft_sim__kind kind, void *object)
{
    weft_sim *sim = instance->sim;
    weft_sim__count_handle(sim);
    uint32_t handle = instance->free_entry;
    if (handle) {
        instance->free_entry = instance->entries[handle].next_free;
    } else {
        if (instance->entry_count >= instance->entry_capacity) {
            uint32_t capacity = instance->entry_capacity ? 2 * instance->entry_capacity : 16;
            weft_sim__entry *entries = weft_sim__new(sim, capacity * sizeof *entries);
            if (instance->entry_count)
                memcpy(entries, instance->entries, instance->entry_count * sizeof *entries);
            else
                instance->entry_count = 1; // handle 0 is none
            weft_sim__release(instance->entries);
            instance->entries = entries;
            instance->entry_capacity = capacity;
        }
        handle = instance->entry_count++;
    }
    instance->entries[handle] = (weft_sim__entry){.kind = kind, .object = object};
    return handle;
}

weft_sim__entry *weft_sim__handle_entry(weft_sim_instance *instance, uint32_t handle)
{
    if (handle >= instance->entry_count || !instance->entries[handle].kind) {
        weft_sim__wasmtime_says(instance->sim, "unknown handle index %u", (unsigned)handle);
        weft_sim__trap(instance->sim, WEFT_SIM_TRAP_HANDLE_UNKNOWN, "handle %u", (unsigned)handle);
    }
    return &instance->entries[handle];
}

void *weft_sim__handle_get(weft_sim_instance *instance, uint32_t handle, weft_sim__kind kind)
{
    weft_sim__entry *entry = weft_sim__handle_entry(instance, handle);
    if (entry->kind == kind)
        return entry->object;
    say_kind(instance->sim, handle, kind);
    weft_sim__trap(instance->sim, WEFT_SIM_TRAP_HANDLE_KIND, "handle %u is a %s, not a %s", (unsigned)handle,
                   kinds[entry->kind], kinds[kind]);
}

void weft_sim__handle_remove(weft_sim_instance *instance, uint32_t handle)
{
    instance->entries[handle] = (weft_sim__entry){.next_free = instance->free_entry};
    if (!instance->sim->options.fresh_handles)
        instance->free_entry = handle;
    instance->sim->handle_count--;
}
