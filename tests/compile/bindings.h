// What wit-bindgen c would emit for a world `w`, as far as the headers look at it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef BINDINGS_H
#define BINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t w_subtask_status_t;
typedef uint32_t w_callback_code_t;
typedef uint32_t w_waitable_status_t;

typedef struct w_event {
    uint32_t event, waitable, code;
} w_event_t;

typedef struct {
    uint8_t *ptr;
    size_t len;
} w_string_t;

// A stream or future type X: payload pointer and length, with their commas, are what differs.
#define BINDINGS_TYPE(X, READ, WRITE)                                                                          \
    typedef uint32_t X##_t;                                                                                    \
    typedef uint32_t X##_writer_t;                                                                             \
    X##_t X##_new(X##_writer_t *writer);                                                                       \
    w_waitable_status_t X##_read READ;                                                                         \
    w_waitable_status_t X##_write WRITE;                                                                       \
    w_waitable_status_t X##_cancel_read(X##_t reader);                                                         \
    w_waitable_status_t X##_cancel_write(X##_writer_t writer);                                                 \
    void X##_drop_readable(X##_t reader);                                                                      \
    void X##_drop_writable(X##_writer_t writer)

BINDINGS_TYPE(w_stream_u32, (uint32_t end, uint32_t *items, size_t length),
              (uint32_t end, const uint32_t *items, size_t length));
BINDINGS_TYPE(w_stream_u8, (uint32_t end, uint8_t *items, size_t length),
              (uint32_t end, const uint8_t *items, size_t length));
BINDINGS_TYPE(w_stream_string, (uint32_t end, w_string_t *items, size_t length),
              (uint32_t end, const w_string_t *items, size_t length));
BINDINGS_TYPE(w_stream, (uint32_t end, size_t length), (uint32_t end, size_t length));
BINDINGS_TYPE(w_future_u32, (uint32_t end, uint32_t *value), (uint32_t end, const uint32_t *value));
BINDINGS_TYPE(w_future_string, (uint32_t end, w_string_t *value), (uint32_t end, const w_string_t *value));
BINDINGS_TYPE(w_future, (uint32_t end), (uint32_t end));

// As of wasi:clocks/monotonic-clock.
uint64_t w_clock_now(void);
w_subtask_status_t w_clock_wait_until(uint64_t when);

w_subtask_status_t imported(uint32_t number, uint32_t *result);

#define BINDINGS_EXPORT(name, PARAMETERS, RESULT)                                                              \
    w_callback_code_t name PARAMETERS;                                                                         \
    w_callback_code_t name##_callback(w_event_t *event);                                                       \
    void name##_return RESULT

BINDINGS_EXPORT(exports_double, (uint32_t number), (uint32_t result));
BINDINGS_EXPORT(exports_triple, (uint32_t number), (uint32_t result));
BINDINGS_EXPORT(exports_print, (w_string_t * text), (void));
BINDINGS_EXPORT(exports_say, (w_string_t * text), (void));
BINDINGS_EXPORT(exports_flush, (void), (void));
BINDINGS_EXPORT(exports_nothing, (void), (void));
BINDINGS_EXPORT(exports_nothing_else, (void), (void));

#ifdef __cplusplus
}
#endif

#endif
