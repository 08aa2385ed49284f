// What the streams of every type do. Included by stream.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_STREAM_H
#define WEFT_DETAIL_STREAM_H

// Some streams come with a future that tells how they ended. When the other end of such a stream is gone, the
// operation goes on as a read of the future, so its waiter learns both at once. A sequel is called when `op`,
// of an end that has one, has completed with op->status. It returns true if the read of the future has taken
// the copy's place, in op->handle and op->cancel, and the host said BLOCKED. It is false after a cancel.
typedef bool weft__sequel(weft_op *op, bool cancelled);

typedef struct weft__reader_on {
    weft_stream_reader reader;
    weft__sequel *sequel;
} weft__reader_on;

typedef struct weft__writer_on {
    weft_stream_writer writer;
    weft__sequel *sequel;
} weft__writer_on;

// In place of DROPPED, where the stream's end came with its last items: only the next read tells it.
enum { WEFT__COPY_LAST = 3 };

static inline void weft__write_all_ended(weft_stream_writer *writer)
{
    writer->more = NULL;
    if (writer->ended)
        writer->ended(writer);
}

// True if a copy may go to the host now; false if the other end is known to be gone. Stops on misuse.
static inline bool weft__stream_begin(const weft_op *op, const char *function)
{
    WEFT__CHECK(op->handle == 0, closed, function, 0);
    if (__builtin_expect(op->status & (WEFT__IN_FLIGHT | WEFT_COPY_DROPPED), 0)) {
        WEFT__CHECK(weft__op_in_flight(op), busy, function, op->handle);
        return weft__op_in_flight(op); // without checks: the host traps
    }
    (void)function;
    return true;
}

// The host answered a copy on `op` with `status`.
static inline void weft__stream_started(weft_task *task, weft_op *op, size_t *count, enum weft_event_code event,
                                        uint32_t status, uint32_t (*cancel)(uint32_t handle))
{
    if (status == WEFT_BLOCKED) {
        weft__op_track(task, op, event, cancel);
    } else {
        op->status = status;
        *count = WEFT_STATUS_COUNT(status);
    }
}

static inline size_t weft__stream_clamp(size_t length)
{
    return length < WEFT_COPY_MAX ? length : WEFT_COPY_MAX;
}

#endif
