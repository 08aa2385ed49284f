// Events, semaphores and channels: queues of coroutines, served in order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/sync.h>
#include <weft/task.h>

weft_poll weft_event_wait(weft_coro *co, weft_event *event)
{
    if (event->is_set)
        return weft_breathe(co);
    return weft__park_in(co, &event->waiters, WEFT__ON_LOCAL, "weft_event_wait");
}

void weft_event_set(weft_event *event)
{
    event->is_set = true;
    weft__wake_all(&event->waiters, false);
}

weft_poll weft__park_ticket(weft_coro *co, weft_coro **queue, weft_ticket *ticket, const char *call)
{
    co->on.ticket = ticket;
    return weft__park_in(co, queue, WEFT__ON_TICKET, call);
}

weft_ticket *weft__serve(weft_coro **queue)
{
    weft_coro *first = weft__waiters_pop(queue, true);
    if (!first)
        return NULL;
    weft_ticket *ticket = first->on.ticket;
    ticket->served = true;
    weft__wake(first);
    return ticket;
}

static bool is_free(const weft_semaphore *semaphore)
{
    return semaphore->taken < (semaphore->limit ? semaphore->limit : 1);
}

bool weft_try_acquire(weft_semaphore *semaphore, weft_permit *permit)
{
    WEFT__CHECK(weft_held(permit), held, "weft_acquire", 0);
    if (!is_free(semaphore))
        return false;
    semaphore->taken++;
    permit->from = semaphore;
    permit->ticket.served = true;
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
    permit->ticket.served = false;
    if (!weft__serve(&permit->from->waiters))
        permit->from->taken--;
}

void weft__channel_close(weft_channel *channel)
{
    channel->closed = true;
    weft__wake_all(&channel->senders, true);
    weft__wake_all(&channel->receivers, true);
}
