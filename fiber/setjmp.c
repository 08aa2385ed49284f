// setjmp and longjmp in fibers on asyncify. setjmp leaves the fiber, keeps a copy of what is saved then, and
// enters it again; longjmp leaves it, too, and enters it by the copy.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "asyncify.h"
#include <weft/detail/asyncify/setjmp.h>

enum { GUARD = 0x5afe5e7, GUARDS = 4 };

// One that a longjmp may go to, in the fiber's record. Behind it are `size` bytes: the copy and a guard, for
// what overflows into it.
typedef struct {
    const void *env;
    void *stack_pointer;
    size_t size;
} jump;

static enum { NONE, SET, GO } wanted;
static const void *wanted_env;
static int wanted_value, returned; // by setjmp

static jump *first(weft__record *it)
{
    return (jump *)(void *)(it + 1);
}

static jump *behind(jump *one)
{
    return (jump *)(void *)((char *)(one + 1) + one->size);
}

static uint32_t *guard_of(jump *one)
{
    return (uint32_t *)(void *)behind(one) - GUARDS;
}

// Forgets those of functions that have returned, which were called at a lower stack pointer, and the one of
// `env`.
static void forget(const weft_fiber *fiber, weft__record *it, const void *env)
{
    char *to = (char *)first(it);
    for (jump *one = first(it), *next; (char *)one < it->start; one = next) {
        for (int i = 0; i < GUARDS; i++)
            WEFT__CHECK(guard_of(one)[i] != GUARD, stack_overflow, fiber->type->name, 0);
        next = behind(one);
        if (one->env == env || (char *)one->stack_pointer < (char *)it->stack_pointer)
            continue;
        size_t size = (size_t)((char *)next - (char *)one);
        __builtin_memmove(to, one, size);
        to += size;
    }
    weft__record_start(it, to);
    (void)fiber;
}

static size_t size_of_saved(const weft__record *it)
{
    return (size_t)(it->saved.next - it->start);
}

static void set(const weft_fiber *fiber, weft__record *it)
{
    char *saved = it->start;
    size_t size = size_of_saved(it), with_guard = size + GUARDS * sizeof(uint32_t);
    forget(fiber, it, wanted_env);
    jump *new = (jump *)(void *)it->start;
    char *copy = (char *)(new + 1) + with_guard;
    WEFT__CHECK(copy + size > (char *)it->stack_pointer, stack_overflow, fiber->type->name, 0);
    __builtin_memmove(new + 1, saved, size);
    *new = (jump){.env = wanted_env, .stack_pointer = it->stack_pointer, .size = with_guard};
    for (int i = 0; i < GUARDS; i++)
        guard_of(new)[i] = GUARD;
    weft__record_start(it, copy);
    __builtin_memcpy(copy, new + 1, size);
    it->saved.next = it->saved.end = copy + size;
    returned = 0;
}

static void go(const weft_fiber *fiber, weft__record *it)
{
    forget(fiber, it, NULL);
    jump *to = first(it);
    while ((char *)to < it->start && to->env != wanted_env)
        to = behind(to);
    WEFT__CHECK((char *)to == it->start, jump_lost, fiber->type->name, 0);
    size_t size = to->size - GUARDS * sizeof(uint32_t);
    it->stack_pointer = to->stack_pointer;
    WEFT__CHECK(it->start + size > (char *)it->stack_pointer, stack_overflow, fiber->type->name, 0);
    __builtin_memcpy(it->start, to + 1, size);
    it->saved.next = it->saved.end = it->start + size;
    returned = wanted_value;
}

bool weft__jumps(weft_fiber *fiber)
{
    weft__record *it = weft__record_of(fiber);
    int done = wanted;
    if (done == SET)
        set(fiber, it);
    else if (done == GO)
        go(fiber, it);
    wanted = NONE;
    return done != NONE;
}

// When the fiber is entered again, this is called anew, with arguments that say nothing.
__attribute__((noinline)) int weft__setjmp(const void *env)
{
    WEFT__CHECK(!weft__fiber_here(), jump_outside, "setjmp", 0);
    if (weft__fiber_state == WEFT__FIBER_RUNS) {
        wanted = SET;
        wanted_env = env;
    }
    weft__fiber_leave_here(weft__fiber_running);
    return returned;
}

__attribute__((noinline)) void weft__longjmp(const void *env, int value)
{
    WEFT__CHECK(!weft__fiber_here(), jump_outside, "longjmp", 0);
    wanted = GO;
    wanted_env = env;
    wanted_value = value ? value : 1;
    weft__fiber_leave_here(weft__fiber_running);
}
