// Events, semaphores, mutexes and channels between coroutines, of one task or of several of the same component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All are the caller's memory, zero-initialised is valid, and nothing allocates. They must stay while somebody
// waits. Who waits first is served first. A cancel takes the waiter out of its queue; if it had been served
// before, the service stands, and the ticket in its frame says so to its finaliser. Waking a task that is
// asleep costs two host calls, and one more when the last one woken so was another; one that is awake, none.
#ifndef WEFT_SYNC_H
#define WEFT_SYNC_H

#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a coroutine waits with, in its frame. Private.
struct weft_ticket {
    weft_coro *back; // link of the queue that it is in; of a permit that is held, itself
    uint8_t is;      // one of the following
};
enum { WEFT__UNSERVED, WEFT__SERVED, WEFT__WAITS };

// Something that happened, or not yet. Read-only: is_set.
typedef struct weft_event {
    weft_coro *waiters;
    bool is_set;
} weft_event;

// Waits until the event is set; at once if it is.
weft_poll weft_event_wait(weft_coro *co, weft_event *event) __attribute__((warn_unused_result));

// Sets it, and wakes all who wait, in the order in which they came.
void weft_event_set(weft_event *event);

static inline void weft_event_clear(weft_event *event)
{
    event->is_set = false;
}

// Permits to be in some place at the same time: `limit` of them, 0 meaning 1. So a zero one is a mutex.
// Read-only but for limit, which is set while none is taken: taken. Else it is misuse.
typedef struct weft_semaphore {
    uint32_t limit;
    uint32_t taken;
    weft_coro *waiters;
} weft_semaphore;

typedef weft_semaphore weft_mutex;

// A permit, or a lock held; zero is none.
typedef struct weft_permit {
    weft_ticket ticket;
    weft_semaphore *from;
} weft_permit;

// True if the permit is held.
static inline bool weft_held(const weft_permit *permit)
{
    return permit->ticket.is == WEFT__SERVED;
}

// Waits for a permit. It is passed on directly, so nobody overtakes. Misuse if `permit` is held already.
weft_poll weft_acquire(weft_coro *co, weft_semaphore *semaphore, weft_permit *permit)
    __attribute__((warn_unused_result));

// Takes a permit if one is free and nobody waits; false if not.
bool weft_try_acquire(weft_semaphore *semaphore, weft_permit *permit);

// Gives the permit to the first who waits, or back. One that is not held is fine: a finaliser needs no flags.
// Misuse if it is a copy of the one that was acquired.
void weft_release(weft_permit *permit);

