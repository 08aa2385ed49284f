// Stacks of their own for guest code and scripts, and the switch between them. Stacks are pooled by the
// process; one thread runs them all.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _DEFAULT_SOURCE // for MAP_ANONYMOUS
#include "internal.h"
#include "switch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(from, to) 0
#endif

#define PAGE 4096

static const size_t sizes[] = {512 * 1024, 64 * 1024}; // of stacks, by weft_sim__fiber.small

struct weft_sim__fiber {
    void *sp; // while it does not run
    unsigned char *stack;
    size_t size;
    bool small;
    weft_sim__fiber *resumer;
    weft_sim__fiber *next;     // in its pool
    weft_sim__fiber *all_next; // of those that this host has used
    void (*body)(void *data);
    void *data;
    void *fake_stack; // AddressSanitizer's, while it does not run; stays with the stack when a run is abandoned
};

static weft_sim__fiber *pools[2];
static weft_sim *starting;    // whose fiber is just being switched to
static weft_sim__fiber *left; // by that switch

// On the new stack: its sanitizer bookkeeping, and that of the stack where the run began.
static void arrived(weft_sim *sim)
{
    if (!__sanitizer_finish_switch_fiber)
        return;
    const void *bottom;
    size_t size;
    __sanitizer_finish_switch_fiber(sim->fiber->fake_stack, &bottom, &size);
    if (!left->stack || left->size == 0) {
        left->stack = (unsigned char *)bottom;
        left->size = size;
    }
}

static void switch_to(weft_sim *sim, weft_sim__fiber *to)
{
    weft_sim__fiber *from = sim->fiber;
    left = from;
    starting = sim;
    sim->fiber = to;
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(&from->fake_stack, to->stack, to->size);
    weft_sim__switch(&from->sp, to->sp);
    arrived(starting); // a pooled stack may be in the hands of another host by now
}

static void fiber_main(void)
{
    arrived(starting);
    for (;;) {
        weft_sim *sim = starting;
        weft_sim__fiber *self = sim->fiber;
        self->body(self->data);
        weft_sim__fiber *resumer = self->resumer;
        self->next = sim->fiber_pools[self->small];
        sim->fiber_pools[self->small] = self;
        switch_to(sim, resumer);
    }
}

static void prepare(weft_sim__fiber *fiber)
{
    if (__asan_unpoison_memory_region)
        __asan_unpoison_memory_region(fiber->stack, fiber->size);
    fiber->sp = weft_sim__switch_new(fiber->stack + fiber->size, fiber_main);
}

static weft_sim__fiber *take(weft_sim *sim, bool small)
{
    weft_sim__fiber *fiber = sim->fiber_pools[small];
    if (fiber) {
        sim->fiber_pools[small] = fiber->next;
        return fiber;
    }
    fiber = pools[small];
    if (fiber) {
        pools[small] = fiber->next;
    } else {
        fiber = calloc(1, sizeof *fiber);
        unsigned char *memory = mmap(NULL, sizes[small] + PAGE, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (!fiber || memory == MAP_FAILED || mprotect(memory, PAGE, PROT_NONE)) {
            fputs("weft_sim: no memory for another stack\n", stderr);
            abort();
        }
        fiber->stack = memory + PAGE;
        fiber->size = sizes[small];
        fiber->small = small;
        (void)VALGRIND_STACK_REGISTER(fiber->stack, fiber->stack + fiber->size);
        prepare(fiber);
    }
    fiber->all_next = sim->fibers;
    sim->fibers = fiber;
    return fiber;
}

static void go(weft_sim *sim, weft_sim__fiber *fiber)
{
    weft_sim__task *task = sim->current;
    weft_sim__script *script = sim->script;
    fiber->resumer = sim->fiber;
    sim->script = NULL;
    switch_to(sim, fiber);
    sim->current = task;
    sim->script = script;
}

static void start(weft_sim *sim, bool small, void (*body)(void *data), void *data)
{
    weft_sim__fiber *fiber = take(sim, small);
    fiber->body = body;
    fiber->data = data;
    go(sim, fiber);
}

void weft_sim__fiber_start(weft_sim *sim, void (*body)(void *data), void *data)
{
    start(sim, false, body, data);
}

void weft_sim__fiber_start_small(weft_sim *sim, void (*body)(void *data), void *data)
{
    start(sim, true, body, data);
}

void weft_sim__fiber_resume(weft_sim *sim, weft_sim__fiber *fiber)
{
    go(sim, fiber);
}

void weft_sim__fiber_block(weft_sim *sim)
{
    weft_sim__task *task = sim->current;
    weft_sim__script *script = sim->script;
    switch_to(sim, sim->fiber->resumer);
    sim->current = task;
    sim->script = script;
}

weft_sim__fiber *weft_sim__fiber_current(weft_sim *sim)
{
    return sim->fiber;
}

bool weft_sim__fiber_run(weft_sim *sim, void (*body)(void *data), void *data)
{
    weft_sim__fiber outside = {0};
    sim->outside = &outside;
    sim->fiber = &outside;
    weft_sim__fiber_start(sim, body, data);
    sim->fiber = NULL;
    sim->outside = NULL;
    return !sim->abandoned;
}

void weft_sim__fiber_abandon(weft_sim *sim)
{
    sim->abandoned = true;
    switch_to(sim, sim->outside);
    abort();
}

// A fiber in the host's pool has a stack that ends in fiber_main's loop; any other is in the middle of
// something.
void weft_sim__fiber_free_all(weft_sim *sim)
{
    for (int small = 0; small < 2; small++) {
        for (weft_sim__fiber *fiber = sim->fiber_pools[small]; fiber; fiber = fiber->next)
            fiber->body = NULL;
        sim->fiber_pools[small] = NULL;
    }
    for (weft_sim__fiber *fiber = sim->fibers, *next; fiber; fiber = next) {
        next = fiber->all_next;
        if (fiber->body)
            prepare(fiber);
        fiber->next = pools[fiber->small];
        pools[fiber->small] = fiber;
    }
    sim->fibers = NULL;
}
