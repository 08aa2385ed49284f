// spawn-many as first written: memory for each job, and a list of those that are left.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spawn_many_runner.h"
#include <stdlib.h>

typedef struct job {
    uint32_t *counter;
    struct job *next;
} job;

typedef struct {
    spawn_many_runner_waitable_set_t set;
    job *jobs;
    uint32_t counter;
} state;

spawn_many_runner_callback_code_t exports_spawn_many_runner_run_spawn_many(uint32_t n)
{
    state *self = malloc(sizeof *self);
    *self = (state){.set = spawn_many_runner_waitable_set_new()};
    for (uint32_t i = 0; i < n; i++) {
        job *it = malloc(sizeof *it);
        *it = (job){&self->counter, self->jobs};
        self->jobs = it;
    }
    spawn_many_runner_context_set_0(self);
    return SPAWN_MANY_RUNNER_CALLBACK_CODE_YIELD;
}

spawn_many_runner_callback_code_t
exports_spawn_many_runner_run_spawn_many_callback(spawn_many_runner_event_t *event)
{
    (void)event;
    state *self = spawn_many_runner_context_get_0();
    for (job *it; (it = self->jobs);) {
        self->jobs = it->next;
        ++*it->counter;
        free(it);
    }
    exports_spawn_many_runner_run_spawn_many_return(self->counter);
    spawn_many_runner_waitable_set_drop(self->set);
    free(self);
    return SPAWN_MANY_RUNNER_CALLBACK_CODE_EXIT;
}
