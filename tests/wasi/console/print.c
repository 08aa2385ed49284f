// Prints lines until an error, which it tells on standard error.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    int line;
} print;

WEFT_ASYNC(print)
{
    WEFT_BEGIN;
    while (self->line < 100 && !weft_stdout()->error)
        WEFT_AWAIT(weft_printf(co, "%d\n", self->line++));
    WEFT_TRY(weft_stderr(), weft_eprintf(co, "%s\n", weft_error_name(weft_stdout()->error)));
    WEFT_END;
}
WEFT_COMMAND(print);
