// Makes a breakfast for somebody in a hurry.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

#define MINUTES(count) WEFT_MILLISECONDS(100 * (count)) // ours are short

typedef struct {
    weft_coro co;
    const char *what;
    unsigned minutes;
    weft_timer timer;
} cook;

WEFT_ASYNC(cook)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s: on the stove\n", self->what));
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, MINUTES(self->minutes)));
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s: ready\n", self->what));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_deadline hurry;
    cook porridge;
} breakfast;

WEFT_ASYNC(breakfast)
{
    WEFT_BEGIN;
    WEFT_CALL_WITHIN(cook, &self->porridge, &self->hurry, &weft_host_clock, MINUTES(3), .what = "porridge",
                     .minutes = 30);
    if (weft_outcome_of(&self->porridge.co) == WEFT_FAILED)
        WEFT_FAIL(weft_failure(&self->porridge.co));
    if (self->hurry.expired)
        WEFT_TRY(weft_stdout(), weft_printf(co, "no time for porridge: bread, then\n"));
    WEFT_END;
}
WEFT_COMMAND(breakfast);
