// Hangs: it reads a stream whose other end it holds itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_bytes_writer out;
    weft_bytes_reader in;
    uint8_t byte;
} stuck;

WEFT_ASYNC(stuck)
{
    WEFT_BEGIN;
    self->in = weft_bytes_reader_of(weft_bytes_new(&self->out));
    WEFT_TRY(&self->in, weft_bytes_read(co, &self->in, &self->byte, 1));
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    weft_bytes_close_writer(&self->out);
    WEFT_END;
}
WEFT_COMMAND(stuck);
