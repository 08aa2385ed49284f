// Fibers: their steps and waits, whatever the back end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"
#include "inspect.h"

enum {
    PATIENCE = 1000, // refused waits, before they are reported
    CANARIES = WEFT__FIBER_CANARY / 8
};

// At the lower end of a stack.
typedef struct {
    uint64_t words[CANARIES];
} canary;

static const uint64_t intact = 0x5afef1be5afef1be;

weft_fiber *weft__fiber_running;

// A fiber has no label to go on at. Instead, its co->resume has this address and the offset of its weft_fiber,
// by which a dump finds it. No label is there.
static const char is_fiber = 0;

weft_coro *weft_fiber_co(void)
{
    weft_fiber *fiber = weft__fiber_here();
    return fiber ? fiber->co : NULL;
}

static void set_canary(const weft_fiber *fiber)
{
    canary *low = fiber->base;
    for (int i = 0; i < CANARIES; i++)
        low->words[i] = intact;
}

static void check_canary(const weft_fiber *fiber)
{
    const canary *low = fiber->base;
    uint64_t changed = 0;
    for (int i = 0; i < CANARIES; i++)
        changed |= low->words[i] ^ intact;
    WEFT__CHECK(changed, stack_overflow, fiber->type->name, 0);
    (void)changed;
}

// Takes the caller's stack, or one of the library's. False if there is no memory.
static bool take_stack(weft_fiber *fiber)
{
    size_t size = fiber->stack_size ? fiber->stack_size : WEFT_FIBER_STACK;
    WEFT__CHECK(size < WEFT_FIBER_STACK_LEAST, small_stack, fiber->type->name, 0);
    if (size > SIZE_MAX - 15)
        return false;
    if (fiber->stack && weft__fiber_takes_memory) {
        uintptr_t from = ((uintptr_t)fiber->stack + 15) & ~(uintptr_t)15;
        uintptr_t to = ((uintptr_t)fiber->stack + size) & ~(uintptr_t)15;
        fiber->base = (void *)from;
        fiber->size = to - from;
        if (WEFT_TRACE)
            __builtin_memset(fiber->base, 0, fiber->size);
    } else {
        size = (size + 15) & ~(size_t)15;
        fiber->base = weft__fiber_stack_make(&size);
        fiber->size = size;
    }
    return fiber->base;
}

static void give_stack_back(weft_fiber *fiber)
{
    if (!fiber->stack || !weft__fiber_takes_memory)
        weft__fiber_stack_free(fiber->base, fiber->size);
    fiber->base = NULL;
}

// When it begins, and again when a cancel has reset it.
static void mark(const weft_fiber *fiber)
{
    fiber->co->resume = (uintptr_t)&is_fiber + fiber->type->offset;
}

// True if the fiber is to be entered. Apart, as its locals would cost each step a frame.
static __attribute__((noinline)) bool begin(weft_fiber *fiber, weft_coro *co, const weft_fiber_type *type)
{
    fiber->co = co;
    fiber->type = type;
    fiber->refused = 0;
    fiber->has_ended = false;
    if (weft_step_unwinds(co))
        return false;
    if (!take_stack(fiber)) {
        weft_step_fail(co, WEFT_ENOMEM);
        return false;
    }
    set_canary(fiber);
    weft__fiber_prepare(fiber);
    mark(fiber);
    weft__step_begins(co, &type->place);
    return true;
}

weft_stepped weft__fiber_step(weft_coro *co, const weft_fiber_type *type)
{
    weft_fiber *fiber = (weft_fiber *)(void *)((char *)co + type->offset), *before = weft__fiber_running;
    if (!co->line && !begin(fiber, co, type))
        return weft_step_end(co);
    weft__fiber_running = fiber;
    fiber->blocked = weft__blocked;
    WEFT__TRACE_STACK_OTHER();
    weft__fiber_enter(fiber);
    WEFT__TRACE_STACK_SAME();
    weft__fiber_running = before;
    check_canary(fiber);
    if (fiber->has_ended) {
        give_stack_back(fiber);
        return weft_step_end(co);
    }
    return weft__step_waits(co, fiber->wait, fiber->at, fiber->at->line);
}

void weft__fiber_ended(weft_fiber *fiber)
{
    fiber->has_ended = true;
}

void weft__fiber_main(weft_fiber *fiber)
{
    fiber->type->body(fiber->co);
    weft__fiber_ended(fiber);
}

// Asyncify may run it to its end when it leaves, and again when it is back: nothing in it does harm if done
// twice.
__attribute__((noinline)) bool weft__fiber_suspend(weft_poll poll, const weft_place *at)
{
    weft_fiber *fiber = weft__fiber_running;
    fiber->wait = poll;
    fiber->at = at;
    weft__fiber_leave(fiber);
    if (!weft_step_unwinds(fiber->co))
        return true;
    mark(fiber);
    weft_step_finalise(fiber->co);
    return false;
}

void weft__fiber_wait_shielded(weft_poll poll, const weft_place *at)
{
    const weft_fiber *fiber = weft__fiber_here();
    WEFT__CHECK(!fiber, no_fiber, at->function, 0);
    weft_coro *co = fiber->co;
    if (!weft_pending(poll))
        return;
    uint8_t shield = co->flags & WEFT__SHIELD;
    weft_shield(co);
    (void)weft__fiber_suspend(poll, at);
    if (!shield)
        weft_unshield(co);
}

static void report_refusals(const weft_fiber *fiber, const weft_place *at)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft: fiber ");
    weft__add(&line, fiber->type->name);
    weft__add(&line, " was cancelled, and has tried ");
    weft__add_number(&line, PATIENCE);
    weft__add(&line, " waits since, the last in ");
    weft__add_spot(&line, at);
    weft__add(&line, ": it has to return, and nothing else can end it");
    weft__report_line(&line);
}

bool weft__fiber_refuse(const weft_place *at)
{
    weft_fiber *fiber = weft__fiber_here();
    WEFT__CHECK(!fiber, no_fiber, at->function, 0);
    if (fiber->refused < PATIENCE && ++fiber->refused == PATIENCE)
        report_refusals(fiber, at);
    return false;
}

// For a dump. Where it began, a stack is zero, so what differs was used.
bool weft__fiber_shown(const weft_coro *co, const char **name, size_t *used, size_t *size)
{
    uintptr_t offset = co->resume - (uintptr_t)&is_fiber;
    if (offset >= 1024)
        return false;
    const weft_fiber *fiber = (const weft_fiber *)(const void *)((const char *)co + offset);
    const char *low = weft__fiber_low(fiber), *top = weft__fiber_top(fiber);
    size_t saved = (size_t)(low - (const char *)fiber->base) - sizeof(canary);
    while (WEFT_TRACE && low < top && !*low)
        low++;
    *name = fiber->type->name;
    *used = saved + (size_t)(top - low);
    *size = (size_t)(top - (const char *)fiber->base);
    return true;
}

void *weft__fiber_set_aside(void *fiber)
{
    void *before = weft__fiber_running;
    weft__fiber_running = fiber;
    return before;
}
