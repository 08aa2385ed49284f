// A log in an export of the user's own, which flushes it: several do so at a time, and one is cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mine.h"

#include <weft/wasi.h>

typedef struct {
    weft_coro co;
} flushing;

WEFT_ASYNC(flushing)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_log_flush(co));
    weft_log(WEFT_LOG_INFO, "flushed");
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint32_t lines;
    weft_scope scope;
    weft_child children[3];
    flushing flushing[3];
} work;

WEFT_ASYNC(work)
{
    WEFT_BEGIN;
    for (uint32_t line = 0; line < self->lines; line++)
        weft_log(WEFT_LOG_INFO, "line %u", (unsigned)line);
    for (int i = 0; i < 3; i++)
        WEFT_SPAWN(flushing, &self->flushing[i], &self->scope, &self->children[i]);
    weft_cancel(&self->flushing[1].co);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_mine_work, self->lines);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_log(WEFT_LOG_INFO, "last");
    WEFT_AWAIT(weft_log_flush(co));
    WEFT_END;
}
WEFT_EXPORT(mine, exports_mine_work, work, (uint32_t lines), .lines = lines);
