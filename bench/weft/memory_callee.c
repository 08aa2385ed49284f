// memory, the callee on Weft: calls that wait on one event.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory_callee.h"
#include "memory_hooks.h"
#include <weft/weft.h>

static weft_event gate;

typedef struct {
    weft_coro co;
    uint32_t x;
} held;

WEFT_ASYNC(held)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &gate));
    WEFT_RETURN(co, exports_bench_aio_memory_wait, self->x);
    WEFT_END;
}

WEFT_EXPORT(memory_callee, exports_bench_aio_memory_wait, held, (uint32_t x), .x = x);

typedef struct {
    weft_coro co;
} opened;

WEFT_ASYNC(opened)
{
    WEFT_BEGIN;
    weft_event_set(&gate);
    weft_event_clear(&gate);
    WEFT_RETURN_VOID(co, exports_bench_aio_memory_open);
    WEFT_END;
}

WEFT_EXPORT(memory_callee, exports_bench_aio_memory_open, opened, (void));

uint32_t exports_bench_aio_memory_pages(void)
{
    return heap_pages();
}

uint32_t exports_bench_aio_memory_live(void)
{
    return heap_live;
}
