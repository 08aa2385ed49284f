// Those who wait and can go on, and events that are there, in order. Among thousands that wait for
// something else, the first few are found in a few steps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

static weft_sim__placed *at(const weft_sim__queue *queue, uint32_t index)
{
    return queue->items[index];
}

static void put(weft_sim__queue *queue, uint32_t index, weft_sim__placed *it)
{
    queue->items[index] = it;
    it->index = index;
}

// Into the place that is free, or one nearer to the first.
static void rise(weft_sim__queue *queue, uint32_t free, weft_sim__placed *it)
{
    for (uint32_t above; free && it->place < at(queue, above = (free - 1) / 2)->place; free = above)
        put(queue, free, at(queue, above));
    put(queue, free, it);
}

void weft_sim__queue_add(weft_sim *sim, weft_sim__queue *queue, weft_sim__placed *it)
{
    weft_sim__list_add(sim, queue, it);
    it->queue = queue;
    rise(queue, queue->count - 1, it);
}

void weft_sim__queue_remove(weft_sim__placed *it)
{
    weft_sim__queue *queue = it->queue;
    if (!queue)
        return;
    it->queue = NULL;
    uint32_t free = it->index;
    weft_sim__placed *last = at(queue, --queue->count);
    if (last == it)
        return;
    for (uint32_t below; (below = 2 * free + 1) < queue->count; free = below) {
        if (below + 1 < queue->count && at(queue, below + 1)->place < at(queue, below)->place)
            below++;
        if (last->place < at(queue, below)->place)
            break;
        put(queue, free, at(queue, below));
    }
    rise(queue, free, last);
}

void weft_sim__walk_add(weft_sim *sim, const weft_sim__queue *queue)
{
    if (queue->count)
        weft_sim__list_add(sim, &sim->walk, at(queue, 0));
}

weft_sim__placed *weft_sim__walk_next(weft_sim *sim)
{
    weft_sim__list *walk = &sim->walk;
    if (!walk->count)
        return NULL;
    uint32_t first = walk->count - 1;
    for (uint32_t i = 0; i < walk->count && !sim->options.queue; i++)
        if (at(walk, i)->place < at(walk, first)->place)
            first = i;
    weft_sim__placed *next = at(walk, first);
    walk->items[first] = walk->items[--walk->count];
    for (uint32_t below = 2 * next->index + 1; below <= 2 * next->index + 2; below++)
        if (below < next->queue->count)
            weft_sim__list_add(sim, walk, at(next->queue, below));
    return next;
}
