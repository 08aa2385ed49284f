// Streams: what the typed readers and writers of WEFT_STREAM (bindgen.h) share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An end that is read or written in a loop joins its task's waitable set once and stays. The buffer of a copy
// is the host's from the start until the completion. Dropped stays so: a copy on an end whose other end is gone
// completes at once with count 0 and never reaches the host. Spec: canon stream.{read,write}.
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

// What every typed reader is.
typedef struct weft_stream_reader {
    WEFT_STREAM_READER_FIELDS
} weft_stream_reader;

typedef struct weft_stream_writer weft_stream_writer;

// The fields that every typed writer has. Read-only: count. The rest carries a write_all past its first copy.
#define WEFT_STREAM_WRITER_FIELDS                                                                              \
    weft_op op;                                                                                                \
    size_t count; /* items that the last write moved */                                                        \
    size_t length;                                                                                             \
    bool (*more)(weft_stream_writer * writer);                                                                 \
    void (*ended)(weft_stream_writer * writer); /* gives the items up; NULL if nobody has to */                \
    const void *items;

// What every typed writer is.
struct weft_stream_writer {
    WEFT_STREAM_WRITER_FIELDS
};

#include "detail/stream.h"

#ifdef __cplusplus
}
#endif

#endif
