// memory, the runner by hand: the results are all that a call needs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory_runner.h"
#include "../heap.h"

typedef struct state {
    void (*finish)(const struct state *self);
    memory_runner_waitable_set_t set;
    uint32_t n, pending;
    uint64_t pages, live;
    uint32_t results[];
} state;

static memory_runner_callback_code_t await(state *self, memory_runner_subtask_status_t status)
{
    if (status != MEMORY_RUNNER_SUBTASK_RETURNED) {
        self->pending++;
        memory_runner_waitable_join(MEMORY_RUNNER_SUBTASK_HANDLE(status), self->set);
    }
    return MEMORY_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

static memory_runner_callback_code_t crowd(uint32_t n, void (*finish)(const state *self))
{
    state *self = heap_alloc(sizeof *self + n * sizeof *self->results);
    *self = (state){.finish = finish, .set = memory_runner_waitable_set_new(), .n = n};
    memory_runner_context_set_0(self);
    for (uint32_t i = 0; i < n; i++)
        await(self, bench_aio_memory_wait(i, &self->results[i]));
    self->pages = (uint64_t)heap_pages() << 48 | (uint64_t)bench_aio_memory_pages() << 16;
    self->live = (uint64_t)heap_live << 32 | bench_aio_memory_live();
    return await(self, bench_aio_memory_open());
}

static memory_runner_callback_code_t event_came(memory_runner_event_t *event)
{
    state *self = memory_runner_context_get_0();
    if (event->code >= MEMORY_RUNNER_SUBTASK_RETURNED) {
        memory_runner_subtask_drop(event->waitable);
        self->pending--;
    }
    if (self->pending)
        return MEMORY_RUNNER_CALLBACK_CODE_WAIT(self->set);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < self->n; i++)
        sum += self->results[i];
    if (sum != (uint64_t)self->n * (self->n - 1) / 2)
        __builtin_trap();
    self->finish(self);
    memory_runner_waitable_set_drop(self->set);
    heap_free(self, sizeof *self + self->n * sizeof *self->results);
    return MEMORY_RUNNER_CALLBACK_CODE_EXIT;
}

// The three exports differ in what they return.
#define RUN(what, value)                                                                                       \
    static void finish_##what(const state *self)                                                               \
    {                                                                                                          \
        exports_memory_runner_run_memory_##what##_return(value);                                               \
    }                                                                                                          \
    memory_runner_callback_code_t exports_memory_runner_run_memory_##what(uint32_t n)                          \
    {                                                                                                          \
        return crowd(n, finish_##what);                                                                        \
    }                                                                                                          \
    memory_runner_callback_code_t exports_memory_runner_run_memory_##what##_callback(                          \
        memory_runner_event_t *event)                                                                          \
    {                                                                                                          \
        return event_came(event);                                                                              \
    }                                                                                                          \
    _Static_assert(1, "")

RUN(pages, self->pages);
RUN(live, self->live);
RUN(time, self->n);
