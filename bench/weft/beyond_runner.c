// beyond, the runner: many coroutines, many calls, and channels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "beyond_runner.h"
#include "memory_hooks.h"
#include <string.h>
#include <weft/weft.h>

// Coroutines whose frames are the library's
// ----------------------------------------------------------------------

typedef struct {
    weft_coro co;
} nothing;

WEFT_ASYNC(nothing)
{
    WEFT_BEGIN;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    uint32_t n;
    uint64_t memory;
} spawns;

WEFT_ASYNC(spawns)
{
    WEFT_BEGIN;
    for (uint32_t i = 0; i < self->n; i++)
        weft_detach(weft_child_of(WEFT_SPAWN_NEW(nothing, &self->scope)));
    self->memory = (uint64_t)heap_pages() << 48 | heap_live;
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    spawns spawns;
    uint32_t n;
} spawns_frame;

#define SPAWNS(what, value)                                                                                    \
    static weft_stepped what##_run(weft_coro *co)                                                              \
    {                                                                                                          \
        spawns_frame *self = weft_frame(co, spawns_frame);                                                     \
        WEFT_BEGIN;                                                                                            \
        WEFT_CALL(spawns, &self->spawns, .n = self->n);                                                        \
        WEFT_RETURN(co, exports_beyond_runner_run_##what, value);                                              \
        WEFT_END;                                                                                              \
    }                                                                                                          \
    WEFT_EXPORT_STEP(beyond_runner, exports_beyond_runner_run_##what, spawns_frame, what##_run, (uint32_t n),  \
                     self->n = n)

SPAWNS(spawns, self->spawns.n);
SPAWNS(spawns_memory, self->spawns.memory);

uint64_t exports_beyond_runner_layout(void)
{
    return (uint64_t)sizeof(weft_coro) << 32 | sizeof(weft_op);
}

// Coroutines on one event
// ----------------------------------------------------------------------------------------

typedef struct {
    weft_coro co;
    weft_child child;
    weft_event *event;
    uint32_t *count;
} waiter;

WEFT_ASYNC(waiter)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, self->event));
    ++*self->count;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_event event;
    waiter *waiters;
    uint32_t n, count;
} event;

WEFT_ASYNC(event)
{
    WEFT_BEGIN;
    self->waiters = heap_alloc(self->n * sizeof *self->waiters);
    memset(self->waiters, 0, self->n * sizeof *self->waiters);
    for (uint32_t i = 0; i < self->n; i++) {
        waiter *it = &self->waiters[i];
        WEFT_SPAWN(waiter, it, &self->scope, &it->child, .event = &self->event, .count = &self->count);
    }
    WEFT_AWAIT(weft_yield(co));
    weft_event_set(&self->event);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_beyond_runner_run_event, self->count);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    heap_free(self->waiters, self->n * sizeof *self->waiters);
    WEFT_END;
}

WEFT_EXPORT(beyond_runner, exports_beyond_runner_run_event, event, (uint32_t n), .n = n);

// One of many calls
// ----------------------------------------------------------------------------------------------

typedef struct {
    weft_subtask subtask;
    uint32_t x;
} held;

typedef struct {
    weft_coro co;
    weft_subtask letting_go;
    held *calls;
    uint32_t crowd, n, i, at;
    uint64_t count;
} wake;

static void wake_hold(weft_coro *co, wake *self, uint32_t x)
{
    held *it = &self->calls[x];
    weft_subtask_start(co, &it->subtask, bench_beyond_many_hold(x, &it->x));
}

static void wake_stop(wake *self)
{
    for (uint32_t x = 0; x < self->crowd; x++)
        weft_stop_blocking(&self->calls[x].subtask);
}

WEFT_ASYNC(wake)
{
    WEFT_BEGIN;
    self->calls = heap_alloc(self->crowd * sizeof *self->calls);
    memset(self->calls, 0, self->crowd * sizeof *self->calls);
    for (uint32_t x = 0; x < self->crowd; x++)
        wake_hold(co, self, x);
    for (; self->i < self->n; self->i++) {
        self->at = (self->at + 7919) % self->crowd;
        WEFT_AWAIT(weft_subtask_call(co, &self->letting_go, bench_beyond_many_let_go(self->at)));
        WEFT_AWAIT(weft_await(co, &self->calls[self->at].subtask));
        self->count += self->calls[self->at].x == self->at;
        wake_hold(co, self, self->at);
    }
    wake_stop(self); // before the result: the host of a benchmark goes away with it
    WEFT_RETURN(co, exports_beyond_runner_run_wake, self->count);
    WEFT_FINALLY;
    wake_stop(self);
    heap_free(self->calls, self->crowd * sizeof *self->calls);
    WEFT_END;
}

