// What the files of the library tell each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_INTERNAL_H
#define WEFT_WASI_INTERNAL_H

#include <weft/wasi/bytes.h>

// The ends of a stream that comes with a future, of `from`, which tells how it ended. Both are the new end's.
weft_bytes_reader weft__bytes_reader_from(weft_bytes_handle handle, uint32_t future,
                                          const weft__bytes_source *from);
// For a new stream whose readable end was handed to who told `future`.
void weft__bytes_writer_to(weft_bytes_writer *out, uint32_t future, const weft__bytes_source *from);

// Tells, in builds that show messages, that an async function has failed: with a weft_error, or a code of its
// own.
void weft__report_failure(const char *name, int code);

// Makes the weft__bytes_source `name` of a future type X of the bindings; `error` is its function for a T.
#define WEFT__BYTES_SOURCE(name, X, T, error)                                                                  \
    static uint32_t name##_read(uint32_t future, void *value)                                                  \
    {                                                                                                          \
        _Static_assert(sizeof(T) <= sizeof(((weft__bytes_result *)0)->value), "the room is too small");        \
        return X##_read(future, (T *)value);                                                                   \
    }                                                                                                          \
    static weft_error name##_error(void *value)                                                                \
    {                                                                                                          \
        return error((T *)value);                                                                              \
    }                                                                                                          \
    static const weft__bytes_source name = {name##_read, X##_cancel_read, X##_drop_readable, name##_error}

#endif
