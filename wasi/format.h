// What the two files of formatted text share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_FORMAT_INTERNAL_H
#define WEFT_WASI_FORMAT_INTERNAL_H

#include <weft/detail/weak.h>
#include <weft/wasi/format.h>

// A text as it grows, and the conversion that it has come to.
typedef struct weft__format {
    char *string;
    size_t room, length; // what does not fit is counted all the same
    va_list arguments;
    bool left, plus, space, alternate, zero;
    size_t width;
    long precision; // below 0: none
    char conversion;
} weft__format;

void weft__format_put(weft__format *it, const char *bytes, size_t size);
void weft__format_fill(weft__format *it, char byte, size_t count);

// Put what stands around a body of `size` bytes. Begin puts the padding before it, and the prefix, such as a
// sign, with zeros behind it if `zeros`. End puts the padding behind.
void weft__format_begin(weft__format *it, const char *prefix, size_t size, bool zeros);
void weft__format_end(weft__format *it, const char *prefix, size_t size);

// "-", "+", " " or "", as the flags say.
const char *weft__format_sign(const weft__format *it, bool negative);

// format_float.c: linked by WEFT_FORMAT_FLOATS.
WEFT__WEAK void weft__format_float(weft__format *it, double value);

#endif
