// More of a stream with one wait: exactly n items, all to the end, all into another stream, lines. And streams
// that a coroutine feeds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WEFT_FLOW(name, T), after WEFT_STREAM(name, X, T), makes for that stream what follows. Each wait but
// name_next is an async function. Its frame (weft_exactly, weft_to_end, weft_forward) is the caller's and zero
// at first. It must stay until the wait ends, as must buffers and ends. A cancel of the caller cuts the wait
// short. Nothing that had come is lost, and the caller's finaliser reads, as below, how far it came.
//
//   WEFT_AWAIT(name_next(co, &in, &item))
//                               one item: in.count is 1; or the end: in.count is 0
//   WEFT_AWAIT(name_read_exactly(co, &exactly, &in, items, length))
//                               `length` items, or fewer if the other end is gone: in.count says how many
//   WEFT_AWAIT(name_read_to_end(co, &to_end, &in, &buffer, limit))
//                               appends to a name_buffer (.items, .count, .capacity; zero is empty) until the
//                               other end is gone. Then to_end.error is 0. Else it is WEFT_ELIMIT (the buffer
//                               holds `limit` items, and there are more, or the host can't tell), WEFT_ENOMEM,
//                               or WEFT_ECANCELED (the wait or the read was cancelled). The buffer, with all
//                               that came, is the caller's. `in` is as usable as after a read, so the same call
//                               goes on
//   name_buffer_free(&buffer)   gives its memory back; empty is fine
//   WEFT_AWAIT(name_forward(co, &forward, &in, &out, items, length))
//                               moves what comes from `in` to `out`, through a buffer of `length` items (at
//                               least 1), until in's writer or out's reader is gone. That out's reader is gone
//                               shows when the next item is written. It reads no more before all of it is
//                               written. forward.taken items were read, forward.given of them written. The
//                               rest, if any, is in the buffer from items[forward.rest] on. Closes neither end
//   handle = name_feed_spawn(co, &scope, &child, &frame.feed, run)
//                               weft_spawn of a coroutine that feeds a new stream. Returns its readable end, an
//                               X_t, to be handed on, or wrapped here. The frame's first member is `name_feed
//                               feed` instead of `weft_coro co`. The coroutine writes to feed.out;
//                               weft_dropped(&feed.out) tells that the reader is gone. When it ends, in
//                               whatever way, the stream is closed
//   frame = name_feed_new(co, &scope, size, run, &handle)
//                               the same by weft_spawn_new. scope NULL is the task's own, for a stream that is
//                               written after the root has ended. NULL, and nothing done, if there is no memory
//
// WEFT_ASYNC_FEED(name, T) { ... } is the WEFT_ASYNC (async.h) of such a coroutine, and these start one:
//
//   handle = WEFT_FEED_SPAWN(name, T, frame, scope, child, .field = value, ...)
//   frame = WEFT_FEED_NEW(name, T, scope, &handle, .field = value, ...)
//
// As in bindgen.h, one operation of an end is in flight at a time, and a closed end is misuse.
#ifndef WEFT_FLOW_H
#define WEFT_FLOW_H

#include "bindgen.h"
#include "error.h"
#include "scope.h"
#include "step.h"

