// lists, the runner: n coroutines in one list of the library's, and how they leave it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lists_runner.h"
#include "memory_hooks.h"
#include <string.h>
#include <weft/weft.h>

WEFT_CHANNEL(lane, uint32_t, 0);
WEFT_STREAM(bytes, bench_lists_dozers_stream_u8, uint8_t);

typedef struct lists lists;

typedef struct {
    weft_coro co;
    weft_child child;
    lists *of;
    uint64_t when;
    union {
        weft_permit permit;
        lane_slot slot;
        weft_timer timer;
        weft_local local;
        struct {
            weft_subtask call;
            bytes_writer out;
        };
    };
} item;

struct lists {
    weft_coro co;
    lists_runner_order_t which;
    uint32_t n, left;
    weft_scope scope, other; // of the items, and of one who stays
    weft_child child;
    weft_coro stays;
    weft_event event, never;
    weft_mutex mutex;
    weft_permit permit;
    lane lane;
    weft_virtual_clock clock;
    item *items;
};

static weft_stepped stays_run(weft_coro *co)
{
    lists *self = (lists *)(void *)((char *)co - offsetof(lists, stays));
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, &self->never));
    WEFT_END;
}

static weft_stepped item_run(weft_coro *co)
{
    static const char key;
    item *self = weft_frame(co, item);
    lists *of = self->of;
    WEFT_BEGIN;
    switch (of->which) {
    case LISTS_RUNNER_ORDER_EVENT:
        WEFT_AWAIT(weft_event_wait(co, &of->event));
        break;
    case LISTS_RUNNER_ORDER_LOCK:
        WEFT_AWAIT(weft_acquire(co, &of->mutex, &self->permit));
        break;
    case LISTS_RUNNER_ORDER_ITEM:
        WEFT_AWAIT(lane_receive(co, &of->lane, &self->slot));
        break;
    case LISTS_RUNNER_ORDER_END:
        WEFT_AWAIT(weft_join(co, &of->child));
        break;
    case LISTS_RUNNER_ORDER_ENDS:
        WEFT_AWAIT(weft_join_all(co, &of->other));
        break;
    case LISTS_RUNNER_ORDER_TIME:
    case LISTS_RUNNER_ORDER_TIMES:
        WEFT_AWAIT(weft_sleep_until(co, &of->clock.clock, &self->timer, self->when));
        break;
    case LISTS_RUNNER_ORDER_FAILURES:
        weft_shield(co);
        WEFT_AWAIT(weft_event_wait(co, &of->event));
        WEFT_FAIL(1);
        break;
    case LISTS_RUNNER_ORDER_BINDINGS:
        weft_local_bind(co, &self->local, &key, self);
        WEFT_AWAIT(weft_event_wait(co, &of->event));
        break;
    case LISTS_RUNNER_ORDER_BELLS:
        WEFT_AWAIT(weft_subtask_call(co, &self->call, bench_lists_dozers_doze(bytes_new(&self->out))));
        break;
    default:
        break;
    }
    WEFT_FINALLY;
    if (of->which == LISTS_RUNNER_ORDER_BINDINGS)
        weft_local_unbind(&self->local);
    of->left--;
    WEFT_END;
}

static void leave(lists *self)
{
    switch (self->which) {
    case LISTS_RUNNER_ORDER_TIMES:
        for (uint32_t i = 0; i <= self->n; i++)
            weft_virtual_clock_advance(&self->clock, 1);
        break;
    case LISTS_RUNNER_ORDER_ENDED:
        for (uint32_t i = self->n; i--;)
            weft_detach(&self->items[i].child);
        break;
    case LISTS_RUNNER_ORDER_FAILURES:
    case LISTS_RUNNER_ORDER_BINDINGS:
        weft_event_set(&self->event);
        break;
    case LISTS_RUNNER_ORDER_BELLS:
        bench_lists_dozers_wake();
        for (uint32_t i = self->n; i--;)
            bytes_close_writer(&self->items[i].out);
        break;
    default:
        for (uint32_t i = self->n; i--;)
            weft_cancel(&self->items[i].co);
    }
}

WEFT_ASYNC(lists)
{
    WEFT_BEGIN;
    self->left = self->n;
    self->items = heap_alloc(self->n * sizeof *self->items);
    memset(self->items, 0, self->n * sizeof *self->items);
    weft_virtual_clock_init(&self->clock);
    (void)!weft_try_acquire(&self->mutex, &self->permit);
    weft_spawn(co, &self->other, &self->child, &self->stays, stays_run);
    for (uint32_t i = 0; i < self->n; i++) {
        item *it = &self->items[i];
        it->of = self;
        it->when = 1 + (uint64_t)i * 7919 % self->n;
        weft_spawn(co, &self->scope, &it->child, &it->co, item_run);
    }
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    leave(self);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_lists_runner_run_list, self->n - self->left);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->other));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    heap_free(self->items, self->n * sizeof *self->items);
    WEFT_END;
}

WEFT_EXPORT(lists_runner, exports_lists_runner_run_list, lists, (lists_runner_order_t which, uint32_t n),
            .which = which, .n = n);
