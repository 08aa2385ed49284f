// Lines by an outbox to standard output: each waits for some of those before it, and the last for all.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

enum { LINES = 10000, LIMIT = 4096 };

typedef struct {
    weft_coro co;
    weft_outbox out;
    int line;
} outbox;

WEFT_ASYNC(outbox)
{
    WEFT_BEGIN;
    weft_outbox_open(co, &self->out, weft_stdout(), LIMIT);
    for (self->line = 0; self->line < LINES; self->line++) {
        weft_outbox_format(&self->out, "line %d\n", self->line);
        WEFT_TRY(&self->out, weft_outbox_drain(co, &self->out, LIMIT / 2));
    }
    WEFT_TRY(&self->out, weft_outbox_drain(co, &self->out, 0));
    WEFT_AWAIT(weft_outbox_close(co, &self->out));
    WEFT_TRY(weft_stdout(), weft_printf(co, "the end\n"));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_outbox_close(co, &self->out));
    WEFT_END;
}
WEFT_COMMAND(outbox);
