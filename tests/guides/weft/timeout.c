// A timeout, and what is cleaned up then.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_timer timer;
    char *room;
} work;

WEFT_ASYNC(work)
{
    WEFT_BEGIN;
    self->room = malloc(100);
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_SECONDS(3600)));
    WEFT_FINALLY;
    free(self->room);
    WEFT_AWAIT(weft_printf(co, "cleaned up\n"));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_deadline deadline;
    work work;
} limited;

WEFT_ASYNC(limited)
{
    WEFT_BEGIN;
    WEFT_CALL_WITHIN(work, &self->work, &self->deadline, &weft_host_clock, WEFT_MILLISECONDS(20));
    if (self->deadline.expired)
        WEFT_TRY(weft_stdout(), weft_printf(co, "too late\n"));
    WEFT_END;
}
WEFT_COMMAND(limited);
