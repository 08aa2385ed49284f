// What a coroutine waits with, in its frame, where the wait is served by another. Included by sync.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_TICKET_H
#define WEFT_DETAIL_TICKET_H

struct weft_ticket {
    weft_coro *back; // link of the queue that it is in; of a permit that is held, itself
    uint8_t is;      // one of the following
};
enum {
    WEFT__UNSERVED,
    WEFT__SERVED,
    WEFT__WAITS,
    WEFT__GAVE_UP, // the permit, for a condition that it waits for
    WEFT__REGAINS  // the permit: it does not leave the queue without
};

static inline bool weft__is_served(const weft_ticket *ticket)
{
    return ticket->is == WEFT__SERVED;
}

#endif