WEFT_EXPORT(beyond_runner, exports_beyond_runner_run_wake, wake, (uint32_t crowd, uint32_t n), .crowd = crowd,
            .n = n);

// Coroutines that are cancelled
// ----------------------------------------------------------------------------------

typedef struct {
    weft_coro co;
    weft_child child;
    weft_subtask call;
    uint32_t x;
    uint32_t *cancelled;
} caller;

WEFT_ASYNC(caller)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, bench_beyond_many_hold(self->x, &self->x)));
    WEFT_FINALLY;
    *self->cancelled += weft_subtask_state_of(&self->call) == WEFT_SUBTASK_RETURNED_CANCELLED;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    caller *callers;
    uint32_t n, cancelled;
} cancel;

WEFT_ASYNC(cancel)
{
    WEFT_BEGIN;
    self->callers = heap_alloc(self->n * sizeof *self->callers);
    memset(self->callers, 0, self->n * sizeof *self->callers);
    for (uint32_t i = 0; i < self->n; i++) {
        caller *it = &self->callers[i];
        WEFT_SPAWN(caller, it, &self->scope, &it->child, .x = i, .cancelled = &self->cancelled);
    }
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_RETURN(co, exports_beyond_runner_run_cancel, self->cancelled);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    heap_free(self->callers, self->n * sizeof *self->callers);
    WEFT_END;
}

WEFT_EXPORT(beyond_runner, exports_beyond_runner_run_cancel, cancel, (uint32_t n), .n = n);

// Channels
// -------------------------------------------------------------------------------------------------------

WEFT_CHANNEL(lane, uint32_t, 1);

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    struct {
        weft_coro co;
        lane_slot slot;
    } other;
    lane there, back;
    lane_slot slot;
    uint32_t n, i;
} channel;

static weft_stepped other_run(weft_coro *co)
{
    channel *self = (channel *)(void *)((char *)co - offsetof(channel, other));
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(lane_receive(co, &self->there, &self->other.slot));
        if (!weft_served(&self->other.slot))
            WEFT_FINISH;
        WEFT_AWAIT(lane_send(co, &self->back, &self->other.slot, self->other.slot.item));
    }
    WEFT_END;
}

WEFT_ASYNC(channel)
{
    WEFT_BEGIN;
    weft_spawn(co, &self->scope, &self->child, &self->other.co, other_run);
    for (; self->i < self->n; self->i++) {
        WEFT_AWAIT(lane_send(co, &self->there, &self->slot, self->i));
        WEFT_AWAIT(lane_receive(co, &self->back, &self->slot));
        if (self->slot.item != self->i)
            WEFT_FAIL(1);
    }
    lane_close(&self->there);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_beyond_runner_run_channel, self->i);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

WEFT_EXPORT(beyond_runner, exports_beyond_runner_run_channel, channel, (uint32_t n), .n = n);

typedef struct {
    weft_coro co;
    weft_subtask sides[2];
    uint32_t rounds[2];
    uint32_t n;
} tasks;

WEFT_ASYNC(tasks)
{
    WEFT_BEGIN;
    for (uint32_t side = 0; side < 2; side++)
        weft_subtask_start(co, &self->sides[side], bench_beyond_many_play(side, self->n, &self->rounds[side]));
    WEFT_AWAIT(weft_await(co, &self->sides[0]));
    WEFT_AWAIT(weft_await(co, &self->sides[1]));
    WEFT_RETURN(co, exports_beyond_runner_run_channel_of_tasks, self->rounds[0]);
    WEFT_FINALLY;
    weft_stop_blocking(&self->sides[0]);
    weft_stop_blocking(&self->sides[1]);
    WEFT_END;
}

WEFT_EXPORT(beyond_runner, exports_beyond_runner_run_channel_of_tasks, tasks, (uint32_t n), .n = n);
