// Streams: what the typed readers and writers of WEFT_STREAM (bindgen.h) share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An end that is read or written in a loop joins its task's waitable set once and stays. The buffer of a copy
// is the host's from the call until the completion. Dropped is latched: a copy on an end whose other end is
// gone completes at once with count 0 and never reaches the host. Spec: canon stream.{read,write}.
#ifndef WEFT_STREAM_H
#define WEFT_STREAM_H

#include "op.h"

#ifdef __cplusplus
extern "C" {
#endif

// The fields that every typed reader has. Read-only: count. Zero-initialised is a closed end.
#define WEFT_STREAM_READER_FIELDS                                                                              \
    weft_op op;                                                                                                \
    size_t count; /* items that the last read moved */

typedef struct weft_stream_reader {
    WEFT_STREAM_READER_FIELDS
} weft_stream_reader;

typedef struct weft_stream_writer weft_stream_writer;

// The fields that every typed writer has. Read-only: count. The rest carries a write_all past its first copy.
#define WEFT_STREAM_WRITER_FIELDS                                                                              \
    weft_op op;                                                                                                \
    size_t count; /* items that the last write moved */                                                        \
    bool (*more)(weft_stream_writer * writer);                                                                 \
    void (*ended)(weft_stream_writer * writer); /* gives the items up */                                       \
    const void *items;                                                                                         \
    size_t length;

struct weft_stream_writer {
    WEFT_STREAM_WRITER_FIELDS
};

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

#ifdef __cplusplus
}
#endif

#endif
