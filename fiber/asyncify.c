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
//     base: canary | record | jumps | saved | ... unused ... | machine stack :base + size
//
// What is saved is there only while the fiber waits, and is checked when it is: there may be no more than was
// unused.
//
// weft__fiber_enter and weft__fiber_leave are where the unwinding ends and begins, so they get no such code.
// So a body must not become part of weft__fiber_enter.
#include "asyncify.h"
#include "stack_pointer.h"

enum weft__fiber_state weft__fiber_state;

char *weft__fiber_low(const weft_fiber *fiber)
{
    return weft__record_of(fiber)->saved.next;
}

char *weft__fiber_top(const weft_fiber *fiber)
{
    return (char *)fiber->base + fiber->size;
}

void weft__fiber_prepare(weft_fiber *fiber)
{
    weft__record *it = weft__record_of(fiber);
    weft__record_start(it, (char *)(it + 1));
    it->saved.next = it->saved.end = it->start;
    it->stack_pointer = weft__fiber_top(fiber);
}

// Gets none of the added code, so no body may become part of it.
__attribute__((noinline)) void weft__fiber_enter(weft_fiber *fiber)
{
    weft__record *it = weft__record_of(fiber);
    void (*body)(weft_coro *co) = fiber->type->body;
    void *own = weft__stack_pointer();
    __asm__("" : "+r"(body));
    do {
        if (it->saved.next != it->start) {
            weft__fiber_state = WEFT__FIBER_REWINDS;
            weft__start_rewind(&it->saved);
        }
        weft__set_stack_pointer(it->stack_pointer);
        body(fiber->co);
        if (weft__fiber_state == WEFT__FIBER_RUNS) {
            weft__set_stack_pointer(own);
            weft__fiber_ended(fiber);
            return;
        }
        it->stack_pointer = weft__stack_pointer();
        it->saved.end = it->saved.next;
        weft__stop_unwind();
        weft__set_stack_pointer(own);
        weft__fiber_state = WEFT__FIBER_RUNS;
        if (fiber->has_ended)
            return;
        WEFT__CHECK(it->saved.next > (char *)it->stack_pointer, stack_overflow, fiber->type->name, 0);
    } while (weft__jumps && weft__jumps(fiber));
}

void weft__fiber_leave(weft_fiber *fiber)
{
    weft__fiber_leave_here(fiber);
}
