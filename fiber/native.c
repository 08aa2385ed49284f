// Fibers in the native host, each on a stack of its own above a guard page. AddressSanitizer is told of each
// switch.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"
#include "../sim/switch.h"

#include <sys/mman.h>

enum {
    PAGE = 4096,
    BELOW = 2 * PAGE // a stack's end: a page for what runs over it by a little, and one that nobody can use
};

// At the upper end of a fiber's stack.
typedef struct {
    void *own, *resumer; // the stack pointer of each, while it does not run
    void *fake_stack;    // AddressSanitizer's of the fiber, while it does not run
    const void *bottom;  // of the stack of who entered it
    size_t bottom_size;
} top;

// AddressSanitizer's, if the program has it.
void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void *saved, const void **bottom, size_t *size) __attribute__((weak));

static weft_fiber *entered; // the last

const bool weft__fiber_takes_memory = false;

static top *top_of(const weft_fiber *fiber)
{
    return (top *)(void *)((char *)fiber->base + fiber->size - (sizeof(top) + 15) / 16 * 16);
}

char *weft__fiber_low(const weft_fiber *fiber)
{
    return (char *)fiber->base + WEFT__FIBER_CANARY;
}

char *weft__fiber_top(const weft_fiber *fiber)
{
    return (char *)top_of(fiber);
}

// Frames are larger here than on WebAssembly, where numbers and addresses have another stack.
void *weft__fiber_stack_make(size_t *size)
{
    if (*size > SIZE_MAX / 16)
        return NULL;
    size_t room = (4 * *size + 64 * 1024 + PAGE - 1) / PAGE * PAGE;
    char *memory =
        mmap(NULL, room + BELOW, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    if (mprotect(memory, PAGE, PROT_NONE)) {
        munmap(memory, room + BELOW);
        return NULL;
    }
    *size = room;
    return memory + BELOW;
}

void weft__fiber_stack_free(void *base, size_t size)
{
    munmap((char *)base - BELOW, size + BELOW);
}

static void arrive_in(top *it)
{
    if (__sanitizer_finish_switch_fiber)
        __sanitizer_finish_switch_fiber(it->fake_stack, &it->bottom, &it->bottom_size);
}

static void leave_for_ever(top *it)
{
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(NULL, it->bottom, it->bottom_size);
    weft_sim__switch(&it->own, it->resumer);
}

static void run(void)
{
    weft_fiber *fiber = entered;
    top *it = top_of(fiber);
    arrive_in(it);
    weft__fiber_main(fiber);
    leave_for_ever(it);
}

void weft__fiber_prepare(weft_fiber *fiber)
{
    top *it = top_of(fiber);
    *it = (top){.fake_stack = NULL};
    it->own = weft_sim__switch_new(it, run);
}

void weft__fiber_enter(weft_fiber *fiber)
{
    top *it = top_of(fiber);
    void *fake_stack = NULL;
    entered = fiber;
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(&fake_stack, fiber->base, fiber->size);
    weft_sim__switch(&it->resumer, it->own);
    if (__sanitizer_finish_switch_fiber)
        __sanitizer_finish_switch_fiber(fake_stack, NULL, NULL);
}

void weft__fiber_leave(weft_fiber *fiber)
{
    top *it = top_of(fiber);
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(&it->fake_stack, it->bottom, it->bottom_size);
    weft_sim__switch(&it->own, it->resumer);
    arrive_in(it);
}

void weft__fiber_end(weft_fiber *fiber)
{
    weft__fiber_ended(fiber);
    leave_for_ever(top_of(fiber));
}
