// memory, the runner on Weft: many calls in flight, each a subtask and its result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory_runner.h"
#include "memory_hooks.h"
#include <string.h>
#include <weft/weft.h>

typedef struct {
    weft_subtask subtask;
    uint32_t x;
} call;

typedef struct {
    weft_coro co;
    weft_subtask opening;
    call *calls;
    uint32_t n, i;
    uint64_t sum, pages, live;
} crowd;

WEFT_ASYNC(crowd)
{
    WEFT_BEGIN;
    self->calls = heap_alloc(self->n * sizeof *self->calls);
    memset(self->calls, 0, self->n * sizeof *self->calls);
    for (uint32_t i = 0; i < self->n; i++)
        weft_subtask_start(co, &self->calls[i].subtask, bench_aio_memory_wait(i, &self->calls[i].x));
    self->pages = (uint64_t)heap_pages() << 48 | (uint64_t)bench_aio_memory_pages() << 16;
    self->live = (uint64_t)heap_live << 32 | bench_aio_memory_live();

    WEFT_AWAIT(weft_subtask_call(co, &self->opening, bench_aio_memory_open()));
    for (self->i = 0; self->i < self->n; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i].subtask));
        self->sum += self->calls[self->i].x;
    }
    if (self->sum != (uint64_t)self->n * (self->n - 1) / 2)
        WEFT_FAIL(1);

    WEFT_FINALLY;
    if (weft_cancelled(co))
        for (uint32_t i = 0; i < self->n; i++)
            weft_stop_blocking(&self->calls[i].subtask);
    heap_free(self->calls, self->n * sizeof *self->calls);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    crowd crowd;
    uint32_t n;
} run;

// The three exports differ in what they return.
#define RUN(what, value)                                                                                       \
    static weft_stepped run_##what(weft_coro *co)                                                              \
    {                                                                                                          \
        run *self = weft_frame(co, run);                                                                       \
        WEFT_BEGIN;                                                                                            \
        WEFT_CALL(crowd, &self->crowd, .n = self->n);                                                          \
        if (weft_outcome_of(&self->crowd.co) == WEFT_DONE)                                                     \
            WEFT_RETURN(co, exports_memory_runner_run_memory_##what, value);                                   \
        WEFT_END;                                                                                              \
    }                                                                                                          \
    WEFT_EXPORT_STEP(memory_runner, exports_memory_runner_run_memory_##what, run, run_##what, (uint32_t n),    \
                     self->n = n)

RUN(pages, self->crowd.pages);
RUN(live, self->crowd.live);
RUN(time, self->crowd.n);
