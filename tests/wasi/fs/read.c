// Prints a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_file file;
    weft_bytes_reader in;
    weft_forward forward;
    uint8_t buffer[4096];
} read_file;
WEFT_UNZEROED(read_file, buffer);

WEFT_ASYNC(read_file)
{
    WEFT_BEGIN;
    WEFT_TRY(&self->file, weft_file_open(co, &self->file, "d/a"));
    self->in = weft_file_reader(&self->file, 0);
    WEFT_AWAIT(
        weft_bytes_forward(co, &self->forward, &self->in, weft_stdout(), self->buffer, sizeof self->buffer));
    if (self->in.error || weft_stdout()->error)
        WEFT_FAIL(self->in.error ? self->in.error : weft_stdout()->error);
    WEFT_FINALLY;
    weft_bytes_close_reader(&self->in);
    weft_file_close(&self->file);
    WEFT_END;
}
WEFT_COMMAND(read_file);
