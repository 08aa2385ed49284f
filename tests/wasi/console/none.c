// A read of no bytes from standard input, which has none yet.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    uint8_t buffer[16];
} none;

WEFT_ASYNC(none)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdin(), weft_bytes_read(co, weft_stdin(), self->buffer, 0));
    WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), WEFT_TEXT("none\n")));
    WEFT_TRY(weft_stdin(), weft_bytes_read(co, weft_stdin(), self->buffer, sizeof self->buffer));
    WEFT_TRY(weft_stdout(),
             weft_write(co, weft_stdout(), weft_text_of((char *)self->buffer, weft_stdin()->count)));
    WEFT_END;
}
WEFT_COMMAND(none);
