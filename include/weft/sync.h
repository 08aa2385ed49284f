// Events, semaphores, mutexes, conditions and channels between coroutines, of one task or of several of the
// same component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All are the caller's memory, zero-initialised is valid, and nothing allocates. They must stay while somebody
// waits. Who waits first is served first. A cancel takes the waiter out of its queue. If it had been served
// before, it stays so, and the permit or slot in its frame says so to its finaliser. To wake a task that is
// asleep takes two host calls, and up to two more for its bell (src/wake.c).
#ifndef WEFT_SYNC_H
#define WEFT_SYNC_H

#include "coro.h"

#include "detail/ticket.h"

#ifdef __cplusplus
extern "C" {
#endif

// Something that happened, or not yet. Read-only: is_set.
typedef struct weft_event {
    weft_coro *waiters;
    bool is_set;
} weft_event;

// Waits until the event is set; at once if it is. A cancel ends the wait.
weft_poll weft_event_wait(weft_coro *co, weft_event *event) __attribute__((warn_unused_result));

// Sets it, and wakes all who wait, in the order in which they came.
void weft_event_set(weft_event *event);

// Clears it: who waits from now on waits until it is set again.
static inline void weft_event_clear(weft_event *event)
{
    event->is_set = false;
}

// Permits to be in some place at the same time: `limit` of them, and 1 if that is 0. So a zero one is a mutex.
// `limit` is set while no permit is taken; misuse else. Read-only: taken.
typedef struct weft_semaphore {
    uint32_t limit;
    uint32_t taken;
    weft_coro *waiters;
} weft_semaphore;

// A semaphore of one permit: the lock.
typedef weft_semaphore weft_mutex;

// A permit, or a lock held; zero is none.
typedef struct weft_permit {
    weft_ticket ticket;
    weft_semaphore *from;
} weft_permit;

// True if the permit is held.
static inline bool weft_held(const weft_permit *permit);

// Waits for a permit. A release passes it on directly, so nobody overtakes. Misuse if `permit` is held already.
// A cancel leaves it as it is: held, if it had been passed on before; the finaliser releases it in any case.
weft_poll weft_acquire(weft_coro *co, weft_semaphore *semaphore, weft_permit *permit)
    __attribute__((warn_unused_result));

// Takes a permit if one is free and nobody waits; false if not.
bool weft_try_acquire(weft_semaphore *semaphore, weft_permit *permit);

// Gives the permit to the first who waits, or back to the semaphore. One that is not held is fine: a finaliser
// needs no flags. Misuse if it is a copy of the one that was acquired.
void weft_release(weft_permit *permit);

// What may become true of something that a mutex keeps.
typedef struct weft_condition {
    weft_coro *waiters;
} weft_condition;

// Gives up the lock that `permit` holds, and waits for a signal. Misuse if it holds none. Whoever comes back
// has the lock again, also in the finaliser after a cancel, and in a select that has chosen another case.
// Others had the lock meanwhile, so look again:
//
//     while (!self->jobs->count)
//         WEFT_AWAIT(weft_condition_wait(co, &self->jobs->some, &self->lock));
//
// A coroutine that is cancelled may have been signalled before. So its finaliser signals again, if another can
// do what it did not, before it releases the lock.
weft_poll weft_condition_wait(weft_coro *co, weft_condition *condition, weft_permit *permit)
    __attribute__((warn_unused_result));

// Lets the first who waits go on, or all, as soon as each can have the lock. A signal that nobody waits for is
// lost. The caller may hold the lock, or not.
void weft_condition_signal(weft_condition *condition);
void weft_condition_broadcast(weft_condition *condition);

// WEFT_CHANNEL(name, T, capacity) makes a bounded channel of items of any type T, also of handles, for any
// number of senders and receivers. Within a component it does what a stream between two of its own ends may
// not.
//
//   name                        the channel: the caller's, zero is open and empty
//   name_slot                   one send or receive at a time, in the frame: .item, and weft_served(&slot)
//   WEFT_AWAIT(name_send(co, &channel, &slot, item))
//                               waits until there is room. Not served: the channel was closed, or the wait
//                               cancelled; the item is still the sender's, in the slot
//   WEFT_AWAIT(name_receive(co, &channel, &slot))
//                               waits for an item, which is then in the slot. Not served: the channel is closed
//                               and empty, or the wait was cancelled. Served and cancelled: the item is the
//                               receiver's all the same
//   bool name_try_send(&channel, item), bool name_try_receive(&channel, &item)
//   name_close(&channel)        no more items: those inside are still received; who waits comes back unserved
//
// capacity 0 is a rendezvous: an item is sent when it is received.

// True if the send or receive with `slot` took place.
#define weft_served(slot) weft__is_served(&(slot)->ticket)

// What every channel has. Read-only: count, closed.
typedef struct weft_channel {
    uint32_t count; // items inside
    bool closed;
    uint32_t first;
    weft_coro *senders;
    weft_coro *receivers;
} weft_channel;

#include "detail/sync.h"

#ifdef __cplusplus
}
#endif

#endif
