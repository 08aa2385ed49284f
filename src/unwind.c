// Cancels: from a coroutine down to what it waits for, and up again by way of the finalisers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/sync.h>
#include "internal.h"

void (*weft__unwind_call)(weft_op *op);

// Cancels `op` for a coroutine that unwinds while it awaits it, or that stops it. Not if a cancel is under way.
static void cancel_awaited(weft_op *op)
{
    if (!weft__op_in_flight(op) || op->status & WEFT__CANCELLING)
        return;
    if (weft__unwind_call && (op->status & 7) <= WEFT_EVENT_SUBTASK)
        weft__unwind_call(op);
    else
        weft__op_cancel(op);
}

weft_poll weft__op_stop(weft_coro *co, weft_op *op)
{
    cancel_awaited(op);
    if (weft__op_in_flight(op))
        op->status |= WEFT__STOPPED;
    return weft__op_await(co, op);
}

bool weft__remove_from_queue(weft_coro *co)
{
    bool has_ticket = co->state == WEFT__ON_TICKET;
    if (has_ticket && co->on.ticket->is > WEFT__WAITS)
        return weft__condition_remove(co);
    if (co->state == WEFT__ON_TIMER)
        weft__timer_remove(co->on.timer);
    else
        weft__waiters_remove(co, has_ticket);
    if (has_ticket)
        co->on.ticket->is = WEFT__UNSERVED;
    return true;
}

// Goes from `co` down to the one that waits for something other than a child. Each goes on at its finaliser
// when what it waits for has ended. A finaliser that has begun is not disturbed, nor is what it waits for.
void weft__unwind(weft_coro *co)
{
    for (;; co = co->on.child) {
        uint32_t flags = co->flags;
        bool deferred = flags & (WEFT__UNWIND | WEFT__FINALLY | WEFT__SHIELD) || co->state == WEFT__RUNNING;
        co->flags = (uint8_t)(flags | (deferred ? WEFT__CANCEL : WEFT__CANCEL | WEFT__UNWIND));
        if (deferred)
            return;
        co->resume = 0;
        if (co->state != WEFT__ON_CHILD)
            break;
    }
    if (co->state == WEFT__ON_OP || co->state == WEFT__ON_START) {
        co->state = WEFT__ON_OP; // it now waits for the end, even if the call starts before
        cancel_awaited(co->on.op);
    } else if (co->state == WEFT__ON_ANY) {
        weft_any *any = co->on.any;
        for (uint32_t i = 0; i < any->count; i++)
            cancel_awaited(any->ops[i]);
    } else if (co->state == WEFT__TAKES) {
        weft__owned_give_up(co->on.op);
    } else if (co->state == WEFT__ON_SELECT ? weft__withdraw(co->on.cases)
                                            : co->state >= WEFT__ON_SCOPE && weft__remove_from_queue(co)) {
        weft__wake(co);
    }
}

void weft_cancel(weft_coro *co)
{
    WEFT__CHECK(co->state == WEFT__IDLE, not_started, "weft_cancel", 0);
    if (co->state == WEFT__ENDED || weft_cancelled(co))
        return;
    WEFT__TRACE_CORO(co, CANCEL);
    weft__unwind(co);
}
