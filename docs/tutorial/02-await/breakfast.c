// Makes a breakfast, one dish after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

#define MINUTES(count) WEFT_MILLISECONDS(100 * (count)) // ours are short

enum { BURNT = 1 };

typedef struct {
    weft_coro co;
    const char *what; // from who calls
    unsigned minutes;
    const char *result; // for who calls
    weft_timer timer;
} cook;

WEFT_ASYNC(cook)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s: on the stove\n", self->what));
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, MINUTES(self->minutes)));
    if (self->minutes > 20)
        WEFT_FAIL(BURNT);
    self->result = self->minutes < 5 ? "soft" : "hard";
    WEFT_END;
}

typedef struct {
    weft_coro co;
    cook eggs, steak;
} breakfast;

WEFT_ASYNC(breakfast)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(cook, &self->eggs, .what = "eggs", .minutes = 4);
    WEFT_TRY(weft_stdout(), weft_printf(co, "eggs: %s\n", self->eggs.result));
    WEFT_CALL(cook, &self->steak, .what = "steak", .minutes = 21);
    if (weft_outcome_of(&self->steak.co) == WEFT_FAILED)
        WEFT_TRY(weft_stdout(), weft_printf(co, "steak: burnt, %d\n", weft_failure(&self->steak.co)));
    WEFT_END;
}
WEFT_COMMAND(breakfast);
