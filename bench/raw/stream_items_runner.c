// stream-items, the runner by hand: one item a read; the reader stays in its set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_items_runner.h"
#include <stdlib.h>

typedef struct {
    stream_items_runner_waitable_set_t set;
    bench_aio_stream_items_stream_u32_t reader;
    bool joined;
    uint32_t item;
    uint64_t sum;
} state;

// False if the writer is gone.
static bool got(state *self, uint32_t status)
{
    if (status >> 4)
        self->sum += self->item;
    return (status & 0xf) == STREAM_ITEMS_RUNNER_WAITABLE_COMPLETED;
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
        status = bench_aio_stream_items_stream_u32_read(self->reader, &self->item, 1);
        if (status == STREAM_ITEMS_RUNNER_WAITABLE_STATUS_BLOCKED) {
            if (!self->joined) {
                self->joined = true;
                stream_items_runner_waitable_join(self->reader, self->set);
            }
            return STREAM_ITEMS_RUNNER_CALLBACK_CODE_WAIT(self->set);
        }
    } while (got(self, status));
    return finish(self);
}

stream_items_runner_callback_code_t exports_stream_items_runner_run_stream_items(uint32_t n)
{
    state *self = malloc(sizeof *self);
    if (!self)
        __builtin_trap();
    self->set = stream_items_runner_waitable_set_new();
    self->joined = false;
    self->sum = 0;
    stream_items_runner_context_set_0(self);
    stream_items_runner_subtask_status_t status = bench_aio_stream_items_open(n, &self->reader);
    if (status == STREAM_ITEMS_RUNNER_SUBTASK_RETURNED)
        return go_on(self);
    stream_items_runner_waitable_join(STREAM_ITEMS_RUNNER_SUBTASK_HANDLE(status), self->set);
    return STREAM_ITEMS_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

stream_items_runner_callback_code_t
exports_stream_items_runner_run_stream_items_callback(stream_items_runner_event_t *event)
{
    state *self = stream_items_runner_context_get_0();
    if (event->event == STREAM_ITEMS_RUNNER_EVENT_STREAM_READ)
        return got(self, event->code) ? go_on(self) : finish(self);
    if (event->code < STREAM_ITEMS_RUNNER_SUBTASK_RETURNED)
        return STREAM_ITEMS_RUNNER_CALLBACK_CODE_WAIT(self->set);
    stream_items_runner_subtask_drop(event->waitable);
    return go_on(self);
}
