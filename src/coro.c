// Coroutines: how they wait, wake, call each other and unwind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/coro.h>
#include <weft/op.h>
#include <weft/sync.h>
#include <weft/task.h>
#include "internal.h"

// NULL if nothing is linked that needs it.
#pragma weak weft__timer_leave

_Static_assert(WEFT_TRACE || sizeof(void *) != 4 || sizeof(weft_coro) == 32,
               "every frame has one: keep it small");

weft_poll weft__park(weft_coro *co, enum weft__coro_state state, const char *call)
{
    uint32_t how = WEFT__PENDING;
    if (__builtin_expect(weft__state_and_flags(co) != WEFT__RUNNING, 0)) {
        WEFT__CHECK(co->state != WEFT__RUNNING, not_running, call, 0);
        how = WEFT__PENDING_FLAGGED;
    }
    (void)call;
    WEFT__TRACE_CALL(co, call);
    co->state = (uint8_t)state;
    return (weft_poll){how};
}

// Where one that waits in a queue has its link back.
static weft_coro **back_of(weft_coro *co, bool has_ticket)
{
    return has_ticket ? &co->on.ticket->back : &co->on.back;
}

static void push(weft_coro **queue, weft_coro *co, bool has_ticket)
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

// Takes `co` out of the queue that it waits in.
static void leave(weft_coro *co, bool has_ticket)
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

weft_poll weft__park_in(weft_coro *co, weft_coro **queue, enum weft__coro_state state, const char *call)
{
    weft_poll poll = weft__park(co, state, call);
    push(queue, co, state == WEFT__ON_TICKET);
    if (state >= WEFT__ON_LOCAL)
        co->task->sleepers++;
    return poll;
}

void weft__wake_all(weft_coro **queue)
{
    for (weft_coro *co; (co = weft__waiters_pop(queue, false));)
        weft__wake(co);
}

uint32_t weft__breath = WEFT__BREATH;
// What is left of it until the host has had its turn, when it has run out.
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
    } else { // others may have waited while one child after the other was called
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
    weft__breath = SHORT_OF_BREATH;
    return weft_yield(co);
}

void weft_cancel(weft_coro *co)
{
    WEFT__CHECK(co->state == WEFT__IDLE, not_started, "weft_cancel", 0);
    if (co->state == WEFT__ENDED || weft_cancelled(co))
        return;
    WEFT__TRACE_CORO(co, CANCEL);
    weft__unwind(co);
}

void (*weft__unwind_call)(weft_op *op);

// Cancels what an unwinding coroutine waits for, unless that is on its way.
static void cancel_awaited(weft_op *op)
{
    if (!weft__op_in_flight(op) || op->status & WEFT__CANCELLING)
        return;
    if (weft__unwind_call && (op->status & 7) <= WEFT_EVENT_SUBTASK)
        weft__unwind_call(op);
    else
        weft__op_cancel(op);
}

// From `co` down to the one that waits for something other than a child: each goes on at its finaliser when
// what it waits for has ended. A finaliser that has begun is not disturbed, nor is what it waits for.
void weft__unwind(weft_coro *co)
{
    for (;; co = co->on.child) {
        bool deferred = co->flags & (WEFT__UNWIND | WEFT__FINALLY | WEFT__SHIELD);
        co->flags |= WEFT__CANCEL;
        if (deferred || co->state == WEFT__RUNNING)
            return;
        co->flags |= WEFT__UNWIND;
        co->resume = 0;
        if (co->state != WEFT__ON_CHILD)
            break;
    }
    if (co->state == WEFT__ON_OP || co->state == WEFT__ON_START) {
        co->state = WEFT__ON_OP; // to its end, even if it starts before
        cancel_awaited(co->on.op);
    } else if (co->state == WEFT__ON_ANY) {
        weft_any *any = co->on.any;
        for (uint32_t i = 0; i < any->count; i++)
            cancel_awaited(any->ops[i]);
    } else if (co->state >= WEFT__ON_SCOPE) {
        if (co->state == WEFT__ON_TIMER)
            weft__timer_leave(co->on.timer);
        else
            leave(co, co->state == WEFT__ON_TICKET);
        if (co->state == WEFT__ON_TICKET)
            co->on.ticket->is = WEFT__UNSERVED;
        weft__wake(co);
    }
}
