// memory, the callee by hand: all who wait share a set and a stream without payload, over which each wakes the
// next.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory_callee.h"
#include "../heap.h"

// Only the numbers of the built-ins: the bindings have no stream that belongs to no function.
__attribute__((__import_module__("$root"), __import_name__("[stream-new-unit]"))) extern uint64_t
stream_new(void);
__attribute__((__import_module__("$root"), __import_name__("[async-lower][stream-read-unit]"))) extern uint32_t
stream_read(uint32_t reader, void *items, size_t length);
__attribute__((__import_module__("$root"), __import_name__("[async-lower][stream-write-unit]"))) extern uint32_t
stream_write(uint32_t writer, const void *items, size_t length);

static memory_callee_waitable_set_t set;
static uint32_t reader, writer;
static uint32_t waiting;

// Makes an event in the set, which the host gives to one of those who wait on it.
static void wake_one(void)
{
    stream_read(reader, NULL, 1);
    stream_write(writer, NULL, 1);
}

// What a call needs to know when it is woken fits the context slot.
memory_callee_callback_code_t exports_bench_aio_memory_wait(uint32_t x)
{
    if (!set) {
        uint64_t ends = stream_new();
        reader = (uint32_t)ends;
        writer = (uint32_t)(ends >> 32);
        set = memory_callee_waitable_set_new();
        memory_callee_waitable_join(reader, set);
    }
    waiting++;
    memory_callee_context_set_0((void *)(uintptr_t)x);
    return MEMORY_CALLEE_CALLBACK_CODE_WAIT(set);
}

memory_callee_callback_code_t exports_bench_aio_memory_wait_callback(memory_callee_event_t *event)
{
    (void)event;
    if (--waiting)
        wake_one();
    exports_bench_aio_memory_wait_return((uint32_t)(uintptr_t)memory_callee_context_get_0());
    return MEMORY_CALLEE_CALLBACK_CODE_EXIT;
}

memory_callee_callback_code_t exports_bench_aio_memory_open(void)
{
    if (waiting)
        wake_one();
    exports_bench_aio_memory_open_return();
    return MEMORY_CALLEE_CALLBACK_CODE_EXIT;
}

memory_callee_callback_code_t exports_bench_aio_memory_open_callback(memory_callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}

uint32_t exports_bench_aio_memory_pages(void)
{
    return heap_pages();
}

uint32_t exports_bench_aio_memory_live(void)
{
    return heap_live;
}
