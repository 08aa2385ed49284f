// Fibers on any host: cmake/asyncify.py adds code to each function that may be on a fiber's stack when it is
// left.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WebAssembly keeps return addresses and most locals where no code can get at them. So a fiber is left by
// returning from all its calls, each of which saves its locals (unwinding), and entered again by calling down
// to where it was, each function restoring its own (rewinding). Meanwhile the machine stack, which is in
// memory, stays as it is. Both use one piece of memory: the machine stack grows down from its upper end, and
// what is saved grows up from its lower.
//
//     base: canary | record | saved | ... unused ... | machine stack :base + size
//
// What is saved is there only while the fiber waits, and is checked when it is: there may be no more than was
// unused.
//
// weft__fiber_enter and weft__fiber_leave are where the unwinding ends and begins, so they get no such code.
// What they call, or are called by, must not become part of them.
#include "backend.h"
#include "stack_pointer.h"

#define ASYNCIFY(name) __attribute__((import_module("asyncify"), import_name(name)))

// Where the next is saved, and an end that is only looked at where an unwinding or a rewinding begins and ends.
typedef struct {
    char *next, *end;
} saved;

ASYNCIFY("start_unwind") void weft__start_unwind(saved *to);
ASYNCIFY("stop_unwind") void weft__stop_unwind(void);
ASYNCIFY("start_rewind") void weft__start_rewind(saved *from);
ASYNCIFY("stop_rewind") void weft__stop_rewind(void);

// What it takes to enter a fiber.
typedef struct {
    saved saved;
    void *stack_pointer;
} record;

static enum { RUNNING, UNWINDING, REWINDING } state;

static record *record_of(const weft_fiber *fiber)
{
    return (record *)(void *)((char *)fiber->base + WEFT__FIBER_CANARY);
}

char *weft__fiber_low(const weft_fiber *fiber)
{
    return record_of(fiber)->saved.next;
}

char *weft__fiber_top(const weft_fiber *fiber)
{
    return (char *)fiber->base + fiber->size;
}

void weft__fiber_prepare(weft_fiber *fiber)
{
    record *it = record_of(fiber);
    it->saved.next = it->saved.end = (char *)(it + 1);
    it->stack_pointer = weft__fiber_top(fiber);
}

// Gets none of the added code, nor does weft__fiber_leave; so neither a body nor the runtime may become part of
// it.
__attribute__((noinline)) void weft__fiber_enter(weft_fiber *fiber)
{
    record *it = record_of(fiber);
    void (*body)(weft_coro *co) = fiber->type->body;
    void *own = weft__stack_pointer();
    __asm__("" : "+r"(body));
    if (it->saved.next != (char *)(it + 1)) {
        state = REWINDING;
        weft__start_rewind(&it->saved);
    }
    weft__set_stack_pointer(it->stack_pointer);
    body(fiber->co);
    if (state == UNWINDING) {
        it->stack_pointer = weft__stack_pointer();
        it->saved.end = it->saved.next;
        weft__stop_unwind();
        state = RUNNING;
    } else {
        weft__fiber_ended(fiber);
    }
    weft__set_stack_pointer(own);
    WEFT__CHECK(it->saved.next > (char *)it->stack_pointer, stack_overflow, fiber->type->name, 0);
}

void weft__fiber_leave(weft_fiber *fiber)
{
    record *it = record_of(fiber);
    if (state == REWINDING) {
        weft__stop_rewind();
        state = RUNNING;
        // So that a dump does not take what was saved for what the machine stack has used.
        if (WEFT_TRACE)
            __builtin_memset(it + 1, 0, (size_t)(it->saved.end - (char *)(it + 1)));
        return;
    }
    // The machine stack may have been here, and then this is found when it is left.
    it->saved.next = it->saved.end = (char *)(it + 1);
    state = UNWINDING;
    weft__start_unwind(&it->saved);
}
