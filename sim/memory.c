// The host's own memory: every object is on a list of its host, so that a run that was cut short leaves nothing
// behind. Lists of pointers that grow.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (!memory) {
        fputs("weft_sim: the host is out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *weft_sim__new(weft_sim *sim, size_t size)
{
    weft_sim__block *block = checked(calloc(1, sizeof *block + size));
    block->next = sim->blocks.next;
    block->previous = &sim->blocks;
    block->next->previous = block;
    sim->blocks.next = block;
    return block + 1;
}

void weft_sim__release(void *memory)
{
    if (!memory)
        return;
    weft_sim__block *block = (weft_sim__block *)memory - 1;
    block->next->previous = block->previous;
    block->previous->next = block->next;
    free(block);
}

void weft_sim__release_all(weft_sim *sim)
{
    while (sim->blocks.next != &sim->blocks)
        weft_sim__release(sim->blocks.next + 1);
}

void *weft_sim__allocate(weft_sim_instance *instance, size_t size)
{
    return weft_sim__new(instance->sim, size);
}

void weft_sim__list_add(weft_sim *sim, weft_sim__list *list, void *item)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? 2 * list->capacity : 8;
        void **items = weft_sim__new(sim, capacity * sizeof *items);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        weft_sim__release(list->items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

void weft_sim__list_remove(weft_sim__list *list, const void *item)
{
    uint32_t i = 0;
    while (list->items[i] != item)
        i++;
    list->items[i] = list->items[--list->count];
}
