// Buffers of bytes that grow: for texts that are put together.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_bytes_append(&self->page, WEFT_TEXT("<h1>"));
//     weft_bytes_append_format(&self->page, "%d items</h1>", self->count);
//     if (self->page.error)
//         WEFT_FAIL(self->page.error);
//     WEFT_TRY(it, weft_http_reply(co, it, 200, "text/html", weft_bytes_text(&self->page)));
//     WEFT_FINALLY;
//     weft_bytes_buffer_free(&self->page);
//
// The buffer is the weft_bytes_buffer of bytes.h, which whole bodies and files are read into. It is yours. Zero
// is empty. You may look at `items` and `count`, and lower `count`. Its memory is of weft_alloc.
//
// Nothing waits. If there is no memory, `error` is WEFT_ENOMEM from then on, and nothing more is appended: so
// it is enough to look at `error` once, in the end.
#ifndef WEFT_WASI_BUFFER_H
#define WEFT_WASI_BUFFER_H

#include "bytes.h"
#include "format.h"

#ifdef __cplusplus
extern "C" {
#endif

// Appends a text, or formatted text, as format.h says. Neither the text nor an argument may lie in the buffer
// itself. Returns buffer->error.
weft_error weft_bytes_append(weft_bytes_buffer *buffer, weft_text text);
weft_error weft_bytes_append_format(weft_bytes_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
weft_error weft_bytes_append_vformat(weft_bytes_buffer *buffer, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

// Appends `count` bytes and returns them: fill them before the next append. NULL if there is no memory.
uint8_t *weft_bytes_extend(weft_bytes_buffer *buffer, size_t count);

// All that is in it, until something is appended.
weft_text weft_bytes_text(const weft_bytes_buffer *buffer);

// Empties it, and forgets its error; the memory stays for what comes.
void weft_bytes_clear(weft_bytes_buffer *buffer);

// Takes all out: the memory and the error are the result's, and the buffer is as new.
weft_bytes_buffer weft_bytes_take(weft_bytes_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif
