// Formats of each kind, and floating point.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

WEFT_FORMAT_FLOATS;

typedef struct {
    weft_coro co;
    char text[256];
    weft_text name;
} numbers;

WEFT_ASYNC(numbers)
{
    WEFT_BEGIN;
    self->name = WEFT_TEXT("a name, cut");
    weft_format(self->text, sizeof self->text, "%.*s|%5.1f|%g|%.17e|%-6d|%#llx|%zu|%p|%d%%|%s\n",
                WEFT_TEXT_ARGUMENTS(weft_text_slice(self->name, 0, 6)), 2.25, 1e100, 0.1, -7, 1ULL << 40,
                sizeof(long long), (void *)0, 100, (const char *)0);
    WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), weft_text_z(self->text)));
    WEFT_END;
}
WEFT_COMMAND(numbers);
