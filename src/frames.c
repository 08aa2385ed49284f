// What a build with WEFT_TRACE finds wrong in memory: frames that go while in use, memory used on the stack.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/local.h>
#include <weft/scope.h>
#include "internal.h"

#if WEFT_TRACE

enum {
    SPOILT = 4096,       // bytes of the stack below a step
    STACK_MOST = 1 << 20 // bytes; what is further away is another stack, such as a fiber's
};

const char *weft__stack_top;
uint32_t weft__stack_others;

void weft__stays(const void *memory, const char *function)
{
    const char here = 0, *at = memory;
    bool on_stack = at > &here && at < weft__stack_top && weft__stack_top - at < STACK_MOST;
    WEFT__CHECK(on_stack, on_stack, function, 0);
    (void)on_stack;
    (void)function;
}

// Overwrites the stack below a step: a local that was meant to live across a wait must not do so by luck.
__attribute__((noinline)) void weft__stack_spoil(void)
{
    if (weft__stack_others)
        return;
    char area[SPOILT];
    __builtin_memset(area, 0xa5, sizeof area);
    // An optimiser drops stores that nobody reads: this reads them.
    __asm__ volatile("" : : "r"(area) : "memory");
}

void weft__spawns(weft_coro *co)
{
    for (; co && !(co->flags & WEFT__SPAWNS); co = weft__caller_of(co))
        co->flags |= WEFT__SPAWNS;
}

static bool is_within(const void *it, const void *frame, size_t size)
{
    return (uintptr_t)it - (uintptr_t)frame < size;
}

// A place in the frame is an operation in flight if the table has it under the handle that stands there.
static bool has_operation(const char *frame, size_t size)
{
    for (size_t i = 0; weft__op_find && i + sizeof(weft_op) <= size; i += sizeof(void *)) {
        const weft_op *op = (const weft_op *)(const void *)(frame + i);
        if (weft__op_in_flight(op) && weft__op_find(op->handle) == op)
            return true;
    }
    return false;
}

static bool has_scope(const weft_coro *co, size_t size)
{
    for (const weft_child *child = co->task->spawned; child; child = child->older)
        if (is_within(child->scope, co, size))
            return true;
    return false;
}

void weft__frame_ends(const weft_coro *co, size_t size)
{
    if (!size) // a frame in the caller's memory, of unknown size
        return;
    WEFT__CHECK(co->flags & WEFT__SPAWNS && has_scope(co, size), open_scope, co->task->from->name, 0);
    WEFT__CHECK(co->up && has_operation((const char *)co, size), left_in_flight, co->task->from->name, 0);
    (void)has_scope;
    (void)has_operation;
    (void)co;
    (void)size;
}

#endif
