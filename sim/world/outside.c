// What scripts wait for outside of the process.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

// So long those outside have for what they do, while others wait for a virtual time.
enum { PATIENCE = 100 }; // ms

// One look outside costs as much as there are waits: who is asked now and then only looks the more seldom.
enum { WAITS_A_LOOK = 64 };

// So many looks at a virtual clock that stands, and it goes on, faster and faster: someone waits for it to.
enum { LOOKS = 1000, FIRST_PACE = 1000000, FIRST_NOW = 1000000000 };

uint64_t weft_world__now(weft_world *world)
{
    struct timespec now;
    if (world->options.virtual_time)
        return world->clock.now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t weft_world__look_at_clock(weft_world *world)
{
    weft_world__clock *it = &world->clock;
    if (++it->looks > LOOKS) {
        it->pace = it->pace ? 2 * it->pace : FIRST_PACE;
        it->now += it->pace;
        it->looks = 0;
    }
    return weft_world__now(world);
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
        if (*count + 1 == world->polled_capacity) // with room for that of signals
            grow(world);
        world->polled[*count] = (struct pollfd){.fd = it->descriptor, .events = it->events};
        world->polled_for[(*count)++] = it;
    }
    return any;
}

// In ms, rounded up, or it would be asked again too early.
static int time_left(weft_world *world, uint64_t when)
{
    const uint64_t most = 3600000;
    uint64_t now = weft_world__now(world);
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
    weft_sim_ring(it->bell);
}

static void hear_signals(weft_world *world)
{
    char info[128]; // a signalfd_siginfo
    while (world->signals >= 0 && read(world->signals, info, sizeof info) > 0)
        world->signalled(world->signalled_data);
}

// Time goes on by itself when nobody can go on, to the first that is waited for.
static int virtual_time_left(weft_world *world, uint32_t count, uint64_t first)
{
    world->clock.pace = world->clock.looks = 0;
    return first == UINT64_MAX ? NEVER : count && first > world->clock.now ? PATIENCE : 0;
}

static bool idle(weft_sim *sim, bool may_block, void *data)
{
    weft_world *world = data;
    bool is_virtual = world->options.virtual_time;
    uint32_t count = 0;
    uint64_t first = UINT64_MAX;
    (void)sim;
    hear_signals(world);
    if (!may_block && !is_virtual && ++world->unseen < world->waited_for / WAITS_A_LOOK)
        return false;
    if (world->is_over || !collect(world, &count, &first))
        return false;
    world->unseen = 0;
    world->waited_for = count;
    if (is_virtual && !may_block)
        weft_world__look_at_clock(world);
    int timeout = !may_block   ? 0
                  : is_virtual ? virtual_time_left(world, count, first)
                               : time_left(world, first);
    world->polled[count] = (struct pollfd){.fd = world->signals, .events = POLLIN};
    int ready = poll(world->polled, count + 1, timeout);
    bool any_fired = ready > (world->polled[count].revents != 0);
    for (uint32_t i = 0; i < count && ready > 0; i++)
        if (world->polled[i].revents) {
            fire(world->polled_for[i]);
            ready--;
        }
    if (is_virtual && may_block && ready == 0 && !any_fired && first != UINT64_MAX && first > world->clock.now)
        world->clock.now = first;
    uint64_t now = first == UINT64_MAX ? 0 : weft_world__now(world);
    if (first <= now)
        for (weft_world__wait *it = world->waits.next; it != &world->waits; it = it->next)
            if (it->when <= now)
                fire(it);
    return may_block || any_fired || first <= now;
}

void weft_world__outside_begin(weft_world *world)
{
    world->waits.next = world->waits.previous = &world->waits;
    world->clock.now = FIRST_NOW;
    world->signals = -1;
    sigemptyset(&world->heard);
    grow(world);
    weft_sim_on_idle(world->sim, idle, world);
}

void weft_world__outside_end(weft_world *world)
{
    weft_sim_on_idle(world->sim, NULL, NULL);
    if (world->signals >= 0)
        close(world->signals);
    free(world->polled);
    free(world->polled_for);
}

void weft_world_on_signal(weft_world *world, int signal, void (*told)(void *data), void *data)
{
    sigaddset(&world->heard, signal);
    int signals = signalfd(world->signals, &world->heard, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0) {
        fprintf(stderr, "weft_world: signal %d is not heard: %s\n", signal, strerror(errno));
        sigdelset(&world->heard, signal);
        return;
    }
    sigprocmask(SIG_BLOCK, &world->heard, NULL);
    world->signals = signals;
    world->signalled = told;
    world->signalled_data = data;
}

// There is no copy on its other, nor will a script begin one.
static bool is_given_up(const weft_sim_end *end)
{
    return !weft_sim_end_met(end) && !weft_sim_end_is_between_scripts(end);
}

