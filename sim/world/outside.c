// What scripts wait for outside of the process.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>

uint64_t weft_world__now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void grow(weft_world *world)
{
    uint32_t capacity = world->polled_capacity ? 2 * world->polled_capacity : 64;
    world->polled = realloc(world->polled, capacity * sizeof *world->polled);
    world->polled_for = realloc(world->polled_for, capacity * sizeof *world->polled_for);
    if (!world->polled || !world->polled_for)
        abort();
    world->polled_capacity = capacity;
}

// The descriptors that are waited for, and the first of the times; false if there is neither.
static bool collect(weft_world *world, uint32_t *count, uint64_t *first)
{
    bool any = false;
    for (weft_world__wait *it = world->waits.next; it != &world->waits; it = it->next) {
        if (it->fired)
            continue;
        any = true;
        if (it->when < *first)
            *first = it->when;
        if (it->descriptor < 0)
            continue;
        if (*count == world->polled_capacity)
            grow(world);
        world->polled[*count] = (struct pollfd){.fd = it->descriptor, .events = it->events};
        world->polled_for[(*count)++] = it;
    }
    return any;
}

// In ms, rounded up, or it would be asked again too early.
static int time_left(uint64_t when)
{
    const uint64_t most = 3600000;
    uint64_t now = weft_world__now();
    if (when == UINT64_MAX)
        return NEVER;
    if (when <= now)
        return 0;
    uint64_t left = (when - now + 999999) / 1000000;
    return (int)(left < most ? left : most);
}

static void fire(weft_world__wait *it)
{
    it->fired = true;
    weft_sim_wake(&it->sleep);
}

static bool idle(weft_sim *sim, bool may_block, void *data)
{
    weft_world *world = data;
    uint32_t count = 0;
    uint64_t first = UINT64_MAX;
    (void)sim;
    if (world->is_over || !collect(world, &count, &first))
        return false;
    int ready = poll(world->polled, count, may_block ? time_left(first) : 0);
    bool any_fired = ready > 0;
    for (uint32_t i = 0; i < count && ready > 0; i++)
        if (world->polled[i].revents) {
            fire(world->polled_for[i]);
            ready--;
        }
    uint64_t now = first == UINT64_MAX ? 0 : weft_world__now();
    if (first <= now)
        for (weft_world__wait *it = world->waits.next; it != &world->waits; it = it->next)
            if (it->when <= now)
                fire(it);
    return may_block || any_fired || first <= now;
}

void weft_world__outside_begin(weft_world *world)
{
    world->waits.next = world->waits.previous = &world->waits;
    weft_sim_on_idle(world->sim, idle, world);
}

void weft_world__outside_end(weft_world *world)
{
    weft_sim_on_idle(world->sim, NULL, NULL);
    free(world->polled);
    free(world->polled_for);
}

static bool is_to_be_cancelled(const weft_world *world)
{
    for (const weft_world__sleeper *it = world->sleepers; it; it = it->next)
        if (weft_sim_call_cancel_asked(it->call))
            return true;
    return false;
}

static bool is_over(void *object)
{
    const weft_world__wait *it = object;
    return it->fired || (it->sleep.end && !weft_sim_end_met(it->sleep.end)) ||
           (it->sleep.call && weft_sim_call_cancel_asked(it->sleep.call)) ||
           (it->sleepers_of && (it->sleepers_of->is_another_first || is_to_be_cancelled(it->sleepers_of)));
}

bool weft_world__wait_for(weft_world *world, const char *what, weft_world__wait wait)
{
    wait.next = &world->waits;
    wait.previous = world->waits.previous;
    wait.previous->next = wait.next->previous = &wait;
    if (wait.sleepers_of)
        weft_sim_wait_until(world->sim, what, is_over, &wait);
    else
        weft_sim_sleep_until(world->sim, what, is_over, &wait, &wait.sleep);
    wait.previous->next = wait.next;
    wait.next->previous = wait.previous;
    return wait.fired;
}

static bool is_met_or_gone(void *object)
{
    return weft_sim_end_met(object) || weft_sim_end_dropped(object);
}

// Another script, or another process, may have been first.
static bool is_ready_still(int descriptor, short events)
{
    return poll(&(struct pollfd){.fd = descriptor, .events = events}, 1, 0) > 0;
}

uint32_t weft_world__meet(weft_world *world, const char *what, weft_sim_end *end, int descriptor, short events,
                          void **bytes)
{
    for (;;) {
        bool begins = events == POLLIN && weft_sim_end_is_between_scripts(end);
        if (bytes)
            *bytes = NULL;
        if (!begins)
            weft_sim_sleep_until(world->sim, what, is_met_or_gone, end, &(weft_sim_sleep){.end = end});
        if (weft_sim_end_dropped(end))
            return 0;
        weft_world__wait ready = {
            .descriptor = descriptor, .events = events, .when = UINT64_MAX, .sleep.end = begins ? NULL : end};
        if (descriptor >= 0 &&
            (!weft_world__wait_for(world, what, ready) || !is_ready_still(descriptor, events)))
            continue;
        uint32_t count = begins ? CHUNK : weft_sim_end_offer(end, bytes);
        if (count) // else it has gone away meanwhile
            return count;
    }
}
