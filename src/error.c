// Errors as text, and as libc has them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <errno.h>
#include <weft/error.h>

const char *weft_error_name(int code)
{
#define NAME(name, number, closest, text)                                                                      \
    case number:                                                                                               \
        return #name;
    switch (code) {
        WEFT_ERRORS(NAME)
    case WEFT_OK:
        return "OK";
    default:
        return "?";
    }
}

const char *weft_error_text(int code)
{
#define TEXT(name, number, closest, text)                                                                      \
    case number:                                                                                               \
        return text;
    switch (code) {
        WEFT_ERRORS(TEXT)
    case WEFT_OK:
        return "no error";
    default:
        return "failed";
    }
}

int weft_error_errno(int code)
{
#define ERRNO(name, number, closest, text)                                                                     \
    case number:                                                                                               \
        return closest;
    switch (code) {
        WEFT_ERRORS(ERRNO)
    case WEFT_OK:
        return 0;
    default:
        return EIO;
    }
}
