// Calls whose arguments or result own something, and what becomes of these if nobody takes them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/subtask.h>
#include "internal.h"

void weft_subtask_start_owned(weft_coro *co, weft_subtask_owned *it, uint32_t status,
                              void (*drop_arguments)(void *data), void (*drop_result)(void *data), void *data)
{
    weft_subtask_start(co, &it->call, status);
    it->drop_arguments = drop_arguments;
    it->drop_result = drop_result;
    it->data = data;
    if (weft_in_flight(&it->call))
        it->call.op.status |= WEFT__OWNED;
    else if (drop_result) // not covered: no call of the tests that owns its result returns at once
        it->call.op.status = WEFT__UNTAKEN;
}

weft_poll weft_subtask_call_owned(weft_coro *co, weft_subtask_owned *it, uint32_t status,
                                  void (*drop_arguments)(void *data), void (*drop_result)(void *data),
                                  void *data)
{
    weft_subtask_start_owned(co, it, status, drop_arguments, drop_result, data);
    return weft_await(co, &it->call);
}

void weft__owned_give_up(weft_op *op)
{
    weft_subtask_owned *it = (weft_subtask_owned *)op;
    op->status = WEFT_SUBTASK_RETURNED_CANCELLED;
    it->drop_result(it->data);
}

// If `co` yields before it goes on, a cancel may come between.
weft_poll weft__owned_take(weft_coro *co, weft_op *op)
{
    weft_poll poll = weft_breathe(co);
    op->status = WEFT_SUBTASK_RETURNED;
    if (poll.pending) { // not covered: one wait in 1,024
        co->state = WEFT__TAKES;
        co->on.op = op;
    }
    return poll;
}

// Wakes the coroutine that awaits the call: it takes the result when it runs.
void weft__owned_complete(weft_op *op, uint32_t before)
{
    weft_subtask_owned *it = (weft_subtask_owned *)op;
    weft_coro *waiter = op->waiter;
    if (op->status == WEFT_SUBTASK_STARTED_CANCELLED && it->drop_arguments)
        it->drop_arguments(it->data);
    if (op->status != WEFT_SUBTASK_RETURNED || !it->drop_result)
        return;
    bool unwinds = waiter && (waiter->flags & (WEFT__UNWIND | WEFT__FINALLY)) == WEFT__UNWIND;
    if (unwinds || before & (waiter ? WEFT__STOPPED : WEFT__CANCELLING)) {
        weft__owned_give_up(op);
        return;
    }
    if (!waiter || waiter->state == WEFT__ON_START) {
        op->status = WEFT__UNTAKEN;
        return;
    }
    weft__op_wake_waiter(op);
    if (waiter->state == WEFT__READY) { // it is no case
        waiter->state = WEFT__TAKES;
        waiter->on.op = op;
    }
}
