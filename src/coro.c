// Coroutines: how they wait, wake, and call each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/sync.h>
#include "internal.h"

_Static_assert(WEFT_TRACE || sizeof(void *) != 4 || sizeof(weft_coro) == 32,
               "every frame has one: keep it small");

const char *weft_outcome_name(weft_outcome outcome)
{
    static const char *const names[] = {"unfinished", "done", "failed", "cancelled"};
    return names[outcome];
}

weft_poll weft__park(weft_coro *co, enum weft__coro_state state, const char *function)
{
    uint32_t how = WEFT__PENDING;
    if (__builtin_expect(weft__state_and_flags(co) != WEFT__RUNNING, 0)) {
        WEFT__CHECK(co->state != WEFT__RUNNING, not_running, function, 0);
        how = WEFT__PENDING_FLAGGED;
    }
    (void)function;
    WEFT__TRACE_FUNCTION(co, function);
    co->state = (uint8_t)state;
    return (weft_poll){how};
}

// The link back of a coroutine that waits in a queue.
static weft_coro **back_of(weft_coro *co, bool has_ticket)
{
    return has_ticket ? &co->on.ticket->back : &co->on.back;
}

void weft__waiters_push(weft_coro **queue, weft_coro *co, bool has_ticket)
{
    weft_coro *first = *queue, *last = co;
    if (first) {
        last = *back_of(first, has_ticket);
        *back_of(first, has_ticket) = last->next = co;
    } else {
        *queue = co;
    }
    *back_of(co, has_ticket) = last;
    co->next = (weft_coro *)((uintptr_t)queue + 1);
}

weft_coro *weft__waiters_pop(weft_coro **queue, bool with_tickets)
{
    weft_coro *first = *queue;
    if (!first)
        return NULL;
    if (weft__is_last(first)) {
        *queue = NULL;
    } else {
        *queue = first->next;
        *back_of(first->next, with_tickets) = *back_of(first, with_tickets);
    }
    return first;
}

void weft__waiters_remove(weft_coro *co, bool has_ticket)
{
    weft_coro *before = *back_of(co, has_ticket);
    if (before->next != co) { // it is the first, and `before` the last
        weft__waiters_pop(weft__queue_of(before), has_ticket);
        return;
    }
    weft_coro *after = weft__is_last(co) ? *weft__queue_of(co) : co->next;
    before->next = co->next;
    *back_of(after, has_ticket) = before;
}

weft_poll weft__park_in(weft_coro *co, weft_coro **queue, enum weft__coro_state state, const char *function)
{
    weft_poll poll = weft__park(co, state, function);
    weft__waiters_push(queue, co, state == WEFT__ON_TICKET);
    if (state >= WEFT__ON_ANY_TASK)
        co->task->sleepers++;
    return poll;
}

void weft__wake_all(weft_coro **queue)
{
    for (weft_coro *co; (co = weft__waiters_pop(queue, false));)
        weft__wake(co);
}

uint32_t weft__breath = WEFT__BREATH;
// What it starts from again when it has run out, until the host has had its turn.
#define SHORT_OF_BREATH (WEFT__STEPS / 16 + 1)

weft_poll weft_call(weft_coro *co, weft_coro *child, weft_step *run)
{
    WEFT__CHECK(child->state > WEFT__ENDED, child_busy, "weft_call", 0);
    WEFT__TRACE_STAYS(child, "weft_call");
    weft_poll poll = weft__park(co, WEFT__ON_CHILD, "weft_call");
    co->on.child = child;
    weft__start(child, run, co->task, (uintptr_t)co);
    if (--weft__breath) {
        weft__queue_push_front(&co->task->ready, child);
    } else { // others may have had no step while one child after the other was called
        weft__breath = SHORT_OF_BREATH;
        weft__queue_push_back(&co->task->ready, child);
    }
    return poll;
}

weft_poll weft_yield(weft_coro *co)
{
    weft_poll poll = weft__park(co, WEFT__ON_YIELD, "weft_yield");
    weft__queue_push_back(&co->task->yielded, co);
    return poll;
}

weft_poll weft__nap(weft_coro *co)
{
    if (co->flags & WEFT__CASE) { // a case cannot yield: its owner, which breathes next, does
        weft__breath = 1;
        return weft__ready();
    }
    weft__breath = SHORT_OF_BREATH;
    return weft_yield(co);
}

// A program with coroutines that wait needs turns: this links turn.c, which nothing calls by name.
extern const char weft__turns;
__attribute__((used)) static const char *const needs_turns = &weft__turns;

static inline void make_ready(weft_coro *co, uint8_t state)
{
    if (state >= WEFT__ON_ANY_TASK)
        co->task->sleepers--;
    co->state = WEFT__READY;
    WEFT__TRACE_CORO(co, WAKE);
    weft__queue_push_back(&co->task->ready, co);
}

// Wakes a case of a select, or a coroutine whose task is asleep.
static __attribute__((noinline)) void wake_rest(weft_coro *co)
{
    if (co->flags & WEFT__CASE) {
        weft__case_served(co);
        return;
    }
    make_ready(co, co->state);
    weft__task_rouse_asleep(co->task);
}

void weft__wake(weft_coro *co)
{
    uint32_t both = weft__state_and_flags(co); // the flags are 8 bits up
    if (__builtin_expect(co->task->asleep | (both & WEFT__CASE << 8), 0))
        wake_rest(co);
    else
        make_ready(co, (uint8_t)both);
}
