// spawn-many on Weft: coroutines of one task, in an array of frames.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spawn_many_runner.h"
#include <stdlib.h>
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    weft_child child;
    uint32_t *counter;
} bump;

WEFT_ASYNC(bump)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    ++*self->counter;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    bump *bumps;
    uint32_t n, counter;
} run;

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    self->bumps = malloc(self->n * sizeof *self->bumps);
    for (uint32_t i = 0; i < self->n; i++) {
        bump *it = &self->bumps[i];
        *it = (bump){.counter = &self->counter};
        weft_spawn(co, &self->scope, &it->child, &it->co, bump__step);
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    WEFT_RETURN(co, exports_spawn_many_runner_run_spawn_many, self->counter);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    free(self->bumps);
    WEFT_END;
}

WEFT_EXPORT(spawn_many_runner, exports_spawn_many_runner_run_spawn_many, run, (uint32_t n), .n = n);