#ifdef __cplusplus
extern "C" {
#endif

// Start a copy of a stream of any type; take an item.
typedef void weft_read_start(weft_coro *co, weft_stream_reader *in, void *items, size_t length);
typedef void weft_write_start(weft_coro *co, weft_stream_writer *out, void *items, size_t length);
typedef void weft_item_drop(void *item, bool moved);

// The functions above, for WEFT_STREAM(name, X, T).
#define WEFT_FLOW(name, T) WEFT__FLOW(name, T, NULL)

// The same after WEFT_STREAM_OWNED(name, X, T, drop), for items that own memory or handles. What was read is
// the reader's, whatever else happened. name_buffer_free calls drop(item, false) for each item in the buffer;
// take out what you keep, and lower .count. name_forward calls drop once for each item that it read: what could
// not be passed on is dropped, and nothing stays in the buffer.
#define WEFT_FLOW_OWNED(name, T, drop) WEFT__FLOW_OWNED(name, T, drop)

// The same after WEFT_STREAM_UNIT(name, X): without item and items, and without name_read_to_end.
#define WEFT_FLOW_UNIT(name) WEFT__FLOW_UNIT(name)

// The body of a feed T of the stream `name`, and its starts, into a scope: as above.
#define WEFT_ASYNC_FEED(name, T) WEFT__ASYNC_OF(T, WEFT__STATIC, feed, name##_feed)
#define WEFT_FEED_SPAWN(name, T, ...) WEFT__FEED_SPAWN(name, T, __VA_ARGS__, )
#define WEFT_FEED_NEW(name, T, ...) WEFT__FEED_NEW(name, T, __VA_ARGS__, )

// WEFT_LINES(name), after WEFT_STREAM of bytes, makes
//
//   name_lines(&lines, &in, buffer, size, policy)
//                               sets up a weft_lines over `in`, with a buffer of the caller's
//
// and then, as often as there are lines:
//
//   WEFT_AWAIT(weft_line_next(co, &lines))
//                               the next line: lines.line, of lines.length bytes, without its LF or CR LF. It
//                               lies in the buffer and stays until the next call. lines.is tells what it is.
//                               The last line may lack its LF. Ready at once if the line has come before. A
//                               line is moved at most once, when the buffer's end comes near
//
// and between lines, where the last one told how much comes:
//
//   WEFT_AWAIT(weft_lines_exactly(co, &lines, bytes, length))
//                               reads `length` bytes, whatever is in them, to memory of the caller's.
//                               lines.length came. If that is fewer, the stream is over, or the wait was
//                               cancelled, and lines.is is WEFT_LINE_NONE
#define WEFT_LINES(name) WEFT__LINES(name)

// The frame of name_read_exactly. All fields are private.
typedef struct weft_exactly {
    weft_coro co;
    weft_stream_reader *in;
    weft_read_start *read;
    char *items;
    size_t size; // of an item, bytes
    size_t length;
    size_t done;
} weft_exactly;

// What every name_buffer is.
typedef struct weft_buffer {
    void *items;
    size_t count;
    size_t capacity;
    weft_error error; // of what was appended: wasi/buffer.h
} weft_buffer;

// The frame of name_read_to_end. Read-only: error.
typedef struct weft_to_end {
    weft_coro co;
    weft_error error;
    weft_stream_reader *in;
    weft_read_start *read;
    weft_buffer *buffer;
    size_t size;
    size_t limit;
} weft_to_end;

// The frame of name_forward. Read-only: the counts of items.
typedef struct weft_forward {
    weft_coro co;
    size_t taken;
    size_t given;
    size_t rest;

    weft_stream_reader *in;
    weft_stream_writer *out;
    weft_read_start *read;
    weft_write_start *write;
    weft_item_drop *drop;
    char *items;
    size_t size;
    size_t length;
    uint8_t doing;
} weft_forward;

// A line is over-long if it does not fit into the buffer with the LF or CR LF that ends it.
typedef enum weft_line_policy {
    WEFT_LINES_SPLIT, // it comes in parts: WEFT_LINE_PART, ..., WEFT_LINE, the last of which may be empty
    WEFT_LINES_CUT,   // it comes once, as WEFT_LINE_CUT; what follows is skipped
    WEFT_LINES_REFUSE // WEFT_LINE_TOO_LONG, for ever; weft_lines_rest has its beginning
} weft_line_policy;

// What a line is.
typedef enum weft_line {
    WEFT_LINE_NONE,    // the stream has ended, or the wait was cancelled
    WEFT_LINE,         // a whole one, or the last part of one
    WEFT_LINE_PART,    // with WEFT_LINES_SPLIT: more of it comes
    WEFT_LINE_CUT,     // with WEFT_LINES_CUT: the rest is skipped
    WEFT_LINE_TOO_LONG // with WEFT_LINES_REFUSE
} weft_line;

// Reads lines. Read-only: the first part.
typedef struct weft_lines {
    weft_coro co;
    uint8_t *line; // not ended by a zero
    size_t length;
    weft_line is;

    weft_line_policy policy;
    weft_stream_reader *in;
    weft_read_start *read;
    uint8_t *buffer;
    size_t size;
    size_t start; // of the next line
    size_t seen;  // no LF from start to here
    size_t end;
    size_t wanted; // of exactly so many bytes
    bool skipping;
} weft_lines;

// Waits for the next line: see WEFT_LINES. A cancel loses nothing. It is no case of weft_select.
weft_poll weft_line_next(weft_coro *co, weft_lines *lines) __attribute__((warn_unused_result));

// Reads exactly `length` bytes behind the last line. Behind one that was cut it reads none: the next line skips
// the rest of that. After a cancel, lines.length tells how many came. It is no case of weft_select.
weft_poll weft_lines_exactly(weft_coro *co, weft_lines *lines, void *bytes, size_t length)
    __attribute__((warn_unused_result));

// Takes out what was read behind the last line: *length bytes, which lie in the buffer. It is for a body after
// a header. What follows these bytes comes from the reader.
uint8_t *weft_lines_rest(weft_lines *lines, size_t *length);

#include "detail/flow.h"

#ifdef __cplusplus
}
#endif

#endif
