// More lines than the ring has room for, and lines after that; while others print, and standard error may be
// gone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    int round;
    weft_scope scope;
    weft_child child;
    struct printing {
        weft_coro co;
        int line;
    } printing;
} losses;

typedef struct printing printing;

WEFT_ASYNC(printing)
{
    WEFT_BEGIN;
    for (; self->line < 50; self->line++) {
        WEFT_AWAIT(weft_eprintf(co, "printed %d\n", self->line));
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_END;
}

WEFT_ASYNC(losses)
{
    WEFT_BEGIN;
    WEFT_SPAWN(printing, &self->printing, &self->scope, &self->child);
    for (self->round = 0; self->round < 4; self->round++) {
        for (int i = 0; i < 400; i++)
            weft_log(WEFT_LOG_INFO, "round %d line %d", self->round, i);
        if (self->round % 2)
            WEFT_AWAIT(weft_log_flush(co));
        else
            WEFT_AWAIT(weft_yield(co));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    weft_log(WEFT_LOG_INFO, "last");
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(losses);
