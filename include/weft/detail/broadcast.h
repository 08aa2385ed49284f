// What the line of broadcast.h is made of. Included by broadcast.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The items are a ring, and a subscriber has the number of its next one. The broadcast knows only who waits.
#ifndef WEFT_DETAIL_BROADCAST_H
#define WEFT_DETAIL_BROADCAST_H

#define WEFT_BROADCAST(name, T, capacity_)                                                                     \
    WEFT__STATIC_ASSERT((capacity_) > 0, "a broadcast keeps at least one item");                               \
    typedef struct name##_subscriber {                                                                         \
        weft_ticket ticket;                                                                                    \
        uint64_t next; /* the number of the next item, from 0 on */                                            \
        T item;                                                                                                \
    } name##_subscriber;                                                                                       \
    typedef struct name {                                                                                      \
        weft_broadcast base;                                                                                   \
        T items[capacity_];                                                                                    \
    } name;                                                                                                    \
    enum { name##__capacity = (capacity_) };                                                                   \
    __attribute__((unused)) static void name##_subscribe(const name *it, name##_subscriber *subscriber)        \
    {                                                                                                          \
        WEFT__CHECK(subscriber->ticket.is == WEFT__WAITS, slot_busy, #name "_subscribe", 0);                   \
        subscriber->next = it->base.sent;                                                                      \
    }                                                                                                          \
    __attribute__((unused)) static bool name##_is_dropped(const name *it, const name##_subscriber *subscriber) \
    {                                                                                                          \
        return it->base.sent - subscriber->next > name##__capacity;                                            \
    }                                                                                                          \
    __attribute__((unused)) static bool name##_send(name *it, T item)                                          \
    {                                                                                                          \
        name##_subscriber *subscriber;                                                                         \
        if (it->base.closed)                                                                                   \
            return false;                                                                                      \
        it->items[it->base.sent++ % name##__capacity] = item;                                                  \
        while ((subscriber = (name##_subscriber *)weft__serve(&it->base.receivers))) {                         \
            subscriber->item = item;                                                                           \
            subscriber->next = it->base.sent;                                                                  \
        }                                                                                                      \
        return true;                                                                                           \
    }                                                                                                          \
    __attribute__((unused)) static bool name##_try_receive(const name *it, name##_subscriber *subscriber)      \
    {                                                                                                          \
        if (subscriber->next == it->base.sent || name##_is_dropped(it, subscriber))                            \
            return false;                                                                                      \
        subscriber->item = it->items[subscriber->next++ % name##__capacity];                                   \
        return true;                                                                                           \
    }                                                                                                          \
    __attribute__((unused, warn_unused_result)) static weft_poll name##_receive(weft_coro *co, name *it,       \
                                                                                name##_subscriber *subscriber) \
    {                                                                                                          \
        WEFT__CHECK(subscriber->ticket.is == WEFT__WAITS, slot_busy, #name "_receive", 0);                     \
        subscriber->ticket.is = name##_try_receive(it, subscriber);                                            \
        if (subscriber->ticket.is || it->base.closed || subscriber->next != it->base.sent)                     \
            return weft_breathe(co);                                                                           \
        return weft__park_ticket(co, &it->base.receivers, &subscriber->ticket, #name "_receive");              \
    }                                                                                                          \
    __attribute__((unused)) static void name##_close(name *it)                                                 \
    {                                                                                                          \
        it->base.closed = true;                                                                                \
        weft__wake_unserved(&it->base.receivers);                                                              \
    }                                                                                                          \
    WEFT__SEMICOLON

#endif
