// Formatted text, as printf has it, without libc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Formats are those of C11's printf, but for %n, %a, %L and wide characters: flags, width, precision, the
// lengths hh h l ll j z t, and d i u x X o c s p %. Anything else is copied as it is, and takes no argument. %s
// of NULL is "(null)", %p is hexadecimal with 0x. Nothing allocates.
//
// %f %F %e %E %g %G are exact to the last digit that is asked for, ties to even. They take 4 KB of code, so a
// program asks for them: WEFT_FORMAT_FLOATS; once in any file, outside of functions. Without it, they are
// "(float)".
#ifndef WEFT_WASI_FORMAT_H
#define WEFT_WASI_FORMAT_H

#include "text.h"
#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

// Formats to `room` bytes at `string`, ended by a zero if room is not 0. Returns how many bytes the whole text
// has, without the zero, whether they fitted or not.
size_t weft_format(char *string, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t weft_vformat(char *string, size_t room, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

// The arguments of "%.*s" for a text, which is evaluated twice.
#define WEFT_TEXT_ARGUMENTS(text) (int)(text).length, (text).at

// WEFT_FORMAT_FLOATS; in one file, outside of functions: %f %F %e %E %g %G are there, too.
#include "detail/format.h"

#ifdef __cplusplus
}
#endif

#endif
