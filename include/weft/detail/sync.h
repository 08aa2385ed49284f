// What is inline of sync.h, and what its lines are made of. Included by sync.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_SYNC_H
#define WEFT_DETAIL_SYNC_H

static inline bool weft_held(const weft_permit *permit)
{
    return weft__is_served(&permit->ticket);
}

void weft__channel_close(weft_channel *channel);
weft_poll weft__park_ticket(weft_coro *co, weft_coro **queue, weft_ticket *ticket, const char *function)
    __attribute__((warn_unused_result));
// Serves the first of a queue of tickets and wakes it; NULL if there is none.
weft_ticket *weft__serve(weft_coro **queue);
// Wakes all in a queue of tickets, unserved.
void weft__wake_unserved(weft_coro **queue);

// A rendezvous, of capacity 0, has an item that is never used, since C knows no array of none. The remainders
// are by 1 there, since there is none by 0.
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
    WEFT__SEMICOLON

#endif
