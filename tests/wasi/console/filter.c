// A filter: standard input to standard output, and a word on standard error.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    uint8_t buffer[4096];
} filter;

WEFT_ASYNC(filter)
{
    WEFT_BEGIN;
    do {
        WEFT_TRY(weft_stdin(), weft_bytes_read(co, weft_stdin(), self->buffer, sizeof self->buffer));
        WEFT_TRY(weft_stdout(), weft_bytes_write_all(co, weft_stdout(), self->buffer, weft_stdin()->count));
    } while (weft_stdin()->count);
    WEFT_TRY(weft_stderr(), weft_write(co, weft_stderr(), WEFT_TEXT("done\n")));
    WEFT_END;
}
WEFT_COMMAND(filter);
