// call-ready, the runner by hand: one state, one set; a call leaves it by being dropped.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_ready_runner.h"
#include <stdlib.h>

typedef struct {
    call_ready_runner_waitable_set_t set;
    uint32_t n, i, sum;
} state;

static call_ready_runner_callback_code_t go_on(state *self)
{
    while (self->i < self->n) {
        call_ready_runner_subtask_status_t status = bench_aio_call_ready_add(self->sum, self->i++, &self->sum);
        if (status != CALL_READY_RUNNER_SUBTASK_RETURNED) {
            call_ready_runner_waitable_join(CALL_READY_RUNNER_SUBTASK_HANDLE(status), self->set);
            return CALL_READY_RUNNER_CALLBACK_CODE_WAIT(self->set);
        }
    }
    exports_call_ready_runner_run_call_ready_return(self->sum);
    call_ready_runner_waitable_set_drop(self->set);
    free(self);
    return CALL_READY_RUNNER_CALLBACK_CODE_EXIT;
}

call_ready_runner_callback_code_t exports_call_ready_runner_run_call_ready(uint32_t n)
{
    state *self = malloc(sizeof *self);
    if (!self)
        __builtin_trap();
    *self = (state){.set = call_ready_runner_waitable_set_new(), .n = n};
    call_ready_runner_context_set_0(self);
    return go_on(self);
}

call_ready_runner_callback_code_t
exports_call_ready_runner_run_call_ready_callback(call_ready_runner_event_t *event)
{
    state *self = call_ready_runner_context_get_0();
    if (event->code < CALL_READY_RUNNER_SUBTASK_RETURNED)
        return CALL_READY_RUNNER_CALLBACK_CODE_WAIT(self->set);
    call_ready_runner_subtask_drop(event->waitable);
    return go_on(self);
}
