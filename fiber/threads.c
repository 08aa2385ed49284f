// Fibers on the host's threads, of which one runs at a time. Each fiber is a thread of its task.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All threads of an instance have one __stack_pointer. So who enters a fiber sets its own again afterwards, and
// a new thread begins by setting that of its stack. Both need assembler: C has no name for this global.
//
// A thread that has run its body gives way by yield-then-resume, and ends when the host has its turn. By then
// its stack may be another fiber's, and __stack_pointer is that of who runs: so what comes behind the yield
// touches neither.
#include "backend.h"
#include "stack_pointer.h"

#define BUILT_IN(name) __attribute__((import_module("$root"), import_name(name)))

BUILT_IN("[thread-index]") uint32_t weft__thread_index(void);
BUILT_IN("[thread-new-indirect-v0]") uint32_t weft__thread_new(void (*start)(void *), void *argument);
BUILT_IN("[thread-suspend-then-resume]") uint32_t weft__thread_suspend_then_resume(uint32_t thread);

// The assembler below calls it, but can't tell its name at the host.
BUILT_IN("[thread-yield-then-resume]") uint32_t weft__thread_yield_then_resume(uint32_t thread);
static uint32_t (*const yield_then_resume)(uint32_t) __attribute__((used)) = weft__thread_yield_then_resume;

// At the upper end of a fiber's stack, for the beginning of its thread.
typedef struct {
    weft_fiber *fiber;
    uint32_t unused[3];
} top;

// Runs the fiber's body. Returns the thread that is to go on then.
uint32_t weft__fiber_thread_main(weft_fiber *fiber);
uint32_t weft__fiber_thread_main(weft_fiber *fiber)
{
    weft__fiber_main(fiber);
    return fiber->resumer;
}

// Begins a thread whose stack ends at `top`.
void weft__fiber_thread(void *top);
__asm__(".globaltype __stack_pointer, i32\n"
        ".functype weft__fiber_thread_main (i32) -> (i32)\n"
        ".functype weft__thread_yield_then_resume (i32) -> (i32)\n"
        ".section .text.weft__fiber_thread,\"\",@\n"
        ".hidden weft__fiber_thread\n"
        ".globl weft__fiber_thread\n"
        ".type weft__fiber_thread,@function\n"
        "weft__fiber_thread:\n"
        "    .functype weft__fiber_thread (i32) -> ()\n"
        "    local.get 0\n"
        "    global.set __stack_pointer\n"
        "    local.get 0\n"
        "    i32.load 0\n"
        "    call weft__fiber_thread_main\n"
        "    call weft__thread_yield_then_resume\n"
        "    drop\n"
        "    end_function\n");

static top *top_of(const weft_fiber *fiber)
{
    return (top *)(void *)((char *)fiber->base + fiber->size) - 1;
}

char *weft__fiber_low(const weft_fiber *fiber)
{
    return (char *)fiber->base + WEFT__FIBER_CANARY;
}

char *weft__fiber_top(const weft_fiber *fiber)
{
    return (char *)top_of(fiber);
}

void weft__fiber_prepare(weft_fiber *fiber)
{
    *top_of(fiber) = (top){.fiber = fiber};
    fiber->thread = 0;
}

void weft__fiber_enter(weft_fiber *fiber)
{
    void *own = weft__stack_pointer();
    if (!fiber->thread)
        fiber->thread = weft__thread_new(weft__fiber_thread, top_of(fiber));
    fiber->resumer = weft__thread_index();
    weft__thread_suspend_then_resume(fiber->thread);
    weft__set_stack_pointer(own);
}

void weft__fiber_leave(weft_fiber *fiber)
{
    void *own = weft__stack_pointer();
    weft__thread_suspend_then_resume(fiber->resumer);
    weft__set_stack_pointer(own);
}

// Its thread waits for ever, and touches nothing: only what has returned can end.
void weft__fiber_end(weft_fiber *fiber)
{
    weft__fiber_ended(fiber);
    weft__thread_suspend_then_resume(fiber->resumer);
    __builtin_trap();
}
