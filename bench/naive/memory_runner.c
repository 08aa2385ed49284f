// memory, the runner as first written: memory for each call, which joins the set and leaves it; a list of all
// calls.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "memory_runner.h"
#include "../heap.h"

typedef struct call {
    memory_runner_subtask_t subtask;
    uint32_t result;
    struct call *next;
} call;

typedef struct state {
    void (*finish)(const struct state *self);
    memory_runner_waitable_set_t set;
    uint32_t n;
    call *calls;
    call opening;
    uint32_t pending;
    uint64_t sum, pages, live;
} state;

static void await(state *self, call *it, memory_runner_subtask_status_t status)
{
    it->subtask = MEMORY_RUNNER_SUBTASK_HANDLE(status);
    if (!it->subtask)
        return;
    it->next = self->calls;
    self->calls = it;
    self->pending++;
    memory_runner_waitable_join(it->subtask, self->set);
}

static memory_runner_callback_code_t crowd(uint32_t n, void (*finish)(const state *self))
{
    state *self = heap_alloc(sizeof *self);
    *self = (state){.finish = finish, .set = memory_runner_waitable_set_new(), .n = n};
    memory_runner_context_set_0(self);
    for (uint32_t i = 0; i < n; i++) {
        call *it = heap_alloc(sizeof *it);
        await(self, it, bench_aio_memory_wait(i, &it->result));
    }
    self->pages = (uint64_t)heap_pages() << 48 | (uint64_t)bench_aio_memory_pages() << 16;
    self->live = (uint64_t)heap_live << 32 | bench_aio_memory_live();
    await(self, &self->opening, bench_aio_memory_open());
    return MEMORY_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

static memory_runner_callback_code_t event_came(memory_runner_event_t *event)
{
    state *self = memory_runner_context_get_0();
    if (event->code == MEMORY_RUNNER_SUBTASK_RETURNED) {
        memory_runner_waitable_join(event->waitable, 0);
        memory_runner_subtask_drop(event->waitable);
        self->pending--;
    }
    if (self->pending)
        return MEMORY_RUNNER_CALLBACK_CODE_WAIT(self->set);
    for (call *it; (it = self->calls);) {
        self->calls = it->next;
        if (it == &self->opening)
            continue;
        self->sum += it->result;
        heap_free(it, sizeof *it);
    }
    if (self->sum != (uint64_t)self->n * (self->n - 1) / 2)
        __builtin_trap();
    self->finish(self);
    memory_runner_waitable_set_drop(self->set);
    heap_free(self, sizeof *self);
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
