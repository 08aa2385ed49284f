// future-pingpong, the runner as first written: memory for each round and each copy, join and leave.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "future_pingpong_runner.h"
#include <stdlib.h>

typedef struct {
    future_pingpong_runner_subtask_t call;
    bench_aio_future_pingpong_future_u32_writer_t out;
    bench_aio_future_pingpong_future_u32_t in;
    bool returned, written;
    uint32_t *sent, *received;
} round;

typedef struct {
    future_pingpong_runner_waitable_set_t set;
    uint32_t n, value;
    round *round;
} state;

static future_pingpong_runner_callback_code_t wait_for(state *self, uint32_t waitable)
{
    future_pingpong_runner_waitable_join(waitable, self->set);
    return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

static void written(round *it)
{
    bench_aio_future_pingpong_future_u32_drop_writable(it->out);
    free(it->sent);
    it->written = true;
}

static void answered(state *self)
{
    round *it = self->round;
    self->value = *it->received;
    bench_aio_future_pingpong_future_u32_drop_readable(it->in);
    free(it->received);
    free(it);
    self->round = NULL;
    self->n--;
}

// True if the answer has come, false if it is to be waited for.
static bool read_answer(round *it)
{
    it->received = malloc(sizeof *it->received);
    return bench_aio_future_pingpong_future_u32_read(it->in, it->received) !=
           FUTURE_PINGPONG_RUNNER_WAITABLE_STATUS_BLOCKED;
}

static future_pingpong_runner_callback_code_t rounds(state *self)
{
    while (self->n > 0) {
        round *it = self->round = malloc(sizeof *it);
        it->written = false;
        future_pingpong_runner_subtask_status_t status =
            bench_aio_future_pingpong_ping(bench_aio_future_pingpong_future_u32_new(&it->out), &it->in);
        it->returned = FUTURE_PINGPONG_RUNNER_SUBTASK_STATE(status) == FUTURE_PINGPONG_RUNNER_SUBTASK_RETURNED;
        it->call = FUTURE_PINGPONG_RUNNER_SUBTASK_HANDLE(status);
        if (!it->returned)
            future_pingpong_runner_waitable_join(it->call, self->set);

        it->sent = malloc(sizeof *it->sent);
        *it->sent = self->value;
        if (bench_aio_future_pingpong_future_u32_write(it->out, it->sent) ==
            FUTURE_PINGPONG_RUNNER_WAITABLE_STATUS_BLOCKED)
            return wait_for(self, it->out);
        written(it);
        if (!it->returned)
            return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_WAIT(self->set);
        if (!read_answer(it))
            return wait_for(self, it->in);
        answered(self);
    }
    exports_future_pingpong_runner_run_future_pingpong_return(self->value);
    future_pingpong_runner_waitable_set_drop(self->set);
    free(self);
    return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_EXIT;
}

future_pingpong_runner_callback_code_t exports_future_pingpong_runner_run_future_pingpong(uint32_t n)
{
    state *self = malloc(sizeof *self);
    *self = (state){.set = future_pingpong_runner_waitable_set_new(), .n = n};
    future_pingpong_runner_context_set_0(self);
    return rounds(self);
}

future_pingpong_runner_callback_code_t
exports_future_pingpong_runner_run_future_pingpong_callback(future_pingpong_runner_event_t *event)
{
    state *self = future_pingpong_runner_context_get_0();
    round *it = self->round;
    if (event->event == FUTURE_PINGPONG_RUNNER_EVENT_FUTURE_READ) {
        future_pingpong_runner_waitable_join(it->in, 0);
        answered(self);
        return rounds(self);
    }
    if (event->event == FUTURE_PINGPONG_RUNNER_EVENT_FUTURE_WRITE) {
        future_pingpong_runner_waitable_join(it->out, 0);
        written(it);
    } else if (event->code == FUTURE_PINGPONG_RUNNER_SUBTASK_RETURNED) {
        future_pingpong_runner_waitable_join(it->call, 0);
        future_pingpong_runner_subtask_drop(it->call);
        it->returned = true;
    }
    if (!it->returned || !it->written)
        return FUTURE_PINGPONG_RUNNER_CALLBACK_CODE_WAIT(self->set);
    if (!read_answer(it))
        return wait_for(self, it->in);
    answered(self);
    return rounds(self);
}
