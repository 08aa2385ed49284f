// What links the formats of floating point. Included by format.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_FORMAT_H
#define WEFT_WASI_DETAIL_FORMAT_H

extern const char weft__format_floats;

#define WEFT_FORMAT_FLOATS                                                                                     \
    __attribute__((used)) static const char *const weft__formats_floats = &weft__format_floats

#endif
