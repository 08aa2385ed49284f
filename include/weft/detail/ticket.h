// What a coroutine waits with, in its frame, where another coroutine serves the wait. Included by sync.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_TICKET_H
#define WEFT_DETAIL_TICKET_H

struct weft_ticket {
    weft_coro *back; // its link back in its queue; the ticket itself, of a permit that is held
    uint8_t is;      // one of the following
};
enum {
    WEFT__UNSERVED, // false and
    WEFT__SERVED,   // true: `is` may be set to whether a try has succeeded
    WEFT__WAITS,
    WEFT__GAVE_UP, // of a permit: it waits for a condition
    WEFT__REGAINS  // of a permit: it waits for the lock, and a cancel does not end that
};

static inline bool weft__is_served(const weft_ticket *ticket)
{
    return ticket->is == WEFT__SERVED;
}

#endif
