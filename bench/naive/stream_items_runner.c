// stream-items, the runner as first written: memory for each read, which joins the set and leaves it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_items_runner.h"
#include <stdlib.h>

typedef struct {
    uint32_t item;
} operation;

typedef struct {
    stream_items_runner_waitable_set_t set;
    stream_items_runner_subtask_t opening;
    bench_aio_stream_items_stream_u32_t reader;
    operation *op;
    uint64_t sum;
} state;

static operation *operation_new(const state *self)
{
    operation *it = malloc(sizeof *it);
    (void)self;
    it->item = 0;
    return it;
}

// False if the writer is gone.
static bool got(state *self, stream_items_runner_waitable_status_t status)
{
    if (STREAM_ITEMS_RUNNER_WAITABLE_COUNT(status))
        self->sum += self->op->item;
    free(self->op);
    self->op = NULL;
    return STREAM_ITEMS_RUNNER_WAITABLE_STATE(status) != STREAM_ITEMS_RUNNER_WAITABLE_DROPPED;
}

static stream_items_runner_callback_code_t finish(state *self)
{
    exports_stream_items_runner_run_stream_items_return(self->sum);
    bench_aio_stream_items_stream_u32_drop_readable(self->reader);
    stream_items_runner_waitable_set_drop(self->set);
    free(self);
    return STREAM_ITEMS_RUNNER_CALLBACK_CODE_EXIT;
}

static stream_items_runner_callback_code_t go_on(state *self)
{
    stream_items_runner_waitable_status_t status;
    do {
        self->op = operation_new(self);
        status = bench_aio_stream_items_stream_u32_read(self->reader, &self->op->item, 1);
        if (status == STREAM_ITEMS_RUNNER_WAITABLE_STATUS_BLOCKED) {
            stream_items_runner_waitable_join(self->reader, self->set);
            return STREAM_ITEMS_RUNNER_CALLBACK_CODE_WAIT(self->set);
        }
    } while (got(self, status));
    return finish(self);
}

stream_items_runner_callback_code_t exports_stream_items_runner_run_stream_items(uint32_t n)
{
    state *self = malloc(sizeof *self);
    self->set = stream_items_runner_waitable_set_new();
    self->op = NULL;
    self->sum = 0;
    stream_items_runner_context_set_0(self);
    stream_items_runner_subtask_status_t status = bench_aio_stream_items_open(n, &self->reader);
    if (STREAM_ITEMS_RUNNER_SUBTASK_STATE(status) == STREAM_ITEMS_RUNNER_SUBTASK_RETURNED)
        return go_on(self);
    self->opening = STREAM_ITEMS_RUNNER_SUBTASK_HANDLE(status);
    stream_items_runner_waitable_join(self->opening, self->set);
    return STREAM_ITEMS_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

stream_items_runner_callback_code_t
exports_stream_items_runner_run_stream_items_callback(stream_items_runner_event_t *event)
{
    state *self = stream_items_runner_context_get_0();
    if (event->event == STREAM_ITEMS_RUNNER_EVENT_STREAM_READ) {
        stream_items_runner_waitable_join(self->reader, 0);
        return got(self, event->code) ? go_on(self) : finish(self);
    }
    if (event->code != STREAM_ITEMS_RUNNER_SUBTASK_RETURNED)
        return STREAM_ITEMS_RUNNER_CALLBACK_CODE_WAIT(self->set);
    stream_items_runner_waitable_join(self->opening, 0);
    stream_items_runner_subtask_drop(self->opening);
    return go_on(self);
}
