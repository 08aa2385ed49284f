// Copies standard input to standard output, and fails if either of them does.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    _Alignas(16) uint8_t buffer[65536];
} cat;

WEFT_ASYNC(cat)
{
    weft_bytes_reader *in = weft_stdin(); // anew at each step: a local does not survive a wait
    weft_bytes_writer *out = weft_stdout();
    WEFT_BEGIN;
    do {
        WEFT_TRY(in, weft_bytes_read(co, in, self->buffer, sizeof self->buffer));
        WEFT_TRY(out, weft_bytes_write_all(co, out, self->buffer, in->count));
    } while (in->count);
    WEFT_END;
}

WEFT_COMMAND(cat);
