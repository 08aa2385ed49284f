// Broadcasts: each item that is sent goes to all who have subscribed. The sender never waits for them. A
// subscriber that falls too far behind is dropped, and can tell.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// It is in the caller's memory, for coroutines of one task or several of a component, as all of sync.h.
#ifndef WEFT_BROADCAST_H
#define WEFT_BROADCAST_H

#include "sync.h"

#ifdef __cplusplus
extern "C" {
#endif

// WEFT_BROADCAST(name, T, capacity) makes a broadcast of items of type T. They are copied to each subscriber,
// so they own nothing. It keeps the last `capacity` of them, at least 1, for those who are behind.
//
//   name                        the broadcast: the caller's, zero is open, and nothing was sent
//   bool name_send(&it, item)   sends, and wakes all who wait; false, and nothing sent, if it is closed
//   name_close(&it)             no more items: those that it keeps are still received
//
//   name_subscriber             who receives, one receive at a time, in the frame. A zero one sees all items
//                               from the first on. .item, and weft_served(&subscriber). It need not be given up
//   name_subscribe(&it, &subscriber)
//                               from now on it sees all items, and is not behind
//   WEFT_AWAIT(name_receive(co, &it, &subscriber))
//                               waits for the next item, which is then in the subscriber. Not served: it was
//                               dropped, the wait was cancelled, or the broadcast is closed and has no more for
//                               it. Served and cancelled: the item is received all the same
//   bool name_try_receive(&it, &subscriber)
//   bool name_is_dropped(&it, &subscriber)
//                               more than `capacity` items were sent that it has not received. It gets no more,
//                               unless it subscribes again

// What every broadcast has. Read-only: sent, closed.
typedef struct weft_broadcast {
    uint64_t sent; // items so far
    bool closed;
    weft_coro *receivers;
} weft_broadcast;

#include "detail/broadcast.h"

#ifdef __cplusplus
}
#endif

#endif
