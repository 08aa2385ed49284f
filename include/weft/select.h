// Select: waits for the first of several waits, of whatever kind, and loses nothing of the others.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_case cases[3]; // in the frame
//
//     WEFT_AWAIT(weft_select(co, self->cases, jobs_receive(of, &self->jobs, &self->slot),
//                            weft_event_wait(of, self->stop),
//                            weft_sleep_until(of, &host_clock, &self->timer, self->when)));
//     switch (weft_chosen(self->cases)) ... // 0, 1 or 2
//
// A case is any wait that takes a coroutine, with `of` in its place. So it waits for an operation, a
// weft_event, a send or receive of a channel, a permit or a condition. Or it waits for a broadcast, a value
// that comes once, ended children, room in a scope, or a time. It is neither weft_call, of whatever kind, nor
// weft_yield, nor weft_select.
//
// The cases are tried in their order, up to the first that is ready. If none is, all wait, and the first that
// is served is chosen. Then the others are withdrawn, as if they had never waited; but operations stay in
// flight.
//
// - A case that was not chosen has taken nothing: no item, no permit. Only the slot of the chosen case tells
//   something. The slot of a case that was not tried is as it was before.
// - A case that waits for a condition gives up the lock when it is tried. The select comes back with the lock
//   again, also if it has to wait for that.
// - An operation that stays in flight is awaited by the next select, or stopped. In a loop, start it before the
//   select (weft_subtask_start, name_start_read, ...), let weft_await(of, ...) be the case, and start the next
//   one when that was chosen. Else the result that came in between is overwritten.
// - A sleep on the host's clock stays in flight, too. A next sleep until the same time goes on with it, one
//   until another time replaces it, and weft_timer_stop ends it, in the finaliser at the latest.
// - A closed channel is ready for ever. weft_never(of) in the place of a case leaves it out:
//       self->is_open ? jobs_receive(of, &self->jobs, &self->slot) : weft_never(of)
// - A cancel withdraws all cases. If one had been served before, it stays so, and weft_chosen tells the
//   finaliser.
#ifndef WEFT_SELECT_H
#define WEFT_SELECT_H

#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// A case, for one select at a time. An array of them is in the frame. Zero-initialised is valid.
struct weft_case {
    weft_coro co; // private
};

// Waits for the first of up to 8 waits. `cases` is an array with room for them. Each wait is evaluated once at
// most. A select that is ready at once counts as one such wait (weft_breathe).
#define weft_select(co, cases, ...) WEFT__SELECT(co, cases, __VA_ARGS__)

// Which case the last select with `cases` has chosen, from 0 on; -1 if it was cancelled first, or there was
// none.
static inline int weft_chosen(const weft_case *cases);

// In the place of a case: one that is never served. As a wait, only a cancel ends it.
weft_poll weft_never(weft_coro *of) __attribute__((warn_unused_result));

#include "detail/select.h"

#ifdef __cplusplus
}
#endif

#endif
