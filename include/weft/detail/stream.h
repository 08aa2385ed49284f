// What the streams of every type do. Included by stream.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_STREAM_H
#define WEFT_DETAIL_STREAM_H

static inline void weft__write_all_ended(weft_stream_writer *writer)
{
    writer->more = NULL;
    if (writer->ended)
        writer->ended(writer);
}

// True if a copy may go to the host now; false if the other end is known to be gone. Stops on misuse.
static inline bool weft__stream_begin(const weft_op *op, const char *call)
{
    WEFT__CHECK(op->handle == 0, closed, call, 0);
    if (__builtin_expect(op->status & (WEFT__IN_FLIGHT | WEFT_COPY_DROPPED), 0)) {
        WEFT__CHECK(weft__op_in_flight(op), busy, call, op->handle);
        return weft__op_in_flight(op); // without checks: the host traps
    }
    (void)call;
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
