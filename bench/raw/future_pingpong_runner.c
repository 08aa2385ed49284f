// future-pingpong, the runner by hand: a round is a step for each thing that may have to be waited for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "future_pingpong_runner.h"
#include <stdlib.h>

typedef struct {
    future_pingpong_runner_waitable_set_t set;
    bench_aio_future_pingpong_future_u32_writer_t out;
    bench_aio_future_pingpong_future_u32_t in;
    uint32_t n, value;
    bool returned, written; // of the round
} state;

static future_pingpong_runner_callback_code_t wait_for(state *self, uint32_t waitable)
{
    future_pingpong_runner_waitable_join(waitable, self->set);
    return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

static future_pingpong_runner_callback_code_t finish(state *self)
{
    exports_future_pingpong_runner_run_future_pingpong_return(self->value);
    future_pingpong_runner_waitable_set_drop(self->set);
    free(self);
    return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_EXIT;
}

static future_pingpong_runner_callback_code_t rounds(state *self)
{
    for (; self->n > 0; self->n--) {
        future_pingpong_runner_subtask_status_t call =
            bench_aio_future_pingpong_ping(bench_aio_future_pingpong_future_u32_new(&self->out), &self->in);
        self->returned = call == FUTURE_PINGPONG_RUNNER_SUBTASK_RETURNED;
        if (!self->returned)
            future_pingpong_runner_waitable_join(FUTURE_PINGPONG_RUNNER_SUBTASK_HANDLE(call), self->set);

        self->written = bench_aio_future_pingpong_future_u32_write(self->out, &self->value) !=
                        FUTURE_PINGPONG_RUNNER_WAITABLE_STATUS_BLOCKED;
        if (!self->written)
            return wait_for(self, self->out);
        bench_aio_future_pingpong_future_u32_drop_writable(self->out);
        if (!self->returned)
            return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_WAIT(self->set);

        if (bench_aio_future_pingpong_future_u32_read(self->in, &self->value) ==
            FUTURE_PINGPONG_RUNNER_WAITABLE_STATUS_BLOCKED)
            return wait_for(self, self->in);
        bench_aio_future_pingpong_future_u32_drop_readable(self->in);
    }
    return finish(self);
}

future_pingpong_runner_callback_code_t exports_future_pingpong_runner_run_future_pingpong(uint32_t n)
{
    state *self = malloc(sizeof *self);
    if (!self)
        __builtin_trap();
    *self = (state){.set = future_pingpong_runner_waitable_set_new(), .n = n};
    future_pingpong_runner_context_set_0(self);
    return rounds(self);
}

future_pingpong_runner_callback_code_t
exports_future_pingpong_runner_run_future_pingpong_callback(future_pingpong_runner_event_t *event)
{
    state *self = future_pingpong_runner_context_get_0();
    switch (event->event) {
    case FUTURE_PINGPONG_RUNNER_EVENT_FUTURE_READ:
        bench_aio_future_pingpong_future_u32_drop_readable(self->in);
        self->n--;
        return rounds(self);
    case FUTURE_PINGPONG_RUNNER_EVENT_FUTURE_WRITE:
        bench_aio_future_pingpong_future_u32_drop_writable(self->out);
        self->written = true;
        break;
    default:
        if (event->code >= FUTURE_PINGPONG_RUNNER_SUBTASK_RETURNED) {
            future_pingpong_runner_subtask_drop(event->waitable);
            self->returned = true;
        }
    }
    if (!self->returned || !self->written)
        return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_WAIT(self->set);
    if (bench_aio_future_pingpong_future_u32_read(self->in, &self->value) ==
        FUTURE_PINGPONG_RUNNER_WAITABLE_STATUS_BLOCKED)
        return wait_for(self, self->in);
    bench_aio_future_pingpong_future_u32_drop_readable(self->in);
    self->n--;
    return rounds(self);
}