static bool is_over(void *object)
{
    const weft_world__wait *it = object;
    return it->fired || (it->end && is_given_up(it->end)) ||
           (it->call && weft_sim_call_cancel_asked(it->call)) || (it->until && it->until(it->object));
}

bool weft_world__wait_for(weft_world *world, const char *what, weft_world__wait wait)
{
    wait.next = &world->waits;
    wait.previous = world->waits.previous;
    wait.previous->next = wait.next->previous = &wait;
    bool is_polled = wait.until && !wait.bell;
    if (!wait.bell)
        wait.bell = &wait.own;
    weft_sim_bell *of_end = wait.end ? weft_sim_end_rings(wait.end, wait.bell) : NULL;
    weft_sim_bell *of_call = wait.call ? weft_sim_call_rings(wait.call, wait.bell) : NULL;
    if (is_polled)
        weft_sim_wait_until(world->sim, what, is_over, &wait);
    else
        weft_sim_sleep_until(world->sim, what, is_over, &wait, wait.bell);
    if (wait.end)
        weft_sim_end_rings(wait.end, of_end);
    if (wait.call)
        weft_sim_call_rings(wait.call, of_call);
    wait.previous->next = wait.next;
    wait.next->previous = wait.previous;
    return wait.fired;
}

static bool is_met_or_gone(void *object)
{
    return weft_sim_end_met(object) || weft_sim_end_dropped(object);
}

// For who reads from a descriptor: a component may give the other end to a script at any time.
static bool may_read(void *object)
{
    return is_met_or_gone(object) || weft_sim_end_is_between_scripts(object);
}

bool weft_world__is_ready(int descriptor, short events)
{
    return poll(&(struct pollfd){.fd = descriptor, .events = events}, 1, 0) > 0;
}

// A copy of a slow world takes so many ms at most, and moves so few bytes.
enum { SLOW = 10, FEW = 16 };

// False if the other end is given up meanwhile.
static bool takes_a_while(weft_world *world, const char *what, weft_sim_end *end)
{
    uint32_t time = 1 + weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, SLOW);
    weft_world__wait wait = {
        .descriptor = -1, .when = weft_world__now(world) + time * UINT64_C(1000000), .end = end};
    return weft_world__wait_for(world, what, wait);
}

uint64_t weft_world__bytes_to_cut(weft_world *world)
{
    enum { SIZES = 20 }; // as powers of two: early or late, or not at all
    if (!world->options.cut)
        return UINT64_MAX;
    if (world->options.cut_after != WEFT_WORLD_CUT_ANYWHERE)
        return world->options.cut_after;
    uint32_t size = weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, SIZES);
    return size + 1 == SIZES ? UINT64_MAX : weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, 1u << size);
}

void weft_world__bytes_moved(uint64_t *left, ssize_t count)
{
    if (count > 0 && *left != UINT64_MAX)
        *left -= (uint64_t)count;
}

size_t weft_world__bytes_at_once(weft_world *world, const char *what, uint64_t left, size_t count)
{
    if (world->options.slow) {
        takes_a_while(world, what, NULL);
        count = count < FEW ? count : FEW - weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, FEW);
    }
    return count < left ? count : (size_t)left;
}

uint32_t weft_world__meet(weft_world *world, const char *what, weft_sim_end *end, int descriptor, short events,
                          void **bytes)
{
    const weft_world_options *options = &world->options;
    uint32_t most = options->slow ? FEW - weft_sim_choose(world->sim, WEFT_SIM_CHOOSE_SCRIPT, FEW) : CHUNK;
    for (bool is_late = options->slow;;) {
        if (bytes)
            *bytes = NULL;
        weft_sim_bell bell = {0};
        weft_sim_bell *before = weft_sim_end_rings(end, &bell);
        weft_sim_sleep_until(world->sim, what, events == POLLIN ? may_read : is_met_or_gone, end, &bell);
        weft_sim_end_rings(end, before);
        if (weft_sim_end_dropped(end))
            return 0;
        bool begins = events == POLLIN && weft_sim_end_is_between_scripts(end);
        if (descriptor == STDIN_FILENO && !begins && !weft_sim_end_offer(end, NULL)) // a copy of none
            continue;
        if (is_late && !takes_a_while(world, what, end))
            continue;
        is_late = false;
        weft_world__wait ready = {.descriptor = descriptor, .events = events, .when = UINT64_MAX, .end = end};
        if (descriptor >= 0 &&
            (!weft_world__wait_for(world, what, ready) || !weft_world__is_ready(descriptor, events)))
            continue;
        uint32_t count = begins ? CHUNK : weft_sim_end_offer(end, bytes);
        if (count) // else it has gone away meanwhile
            return options->slow && count > most ? most : count;
    }
}
