// Makes a breakfast of what is ready first, and clears away the rest.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>
#include <stdlib.h>
#include <string.h>

#define MINUTES(count) WEFT_MILLISECONDS(100 * (count)) // ours are short

typedef struct {
    weft_coro co;
    const char *what;
    unsigned minutes;
    char *pot;
    weft_timer timer;
} cook;

WEFT_ASYNC(cook)
{
    WEFT_BEGIN;
    self->pot = strdup(self->what);
    if (!self->pot)
        WEFT_FAIL(WEFT_ENOMEM);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s: on the stove\n", self->pot));
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, MINUTES(self->minutes)));
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s: ready\n", self->pot));

    WEFT_FINALLY;
    if (weft_cancelled(co))
        WEFT_AWAIT(weft_printf(co, "%s: off the stove\n", self->what));
    free(self->pot);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope stove;
    weft_child porridge_handle, toast_handle;
    weft_child *first;
    cook porridge, toast;
} breakfast;

WEFT_ASYNC(breakfast)
{
    WEFT_BEGIN;
    WEFT_SPAWN(cook, &self->porridge, &self->stove, &self->porridge_handle, .what = "porridge", .minutes = 30);
    WEFT_SPAWN(cook, &self->toast, &self->stove, &self->toast_handle, .what = "toast", .minutes = 2);
    WEFT_AWAIT(weft_join_any(co, &self->stove));
    self->first = weft_next_ended(&self->stove);
    if (weft_outcome_of(self->first->co) == WEFT_FAILED)
        WEFT_FAIL(weft_failure(self->first->co));
    WEFT_AWAIT(weft_scope_close(co, &self->stove));
    WEFT_TRY(weft_stdout(), weft_printf(co, "breakfast is %s\n", weft_frame(self->first->co, cook)->what));

    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->stove));
    WEFT_END;
}
WEFT_COMMAND(breakfast);
