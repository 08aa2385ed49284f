// Fibers: their steps and waits, whatever the back end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"
#include "text.h"

enum { IDLE, STARTED, ENDED }; // of weft_fiber.stage
enum {
    PATIENCE = 1000, // refused waits, before they are reported
    CANARY = 0x5afef1be
};

// At the lower end of a stack.
typedef struct {
    uint32_t words[WEFT__FIBER_CANARY / 4];
} canary;

static weft_fiber *running;

// Its address stands in co->resume of a fiber that has begun. A fiber has no label there to go on at.
static const char is_fiber = 0;

weft_coro *weft_fiber_co(void)
{
    return running ? weft__fiber_co(running) : NULL;
}

static void set_canary(const weft_fiber *fiber)
{
    canary *low = fiber->base;
    for (int i = 0; i < 4; i++)
        low->words[i] = CANARY;
}

static void check_canary(const weft_fiber *fiber)
{
    const canary *low = fiber->base;
    uint32_t changed = 0;
    for (int i = 0; i < 4; i++)
        changed |= low->words[i] ^ CANARY;
    WEFT__CHECK(changed, stack_overflow, fiber->type->name, 0);
    (void)changed;
}

// Takes the caller's stack, or one of the library's. False if there is no memory.
static bool take_stack(weft_fiber *fiber)
{
    size_t size = fiber->stack_size ? fiber->stack_size : WEFT_FIBER_STACK;
    WEFT__CHECK(size < WEFT_FIBER_STACK_LEAST, small_stack, fiber->type->name, 0);
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

// True if the fiber has begun, and is to be entered.
static bool begin(weft_fiber *fiber, const weft__fiber_type *type)
{
    if (fiber->stage == STARTED)
        return true;
    fiber->type = type;
    fiber->refused = 0;
    fiber->stage = IDLE;
    if (weft_step_unwinds(weft__fiber_co(fiber)))
        return false;
    if (!take_stack(fiber)) {
        weft_step_fail(weft__fiber_co(fiber), WEFT_ENOMEM);
        return false;
    }
    set_canary(fiber);
    weft__fiber_prepare(fiber);
    fiber->stage = STARTED;
    return true;
}

weft_left weft__fiber_step__FIBERS_is_missing(weft_coro *co, const weft__fiber_type *type)
{
    weft_fiber *fiber = (weft_fiber *)(void *)(co + 1), *before = running;
    if (!begin(fiber, type))
        return weft_step_end(co);
    running = fiber;
    WEFT__TRACE_STACK_OTHER();
    weft__fiber_enter(fiber);
    WEFT__TRACE_STACK_END();
    running = before;
    check_canary(fiber);
    if (fiber->stage == ENDED) {
        give_stack_back(fiber);
        return weft_step_end(co);
    }
    co->resume = (uintptr_t)&is_fiber;
    return weft_step_wait(co, fiber->wait, fiber->at);
}

void weft__fiber_main(weft_fiber *fiber)
{
    fiber->type->body(weft__fiber_co(fiber));
    fiber->stage = ENDED;
}

static void leave(weft_fiber *fiber, weft_poll poll, const weft_place *at)
{
    fiber->wait = poll;
    fiber->at = at;
    weft__fiber_leave(fiber);
}

bool weft__fiber_wait(weft_poll poll, const weft_place *at)
{
    weft_fiber *fiber = running;
    if (!weft_pending(poll))
        return true;
    leave(fiber, poll, at);
    if (!weft_step_unwinds(weft__fiber_co(fiber)))
        return true;
    weft_step_finalise(weft__fiber_co(fiber));
    return false;
}

void weft__fiber_wait_shielded(weft_poll poll, const weft_place *at)
{
    WEFT__CHECK(!running, no_fiber, at->function, 0);
    weft_coro *co = weft__fiber_co(running);
    if (!weft_pending(poll))
        return;
    uint8_t shield = co->flags & WEFT__SHIELD;
    weft_shield(co);
    leave(running, poll, at);
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
    weft__add(&line, at->function);
    weft__add(&line, " (");
    weft__add(&line, at->file);
    weft__add(&line, ":");
    weft__add_number(&line, at->line);
    weft__add(&line, "): it has to return, and nothing else can end it");
    weft__report_line(&line);
}

bool weft__fiber_may_wait(const weft_place *at)
{
    WEFT__CHECK(!running, no_fiber, at->function, 0);
    if (!weft_step_unwinds(weft__fiber_co(running)))
        return true;
    if (running->refused <= PATIENCE && running->refused++ == PATIENCE)
        report_refusals(running, at);
    return false;
}

// For a dump. Where it began, a stack is zero, so what differs was used.
bool weft__fiber_shown(const weft_coro *co, const char **name, size_t *used, size_t *size)
{
    if (co->resume != (uintptr_t)&is_fiber)
        return false;
    const weft_fiber *fiber = (const weft_fiber *)(const void *)(co + 1);
    const char *low = weft__fiber_low(fiber), *top = weft__fiber_top(fiber);
    size_t taken = (size_t)(low - (const char *)fiber->base);
    while (WEFT_TRACE && low < top && !*low)
        low++;
    *name = fiber->type->name;
    *used = taken + (size_t)(top - low);
    *size = (size_t)(top - (const char *)fiber->base);
    return true;
}
