// Coroutines: how they wait, wake, call each other and unwind.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/coro.h>
#include <weft/op.h>
#include <weft/task.h>

_Static_assert(sizeof(void *) != 4 || sizeof(weft_coro) == 32, "every frame has one: keep it small");

void weft__park(weft_coro *co, enum weft__coro_state state, const char *call)
{
    WEFT__CHECK(co->state != WEFT__RUNNING, not_running, call, 0);
    (void)call;
    co->state = (uint8_t)state;
}

void weft__wake(weft_coro *co)
{
    WEFT__CHECK(!(co->task->flags & WEFT__AWAKE), asleep, co->task->link.from->name, 0);
    co->state = WEFT__READY;
    weft__queue_push_back(&co->task->ready, co);
}

weft_poll weft_call(weft_coro *co, weft_coro *child, weft_step *run)
{
    WEFT__CHECK(child->state > WEFT__ENDED, child_busy, "weft_call", 0);
    weft__park(co, WEFT__ON_CHILD, "weft_call");
    co->on.child = child;
    child->run = run;
    child->resume = 0;
    child->parent = co;
    child->task = co->task;
    child->state = WEFT__READY;
    child->flags = 0;
    weft__queue_push_front(&co->task->ready, child);
    return weft__pending();
}

weft_poll weft_yield(weft_coro *co)
{
    weft__park(co, WEFT__ON_YIELD, "weft_yield");
    weft__queue_push_back(&co->task->yielded, co);
    return weft__pending();
}

void weft_cancel(weft_coro *co)
{
    WEFT__CHECK(co->state == WEFT__IDLE, not_started, "weft_cancel", 0);
    if (co->state == WEFT__ENDED || weft_cancelled(co))
        return;
    weft__unwind(co);
}

// From `co` down to the one that waits for something other than a child: each goes on at its finaliser when
// what it waits for has ended. A finaliser that has begun is not disturbed, nor is what it waits for.
void weft__unwind(weft_coro *co)
{
    for (;; co = co->on.child) {
        bool unwinds = co->flags & (WEFT__UNWIND | WEFT__FINALLY);
        co->flags |= WEFT__CANCEL;
        if (unwinds || co->state == WEFT__RUNNING)
            return;
        co->flags |= WEFT__UNWIND;
        if (co->resume)
            co->resume = co->end.finally;
        if (co->state != WEFT__ON_CHILD)
            break;
    }
    if (co->state == WEFT__ON_OP || co->state == WEFT__ON_START) {
        weft__op_cancel(co->on.op);
    } else if (co->state == WEFT__ON_ANY) {
        weft_any *any = co->on.any;
        for (uint32_t i = 0; i < any->count; i++)
            weft__op_stop(any->ops[i]);
    }
}
