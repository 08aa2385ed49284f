// What the files of the runtime tell each other, lowest layer first; see docs/architecture.md.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_INTERNAL_H
#define WEFT_INTERNAL_H

#include <weft/op.h>
#include <weft/task.h>

// ---- coro.c: how coroutines wait and wake ----

// Who called `co`, which has no bindings; NULL if it was not called.
static inline weft_coro *weft__parent_of(const weft_coro *co)
{
    return co->up & 1 ? NULL : (weft_coro *)co->up;
}

// Its handle; NULL if it was not spawned.
static inline weft_child *weft__handle_of(const weft_coro *co)
{
    return co->up & 1 ? (weft_child *)(co->up - 1) : NULL;
}

// For the other kinds of wait: `co` goes from running to `state`.
weft_poll weft__park(weft_coro *co, enum weft__coro_state state, const char *call)
    __attribute__((warn_unused_result));
// Makes a waiting coroutine ready.
void weft__wake(weft_coro *co);
// `co` waits in a queue until somebody takes it out and wakes it, or a cancel does. A queue of waiters is its
// first, or NULL; the first's link back is to the last, and the last's `next` is the address of the queue, + 1.
// So whoever leaves needs no search, wherever it is, and a queue is one pointer.
weft_poll weft__park_in(weft_coro *co, weft_coro **queue, enum weft__coro_state state, const char *call)
    __attribute__((warn_unused_result));
// Whether a waiter is the last of its queue; and that queue.
static inline bool weft__is_last(const weft_coro *co)
{
    return (uintptr_t)co->next & 1;
}

static inline weft_coro **weft__queue_of(const weft_coro *last)
{
    return (weft_coro **)((uintptr_t)last->next - 1);
}

// Takes the first out; NULL if there is none. All in a queue wait with tickets, or none does.
weft_coro *weft__waiters_pop(weft_coro **queue, bool with_tickets);
// Wakes all.
void weft__wake_all(weft_coro **queue);

// Makes `co`, of `task`, ready to run from its beginning.
static inline void weft__start(weft_coro *co, weft_step *run, weft_task *task, uintptr_t up)
{
    weft__begin(co, WEFT__READY);
    co->code = 0;
    co->run = run;
    co->resume = 0;
    co->up = up;
    co->task = task;
}

// A queue of those who can run is its last one, whose link is the first; NULL if empty.
static inline void weft__queue_push_front(weft_coro **queue, weft_coro *co)
{
    weft_coro *last = *queue;
    if (last) {
        co->next = last->next;
        last->next = co;
    } else {
        co->next = co;
        *queue = co;
    }
}

static inline void weft__queue_push_back(weft_coro **queue, weft_coro *co)
{
    weft__queue_push_front(queue, co);
    *queue = co;
}

static inline weft_coro *weft__queue_pop(weft_coro **queue)
{
    weft_coro *last = *queue;
    if (!last)
        return NULL;
    weft_coro *first = last->next;
    if (first == last)
        *queue = NULL;
    else
        last->next = first->next;
    return first;
}

// Sees to it that a cancel that was asked for while `co` ran takes effect where it waits now.
void weft__unwind(weft_coro *co);

// ---- time.c ----

// Takes `timer` out of its virtual clock. Linked only with weft_virtual_clock_init.
void weft__timer_leave(weft_timer *timer);

#endif
