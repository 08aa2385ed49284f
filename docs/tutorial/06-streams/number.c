// Writes standard input to standard output, with a number before each line.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    int count;
    weft_lines lines;
    uint8_t line[1024];
} number;

WEFT_ASYNC(number)
{
    weft_lines *lines = &self->lines;
    WEFT_BEGIN;
    weft_bytes_lines(lines, weft_stdin(), self->line, sizeof self->line, WEFT_LINES_CUT);
    for (;;) {
        WEFT_TRY(weft_stdin(), weft_line_next(co, lines));
        if (!lines->is)
            break;
        WEFT_TRY(weft_stdout(), weft_printf(co, "%d %.*s\n", ++self->count, (int)lines->length, lines->line));
    }
    WEFT_END;
}
WEFT_COMMAND(number);
