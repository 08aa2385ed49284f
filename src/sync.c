// Events, semaphores, conditions and channels: queues of coroutines, served in order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/sync.h>
#include <weft/task.h>
#include "internal.h"

weft_poll weft_event_wait(weft_coro *co, weft_event *event)
{
    if (event->is_set)
        return weft_breathe(co);
    return weft__park_in(co, &event->waiters, WEFT__ON_ANY_TASK, "weft_event_wait");
}

void weft_event_set(weft_event *event)
{
    event->is_set = true;
    weft__wake_all(&event->waiters);
}

weft_poll weft__park_ticket(weft_coro *co, weft_coro **queue, weft_ticket *ticket, const char *function)
{
    WEFT__TRACE_STAYS(ticket, function);
    ticket->is = WEFT__WAITS;
    co->on.ticket = ticket;
    return weft__park_in(co, queue, WEFT__ON_TICKET, function);
}

weft_ticket *weft__serve(weft_coro **queue)
{
    weft_coro *first = weft__waiters_pop(queue, true);
    if (!first)
        return NULL;
    weft_ticket *ticket = first->on.ticket;
    ticket->is = WEFT__SERVED;
    weft__wake(first);
    return ticket;
}

static uint32_t limit_of(const weft_semaphore *semaphore)
{
    return semaphore->limit ? semaphore->limit : 1;
}

// A permit that is held has its own address, so a copy of it is found out.
static void hold(weft_ticket *ticket)
{
    ticket->back = (weft_coro *)(void *)ticket;
    ticket->is = WEFT__SERVED;
}

bool weft_try_acquire(weft_semaphore *semaphore, weft_permit *permit)
{
    uint32_t limit = limit_of(semaphore);
    WEFT__CHECK(weft_held(permit), held, "weft_acquire", 0);
    WEFT__CHECK(permit->ticket.is >= WEFT__WAITS, slot_busy, "weft_acquire", 0);
    WEFT__CHECK(semaphore->taken > limit || (semaphore->waiters && semaphore->taken < limit), limit_changed,
                "weft_acquire", 0);
    if (semaphore->taken >= limit)
        return false;
    semaphore->taken++;
    permit->from = semaphore;
    hold(&permit->ticket);
    return true;
}

weft_poll weft_acquire(weft_coro *co, weft_semaphore *semaphore, weft_permit *permit)
{
    if (weft_try_acquire(semaphore, permit))
        return weft_breathe(co);
    permit->from = semaphore;
    return weft__park_ticket(co, &semaphore->waiters, &permit->ticket, "weft_acquire");
}

void weft_release(weft_permit *permit)
{
    if (!weft_held(permit))
        return;
    WEFT__CHECK((void *)permit->ticket.back != permit, copied, "weft_release", 0);
    permit->ticket.is = WEFT__UNSERVED;
    weft_ticket *next = weft__serve(&permit->from->waiters);
    if (next)
        hold(next);
    else
        permit->from->taken--;
}

// Gives `co` the lock that it gave up. False if that is not free: then `co` waits for it, behind the others.
static bool regain(weft_coro *co)
{
    weft_permit *permit = (weft_permit *)(void *)co->on.ticket;
    if (permit->from->taken < limit_of(permit->from)) {
        permit->from->taken++;
        hold(&permit->ticket);
        return true;
    }
    permit->ticket.is = WEFT__REGAINS;
    weft__waiters_push(&permit->from->waiters, co, true);
    return false;
}

weft_poll weft_condition_wait(weft_coro *co, weft_condition *condition, weft_permit *permit)
{
    WEFT__CHECK(!weft_held(permit), not_held, "weft_condition_wait", 0);
    weft_release(permit);
    weft_poll poll = weft__park_ticket(co, &condition->waiters, &permit->ticket, "weft_condition_wait");
    permit->ticket.is = WEFT__GAVE_UP;
    return poll;
}

bool weft__condition_remove(weft_coro *co)
{
    if (co->on.ticket->is == WEFT__REGAINS)
        return false;
    weft__waiters_remove(co, true);
    return regain(co);
}

// A case of a select is woken even so: it is chosen, although it still waits for its lock.
void weft_condition_signal(weft_condition *condition)
{
    weft_coro *first = weft__waiters_pop(&condition->waiters, true);
    if (first && (regain(first) || first->flags & WEFT__CASE))
        weft__wake(first);
}

void weft_condition_broadcast(weft_condition *condition)
{
    while (condition->waiters)
        weft_condition_signal(condition);
}

void weft__wake_unserved(weft_coro **queue)
{
    for (weft_coro *first; (first = weft__waiters_pop(queue, true));) {
        first->on.ticket->is = WEFT__UNSERVED;
        weft__wake(first);
    }
}

void weft__channel_close(weft_channel *channel)
{
    channel->closed = true;
    weft__wake_unserved(&channel->senders);
    weft__wake_unserved(&channel->receivers);
}
