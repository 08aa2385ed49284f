// A program that does not say that it formats floating point.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    char text[16];
} small;

WEFT_ASYNC(small)
{
    WEFT_BEGIN;
    weft_format(self->text, sizeof self->text, "%10f|%d|%s", 2.5, 7, "does not fit");
    WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), weft_text_z(self->text)));
    WEFT_END;
}
WEFT_COMMAND(small);
