// spawn-many by hand: a queue of jobs, each a function and what it needs, in one array.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "spawn_many_runner.h"
#include <stdlib.h>

typedef struct state state;

typedef struct job {
    void (*step)(struct job *job);
    struct job *next;
    state *owner;
} job;

struct state {
    job *jobs, *yielded, **last;
    uint32_t n, counter;
};

static void bump(job *it)
{
    it->owner->counter++;
}

static void bump_later(job *it)
{
    state *self = it->owner;
    it->step = bump;
    it->next = NULL;
    *self->last = it;
    self->last = &it->next;
}

spawn_many_runner_callback_code_t exports_spawn_many_runner_run_spawn_many(uint32_t n)
{
    state *self = malloc(sizeof *self);
    job *jobs = malloc(n * sizeof *jobs);
    if (!self || !jobs)
        __builtin_trap();
    *self = (state){.jobs = jobs, .last = &self->yielded, .n = n};
    for (uint32_t i = 0; i < n; i++) {
        jobs[i] = (job){.step = bump_later, .owner = self};
        jobs[i].step(&jobs[i]);
    }
    spawn_many_runner_context_set_0(self);
    return SPAWN_MANY_RUNNER_CALLBACK_CODE_YIELD;
}

spawn_many_runner_callback_code_t
exports_spawn_many_runner_run_spawn_many_callback(spawn_many_runner_event_t *event)
{
    (void)event;
    state *self = spawn_many_runner_context_get_0();
    for (job *it = self->yielded; it; it = it->next)
        it->step(it);
    if (self->counter != self->n)
        __builtin_trap();
    exports_spawn_many_runner_run_spawn_many_return(self->counter);
    free(self->jobs);
    free(self);
    return SPAWN_MANY_RUNNER_CALLBACK_CODE_EXIT;
}
