// The enumeration of error.h. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_ERROR_H
#define WEFT_DETAIL_ERROR_H

typedef enum weft_error {
    WEFT_OK = 0,
#define WEFT__ERROR(name, number, closest, text) WEFT_##name = (number),
    WEFT_ERRORS(WEFT__ERROR)
#undef WEFT__ERROR
} weft_error;

#endif