// WEFT_CHANNEL(name, T, capacity) makes a bounded channel of items of any type T, also of handles, by any
// number of senders and receivers: within a component it does what a stream between two of its own ends may
// not.
//
//   name                        the channel: the caller's, zero is open and empty
//   name_slot                   one send or receive at a time, in the frame: .item, and weft_served(&slot)
//   WEFT_AWAIT(name_send(co, &channel, &slot, item))
//                               waits until there is room. Not served: the channel was closed, or the sender
//                               cancelled; the item is still the sender's, in the slot
//   WEFT_AWAIT(name_receive(co, &channel, &slot))
//                               waits for an item, which is in the slot. Not served: the channel is closed and
//                               empty, or the receiver cancelled. Served and cancelled: the item is the
//                               receiver's all the same
//   bool name_try_send(&channel, item), bool name_try_receive(&channel, &item)
//   name_close(&channel)        no more items: those inside are still received; who waits comes back unserved
//
// capacity 0 is a rendezvous: an item is sent when it is received.
#define WEFT_CHANNEL(name, T, capacity_)                                                                       \
    typedef struct name##_slot {                                                                               \
        weft_ticket ticket;                                                                                    \
        T item;                                                                                                \
    } name##_slot;                                                                                             \
    typedef struct name {                                                                                      \
        weft_channel base;                                                                                     \
        T items[(capacity_) ? (capacity_) : 1];                                                                \
    } name;                                                                                                    \
    enum { name##__capacity = (capacity_) };                                                                   \
    static name##_slot *name##__first(weft_coro **queue)                                                       \
    {                                                                                                          \
        return (name##_slot *)weft__serve(queue);                                                              \
    }                                                                                                          \
    __attribute__((unused)) static bool name##_try_send(name *channel, T item)                                 \
    {                                                                                                          \
        name##_slot *receiver;                                                                                 \
        if (channel->base.closed)                                                                              \
            return false;                                                                                      \
        if ((receiver = name##__first(&channel->base.receivers)))                                              \
            receiver->item = item;                                                                             \
        else if (channel->base.count != name##__capacity)                                                      \
            channel->items[(channel->base.first + channel->base.count++) %                                     \
                           (name##__capacity > 0 ? name##__capacity : 1)] = item;                              \
        else                                                                                                   \
            return false;                                                                                      \
        return true;                                                                                           \
    }                                                                                                          \
    __attribute__((unused)) static bool name##_try_receive(name *channel, T *item)                             \
    {                                                                                                          \
        name##_slot *sender;                                                                                   \
        if (channel->base.count) {                                                                             \
            *item = channel->items[channel->base.first];                                                       \
            channel->base.first = (channel->base.first + 1) % (name##__capacity > 0 ? name##__capacity : 1);   \
            channel->base.count--;                                                                             \
            if ((sender = name##__first(&channel->base.senders)))                                              \
                channel->items[(channel->base.first + channel->base.count++) %                                 \
                               (name##__capacity > 0 ? name##__capacity : 1)] = sender->item;                  \
        } else if ((sender = name##__first(&channel->base.senders))) {                                         \
            *item = sender->item;                                                                              \
        } else {                                                                                               \
            return false;                                                                                      \
        }                                                                                                      \
        return true;                                                                                           \
    }                                                                                                          \
    __attribute__((unused, warn_unused_result)) static weft_poll name##_send(weft_coro *co, name *channel,     \
                                                                             name##_slot *slot, T item)        \
    {                                                                                                          \
        WEFT__CHECK(slot->ticket.is == WEFT__WAITS, slot_busy, #name "_send", 0);                              \
        slot->item = item;                                                                                     \
        slot->ticket.is = name##_try_send(channel, item);                                                      \
        if (slot->ticket.is || channel->base.closed)                                                           \
            return weft_breathe(co);                                                                           \
        return weft__park_ticket(co, &channel->base.senders, &slot->ticket, #name "_send");                    \
    }                                                                                                          \
    __attribute__((unused, warn_unused_result)) static weft_poll name##_receive(weft_coro *co, name *channel,  \
                                                                                name##_slot *slot)             \
    {                                                                                                          \
        WEFT__CHECK(slot->ticket.is == WEFT__WAITS, slot_busy, #name "_receive", 0);                           \
        slot->ticket.is = name##_try_receive(channel, &slot->item);                                            \
        if (slot->ticket.is || channel->base.closed)                                                           \
            return weft_breathe(co);                                                                           \
        return weft__park_ticket(co, &channel->base.receivers, &slot->ticket, #name "_receive");               \
    }                                                                                                          \
    __attribute__((unused)) static void name##_close(name *channel)                                            \
    {                                                                                                          \
        weft__channel_close(&channel->base);                                                                   \
    }                                                                                                          \
    WEFT__STATIC_ASSERT(1, "")

// True if the send or receive with `slot` took place.
#define weft_served(slot) ((slot)->ticket.is == WEFT__SERVED)

// What every channel has. Read-only: count, closed.
typedef struct weft_channel {
    uint32_t count; // items inside
    bool closed;
    uint32_t first;
    weft_coro *senders;
    weft_coro *receivers;
} weft_channel;

// Private.
void weft__channel_close(weft_channel *channel);
weft_poll weft__park_ticket(weft_coro *co, weft_coro **queue, weft_ticket *ticket, const char *call)
    __attribute__((warn_unused_result));
// Serves the first of a queue of tickets and wakes it; NULL if there is none.
weft_ticket *weft__serve(weft_coro **queue);

#ifdef __cplusplus
}
#endif

#endif
