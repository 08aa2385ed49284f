// What the files of the library share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_INTERNAL_H
#define WEFT_WASI_INTERNAL_H

#include <weft/wasi/bytes.h>
#include <weft/weft.h>

// An end of a stream that comes with a future of `from`, which tells how the stream ended. It takes both.
weft_bytes_reader weft__bytes_reader_from(weft_bytes_handle handle, uint32_t future,
                                          const weft__bytes_source *from);
// Makes `out` the end of a new stream whose reader tells by `future` how it took the stream.
void weft__bytes_writer_to(weft_bytes_writer *out, uint32_t future, const weft__bytes_source *from);

// A reader of nothing, which has ended by `error`.
weft_bytes_reader weft__bytes_none(weft_error error);
// Ends `in`: from now on it reads nothing, as if its stream had ended. A read in flight is cancelled.
void weft__bytes_end(weft_bytes_reader *in);

// At most `most` bytes of the text, which is not cut amid a character.
weft_text weft__text_cut(weft_text text, size_t most);

// Tells how the async function of that name has failed: by which code, and with WEFT_TRACE, behind which wait.
// It does so in the log if the program has one, else in builds that show messages.
void weft__report_failure(const char *name, const weft_coro *co);

// WEFT__BYTES_SOURCE(name, X, T, error) makes the weft__bytes_source `name` of a future type X of the bindings;
// `error` is its function for a T. `keeps` may stand behind it.
#define WEFT__BYTES_SOURCE(...) WEFT__BYTES_SOURCE_OF(__VA_ARGS__, NULL, )
#define WEFT__BYTES_SOURCE_OF(name, X, T, error, keeps, ...)                                                   \
    static uint32_t name##_read(uint32_t future, void *value)                                                  \
    {                                                                                                          \
        _Static_assert(sizeof(T) <= sizeof(((weft__bytes_result *)0)->value),                                  \
                       "the field is too small: enlarge it");                                                  \
        return X##_read(future, (T *)value);                                                                   \
    }                                                                                                          \
    static weft_error name##_error(void *value)                                                                \
    {                                                                                                          \
        return error((T *)value);                                                                              \
    }                                                                                                          \
    static const weft__bytes_source name = {name##_read, X##_cancel_read, X##_drop_readable, name##_error,     \
                                            keeps}

// ---- Printing: print.c ----

// A standard stream. A coroutine that prints has its turn.
typedef struct weft__printed {
    weft_bytes_writer *(*end)(void);
    weft_mutex turn;
} weft__printed;
extern weft__printed weft__print_stderr;

// Prints a text, which stays until then, and more behind it.
typedef struct weft__print {
    weft_coro co;
    weft__printed *to;
    weft_permit turn;
    weft_text text, more;
    size_t block_size;        // bytes of memory that is given back; 0: none
    struct weft__print *next; // in the list of those that are over
} weft__print;
WEFT_ASYNC_DECLARE_EXTERN(weft__print);

#endif
