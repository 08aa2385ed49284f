// Outboxes: what is put into one is written to a stream by a coroutine of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_outbox_open(co, &self->out, &self->conn.out, 1 << 16);
//     while (...) {
//         weft_outbox_format(&self->out, "%d\n", self->number);
//         WEFT_TRY(&self->out, weft_outbox_drain(co, &self->out, 8192)); // waits for a slow reader
//     }
//     WEFT_TRY(&self->out, weft_outbox_drain(co, &self->out, 0)); // until all is written
//     WEFT_FINALLY;
//     WEFT_AWAIT(weft_outbox_close(co, &self->out));
//
// - To put something never waits, and takes no coroutine: anybody may do it, such as the other members of a
//   chat. It fails if more than the limit waits because nobody reads: so a slow reader can be dropped.
// - What is put before the coroutines that run now all wait goes out by one write: so do the answers to
//   requests that came together.
// - The first error stays, and nothing is put or written any more. What waits then is given up.
#ifndef WEFT_WASI_OUTBOX_H
#define WEFT_WASI_OUTBOX_H

#include "../scope.h"
#include "../sync.h"
#include "buffer.h"
#include "detail/outbox.h"

#ifdef __cplusplus
extern "C" {
#endif

// Zero-initialised is a closed one. It must not move while it is open. Read-only: error; waiting, the bytes
// that were put and not yet written: those of one write count until all of it is out.
typedef struct weft_outbox {
    weft_error error;
    size_t waiting;
    WEFT__PRIVATE(OUTBOX)
} weft_outbox;

// Opens it for a stream, to which nobody else writes until it is closed. It is written in the task of `co`,
// whose finaliser closes it. At most `limit` bytes wait. It takes up to twice as much memory of weft_alloc as
// waits, and some KiB in between. Misuse if it is open.
void weft_outbox_open(weft_coro *co, weft_outbox *it, weft_bytes_writer *out, size_t limit);

// Puts a text, or formatted text (format.h), behind what waits. Returns it->error: WEFT_ELIMIT, too much waits,
// and none of this was put; WEFT_ENOMEM; how the stream failed; WEFT_ESTATE, it is closed.
weft_error weft_outbox_put(weft_outbox *it, weft_text text);
weft_error weft_outbox_format(weft_outbox *it, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Waits until at most `most` bytes wait, or there is an error. One coroutine at a time. A cancel changes
// nothing. It is no case of weft_select.
weft_poll weft_outbox_drain(weft_coro *co, weft_outbox *it, size_t most) __attribute__((warn_unused_result));

// Gives up what waits, and gives the stream back, which stays open. Closed is fine. Nobody may drain it
// meanwhile. A cancel does not end the wait.
weft_poll weft_outbox_close(weft_coro *co, weft_outbox *it) __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif

#endif
