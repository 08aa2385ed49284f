// What asyncify.c and setjmp.c know of a fiber's stack.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_FIBER_ASYNCIFY_H
#define WEFT_FIBER_ASYNCIFY_H

#include "backend.h"
#include <weft/detail/weak.h>

#define WEFT__ASYNCIFY(name) __attribute__((import_module("asyncify"), import_name(name)))

// Where the next is saved, and an end that is only looked at where an unwinding or a rewinding begins and ends.
typedef struct {
    char *next, *end;
} weft__saved;

// What wasm-opt has for these.
WEFT__ASYNCIFY("start_unwind") void weft__start_unwind(weft__saved *to);
WEFT__ASYNCIFY("stop_unwind") void weft__stop_unwind(void);
WEFT__ASYNCIFY("start_rewind") void weft__start_rewind(weft__saved *from);
WEFT__ASYNCIFY("stop_rewind") void weft__stop_rewind(void);

extern enum weft__fiber_state { WEFT__FIBER_RUNS, WEFT__FIBER_UNWINDS, WEFT__FIBER_REWINDS } weft__fiber_state;

// At the lower end of the stack, behind the canary: what it takes to enter the fiber.
typedef struct {
    weft__saved saved;
    char *start; // of what is saved; below are the jumps
    uintptr_t guard;
    void *stack_pointer;
} weft__record;

static inline weft__record *weft__record_of(const weft_fiber *fiber)
{
    return (weft__record *)(void *)((char *)fiber->base + WEFT__FIBER_CANARY);
}

static inline void weft__record_start(weft__record *it, char *start)
{
    it->start = start;
    it->guard = ~(uintptr_t)start;
}

// Begins to leave the fiber, and ends to enter it again. The function that it becomes part of gets none of the
// added code: it runs to its end when it leaves, and anew, with arguments that say nothing, when it is back.
static inline __attribute__((always_inline)) void weft__fiber_leave_here(const weft_fiber *fiber)
{
    weft__record *it = weft__record_of(fiber);
    if (weft__fiber_state == WEFT__FIBER_REWINDS) {
        weft__stop_rewind();
        weft__fiber_state = WEFT__FIBER_RUNS;
        // So that a dump does not take what was saved for what the machine stack has used.
        if (WEFT_TRACE)
            __builtin_memset(it->start, 0, (size_t)(it->saved.end - it->start));
        return;
    }
    WEFT__CHECK(it->guard != ~(uintptr_t)it->start, stack_overflow, fiber->type->name, 0);
    it->saved.next = it->saved.end = it->start;
    weft__fiber_state = WEFT__FIBER_UNWINDS;
    weft__start_unwind(&it->saved);
}

// setjmp.c, which is linked if it is used. The fiber was left: if for a jump, true, and it is to be entered at
// once.
WEFT__WEAK bool weft__jumps(weft_fiber *fiber);

#endif
