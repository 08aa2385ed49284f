// call-pending, the runner as first written: memory for each call, which joins the set and leaves it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_pending_runner.h"
#include <stdlib.h>

typedef struct {
    call_pending_runner_subtask_t subtask;
    uint32_t result;
} call;

typedef struct {
    call_pending_runner_waitable_set_t set;
    call *call;
    uint32_t n, i, sum;
} state;

static void ended(state *self)
{
    self->sum = self->call->result;
    free(self->call);
    self->i++;
}

static call_pending_runner_callback_code_t go_on(state *self)
{
    while (self->i < self->n) {
        self->call = malloc(sizeof *self->call);
        call_pending_runner_subtask_status_t status =
            bench_aio_call_pending_add(self->sum, self->i, &self->call->result);
        if (CALL_PENDING_RUNNER_SUBTASK_STATE(status) != CALL_PENDING_RUNNER_SUBTASK_RETURNED) {
            self->call->subtask = CALL_PENDING_RUNNER_SUBTASK_HANDLE(status);
            call_pending_runner_waitable_join(self->call->subtask, self->set);
            return CALL_PENDING_RUNNER_CALLBACK_CODE_WAIT(self->set);
        }
        ended(self);
    }
    exports_call_pending_runner_run_call_pending_return(self->sum);
    call_pending_runner_waitable_set_drop(self->set);
    free(self);
    return CALL_PENDING_RUNNER_CALLBACK_CODE_EXIT;
}

call_pending_runner_callback_code_t exports_call_pending_runner_run_call_pending(uint32_t n)
{
    state *self = malloc(sizeof *self);
    *self = (state){.set = call_pending_runner_waitable_set_new(), .n = n};
    call_pending_runner_context_set_0(self);
    return go_on(self);
}

call_pending_runner_callback_code_t
exports_call_pending_runner_run_call_pending_callback(call_pending_runner_event_t *event)
{
    state *self = call_pending_runner_context_get_0();
    if (event->event == CALL_PENDING_RUNNER_EVENT_SUBTASK &&
        event->code == CALL_PENDING_RUNNER_SUBTASK_RETURNED) {
        call_pending_runner_waitable_join(self->call->subtask, 0);
        call_pending_runner_subtask_drop(self->call->subtask);
        ended(self);
        return go_on(self);
    }
    return CALL_PENDING_RUNNER_CALLBACK_CODE_WAIT(self->set);
}
