// Makes a breakfast, two dishes at once.
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
    weft_scope stove;
    weft_child eggs_handle, tea_handle;
    cook eggs, tea;
} breakfast;

WEFT_ASYNC(breakfast)
{
    WEFT_BEGIN;
    WEFT_SPAWN(cook, &self->eggs, &self->stove, &self->eggs_handle, .what = "eggs", .minutes = 10);
    WEFT_SPAWN(cook, &self->tea, &self->stove, &self->tea_handle, .what = "tea", .minutes = 1);
    WEFT_AWAIT(weft_join_all(co, &self->stove));
    if (self->stove.failed)
        WEFT_FAIL(self->stove.failure);
    WEFT_TRY(weft_stdout(), weft_printf(co, "breakfast is served\n"));

    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->stove));
    WEFT_END;
}
WEFT_COMMAND(breakfast);
