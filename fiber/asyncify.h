// What asyncify.c and setjmp.c know of a fiber's stack.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_FIBER_ASYNCIFY_H
#define WEFT_FIBER_ASYNCIFY_H

#include "backend.h"

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

extern enum weft__fiber_state { WEFT__RUNNING, WEFT__UNWINDING, WEFT__REWINDING } weft__fiber_state;

// At the lower end of the stack, behind the canary: what it takes to enter the fiber.
typedef struct {
    weft__saved saved;
    char *start; // of what is saved; below are the jumps
    void *stack_pointer;
} weft__record;

static inline weft__record *weft__record_of(const weft_fiber *fiber)
{
    return (weft__record *)(void *)((char *)fiber->base + WEFT__FIBER_CANARY);
}

// Begins to leave the fiber, and ends to enter it again. The function that it becomes part of gets none of the
// added code: it is left by its return, and entered anew, with arguments that say nothing.
static inline __attribute__((always_inline)) void weft__leave(weft__record *it)
{
    if (weft__fiber_state == WEFT__REWINDING) {
        weft__stop_rewind();
        weft__fiber_state = WEFT__RUNNING;
        // So that a dump does not take what was saved for what the machine stack has used.
        if (WEFT_TRACE)
            __builtin_memset(it->start, 0, (size_t)(it->saved.end - it->start));
        return;
    }
    it->saved.next = it->saved.end = it->start;
    weft__fiber_state = WEFT__UNWINDING;
    weft__start_unwind(&it->saved);
}

// setjmp.c, which is linked if it is used. The fiber was left: if for a jump, true, and it is to be entered at
// once.
WEFT__WEAK bool weft__jumps(weft_fiber *fiber);

#endif
