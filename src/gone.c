// A wait for the other end to go.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/op.h>
#include "internal.h"

// It is an operation of an idle end. First it is a copy of nothing. A host completes that when the other end
// has gone, but also when the other end has a copy of its own. From then on the host knows of no operation:
// this one completes by the event that the host sends unasked, if it does. A future has no copy of nothing, so
// the wait of a future's writer is of the second kind from the start.

uint32_t weft__gone_forget(uint32_t handle)
{
    (void)handle;
    return WEFT_COPY_CANCELLED;
}

// Whether the host is to be asked. A new wait asks anew, so it ends the operation that only Weft knows of.
bool weft__gone_asks(weft_op *op, const char *function)
{
    if (!weft__op_in_flight(op))
        return true;
    WEFT__CHECK(!(op->status & WEFT__GONE), busy, function, op->handle);
    (void)function;
    if (op->cancel != weft__gone_forget || op->waiter)
        return false;
    weft__op_stop_blocking(op);
    return true;
}

weft_poll weft__gone_wait(weft_coro *co, weft_op *op, enum weft_event_code event)
{
    if (!weft__op_in_flight(op)) {
        if (weft__op_is(op, WEFT_COPY_DROPPED))
            return weft_breathe(co);
        weft__op_track(co->task, op, event, weft__gone_forget);
    }
    op->status |= WEFT__GONE;
    return weft__op_park(co, op);
}

bool weft__gone_goes_on(weft_op *op, uint32_t before)
{
    if (weft__op_is(op, WEFT_COPY_COMPLETED)) {
        bool cancelled = before & WEFT__CANCELLING;
        op->status = cancelled ? WEFT_COPY_CANCELLED : before;
        if (!cancelled) // else the end's next copy would keep that cancel
            op->cancel = weft__gone_forget;
        return !cancelled;
    }
    if (op->cancel == weft__gone_forget && weft__op_is(op, WEFT_COPY_DROPPED)) {
        op->status |= WEFT__GONE;
        if (op->task) { // a future is written all the same, and that joins a set with a cancel of its own
            __waitable_join(op->handle, 0);
            weft__op_left(op);
        }
    }
    return false;
}
