// Two cooks need the knife and the board, and there is one of each. With an argument, they take turns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

static weft_mutex knife, board;

typedef struct {
    weft_coro co;
    weft_mutex *first, *second;
    weft_permit one, other;
    weft_timer timer;
} cook;

WEFT_ASYNC(cook)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, self->first, &self->one));
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(10)));
    WEFT_AWAIT(weft_acquire(co, self->second, &self->other));

    WEFT_FINALLY;
    weft_release(&self->other);
    weft_release(&self->one);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope guard, scope;
    weft_watchdog dog;
    weft_child ann_handle, bob_handle;
    cook ann, bob;
} kitchen;

WEFT_ASYNC(kitchen)
{
    bool politely = weft_argument_count() > 1;
    WEFT_BEGIN;
    weft_watchdog_start(co, &self->guard, &self->dog, &weft_host_clock, WEFT_SECONDS(1));
    WEFT_SPAWN(cook, &self->ann, &self->scope, &self->ann_handle, .first = &knife, .second = &board);
    WEFT_SPAWN(cook, &self->bob, &self->scope, &self->bob_handle, .first = politely ? &knife : &board,
               .second = politely ? &board : &knife);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_TRY(weft_stdout(), weft_printf(co, "salad\n"));

    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(weft_scope_close(co, &self->guard));
    WEFT_END;
}
WEFT_COMMAND(kitchen);
