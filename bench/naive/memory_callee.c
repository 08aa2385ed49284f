// memory, the callee as first written: each call has memory, a set, and a stream over which it is woken.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory_callee.h"
#include "../heap.h"

__attribute__((__import_module__("$root"), __import_name__("[stream-new-unit]"))) extern uint64_t
stream_new(void);
__attribute__((__import_module__("$root"), __import_name__("[async-lower][stream-read-unit]"))) extern uint32_t
stream_read(uint32_t reader, void *items, size_t length);
__attribute__((__import_module__("$root"), __import_name__("[async-lower][stream-write-unit]"))) extern uint32_t
stream_write(uint32_t writer, const void *items, size_t length);
__attribute__((__import_module__("$root"), __import_name__("[stream-drop-readable-unit]"))) extern void
stream_drop_readable(uint32_t reader);
__attribute__((__import_module__("$root"), __import_name__("[stream-drop-writable-unit]"))) extern void
stream_drop_writable(uint32_t writer);

typedef struct waiting {
    memory_callee_waitable_set_t set;
    uint32_t reader, writer;
    uint32_t x;
    struct waiting *next;
} waiting;

static waiting *all;

memory_callee_callback_code_t exports_bench_aio_memory_wait(uint32_t x)
{
    waiting *self = heap_alloc(sizeof *self);
    uint64_t ends = stream_new();
    *self = (waiting){memory_callee_waitable_set_new(), (uint32_t)ends, (uint32_t)(ends >> 32), x, all};
    all = self;
    stream_read(self->reader, NULL, 1);
    memory_callee_waitable_join(self->reader, self->set);
    memory_callee_context_set_0(self);
    return MEMORY_CALLEE_CALLBACK_CODE_WAIT(self->set);
}

memory_callee_callback_code_t exports_bench_aio_memory_wait_callback(memory_callee_event_t *event)
{
    (void)event;
    waiting *self = memory_callee_context_get_0();
    exports_bench_aio_memory_wait_return(self->x);
    memory_callee_waitable_join(self->reader, 0);
    stream_drop_readable(self->reader);
    stream_drop_writable(self->writer);
    memory_callee_waitable_set_drop(self->set);
    heap_free(self, sizeof *self);
    return MEMORY_CALLEE_CALLBACK_CODE_EXIT;
}

memory_callee_callback_code_t exports_bench_aio_memory_open(void)
{
    for (; all; all = all->next)
        stream_write(all->writer, NULL, 1);
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
