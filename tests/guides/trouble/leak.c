// Leaks: an end of a stream, and memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    char *room;
    weft_bytes_writer out;
    weft_bytes_reader in;
} leak;

WEFT_ASYNC(leak)
{
    WEFT_BEGIN;
    self->room = malloc(100);
    self->room[0] = 0;
    self->in = weft_bytes_reader_of(weft_bytes_new(&self->out));
    weft_bytes_close_writer(&self->out);
    self->room = NULL;
    WEFT_END;
}
WEFT_COMMAND(leak);
