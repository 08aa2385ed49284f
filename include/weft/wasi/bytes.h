// Streams of bytes: standard input and output, files, sockets and bodies all come as these two ends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     do {
//         WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
//         WEFT_TRY(&self->out, weft_bytes_write_all(co, &self->out, self->buffer, self->in.count));
//     } while (self->in.count);
//
// An end is made by what it belongs to, or by weft_bytes_new. You close it. It is plain data, which may be
// moved while nothing is in flight on it. Zero is closed.
//
// - A read brings 1 or more bytes. If it brings none, the stream is over, and stays so. `error` tells how:
//   WEFT_OK for its end, else what cut it short.
// - A write that could not go on leaves `error`, and that stays: the host's reason, or WEFT_EPIPE.
// - A read or write that was cancelled leaves the count of what had moved, and no error. The end may be used
//   again.
// - What was written has arrived for sure when weft_bytes_finish says so.
// - One operation at a time is in flight on an end. Its buffer is the host's until then.
//
// Spec: canon stream.{new,read,write,cancel-read,cancel-write,drop-readable,drop-writable}, and canon
// future.read for how a stream has ended.
#ifndef WEFT_WASI_BYTES_H
#define WEFT_WASI_BYTES_H

#include "../bindgen.h"
#include "../error.h"
#include "../flow.h"
#include "text.h"
#include "detail/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

// The readable end. Read-only: count, the bytes that the last read has brought; error. Each end also has
// weft_await(co, &end), weft_stop(co, &end), weft_in_flight(&end) and weft_dropped(&end): it is over.
typedef union weft_bytes_reader {
    weft_stream_reader reader;
    __extension__ struct {
        WEFT_STREAM_READER_FIELDS
        WEFT__PRIVATE(BYTES)
    };
} weft_bytes_reader;

// The writable end. Read-only: count, the bytes that the last write has taken; error.
typedef union weft_bytes_writer {
    weft_stream_writer writer;
    __extension__ struct {
        WEFT_STREAM_WRITER_FIELDS
        WEFT__PRIVATE(BYTES)
    };
} weft_bytes_writer;

// ---- Reading ----

// Reads 1 to `size` bytes, or none at the end. A cancel leaves what had come in the buffer.
weft_poll weft_bytes_read(weft_coro *co, weft_bytes_reader *in, uint8_t *buffer, size_t size)
    __attribute__((warn_unused_result));

// The same without waiting: weft_await(co, in) is the wait.
void weft_bytes_start_read(weft_coro *co, weft_bytes_reader *in, uint8_t *buffer, size_t size);

// Drops the end. In flight is misuse; the second stops that, as weft_stop_blocking does. Closed is fine.
void weft_bytes_close_reader(weft_bytes_reader *in);
void weft_bytes_close_reader_blocking(weft_bytes_reader *in);

// ---- Writing ----

// Writes 1 to `size` bytes. One of none waits for room, and leaves `error` if the other end is gone. A cancel
// leaves in count how many had moved. The second does not wait: weft_await(co, out) is the wait.
weft_poll weft_bytes_write(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size)
    __attribute__((warn_unused_result));
void weft_bytes_start_write(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size);

// Writes all, unless the other end goes, or the write is cancelled.
weft_poll weft_bytes_write_all(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size)
    __attribute__((warn_unused_result));
void weft_bytes_start_write_all(weft_coro *co, weft_bytes_writer *out, const uint8_t *bytes, size_t size);

// The same for a text, whose bytes must stay until then. It waits, as weft_bytes_write_all does.
static inline weft_poll weft_write(weft_coro *co, weft_bytes_writer *out, weft_text text)
    __attribute__((warn_unused_result));

// Ends the stream, and waits until its reader has said how it took it: that is `error`. Then the end is closed,
// but `error` stays. An end of weft_bytes_new has no such reader, so that does not wait. Closed is fine. After
// a cancel the stream is over, and another weft_bytes_finish waits again.
weft_poll weft_bytes_finish(weft_coro *co, weft_bytes_writer *out) __attribute__((warn_unused_result));

// As for the reader. The stream ends there, and nobody learns how its reader took it.
void weft_bytes_close_writer(weft_bytes_writer *out);
void weft_bytes_close_writer_blocking(weft_bytes_writer *out);

// ---- Ends of your own, and of other bindings ----

// A stream<u8> in the bindings of wit-bindgen c.
typedef uint32_t weft_bytes_handle;

// A new stream: returns its readable end, to be handed on, or wrapped here.
weft_bytes_handle weft_bytes_new(weft_bytes_writer *out);

// Takes over a readable end that came with a call or a result.
weft_bytes_reader weft_bytes_reader_of(weft_bytes_handle handle);

// Gives the end up, to be handed on; `in` is closed. Misuse in flight. Only the new owner can learn how the
// stream ends. Hand on a stream that the host makes before the first read: wasmtime loses what it has ready
// when it gets it back. The end of a body lives no longer than its weft_fetch or weft_http_exchange.
weft_bytes_handle weft_bytes_hand_on(weft_bytes_reader *in);

// ---- More with one wait ----

// weft_bytes_next, weft_bytes_read_exactly, weft_bytes_read_to_end, weft_bytes_buffer, weft_bytes_forward and
// feeds of weft_bytes, as flow.h says.
WEFT_FLOW(weft_bytes, uint8_t);

// weft_bytes_lines, for weft_line_next. If the stream was cut short, so may be its last line: in->error tells.
WEFT_LINES(weft_bytes);

#include "detail/bytes_inline.h"

#ifdef __cplusplus
}
#endif

#endif
