// Two at once: each takes its time, and both have a result.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_timer timer;
    int number, square;
} work;

WEFT_ASYNC(work)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(20)));
    self->square = self->number * self->number;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_child children[2];
    work left, right;
} both;

WEFT_ASYNC(both)
{
    WEFT_BEGIN;
    WEFT_SPAWN(work, &self->left, &self->scope, &self->children[0], .number = 3);
    WEFT_SPAWN(work, &self->right, &self->scope, &self->children[1], .number = 4);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_TRY(weft_stdout(), weft_printf(co, "%d\n", self->left.square + self->right.square));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(both);
