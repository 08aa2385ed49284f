// stream-bytes, the runner as first written: memory for each read, which joins the set and leaves it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_bytes_runner.h"
#include <stdlib.h>

// So aligned, copies are as fast wherever the linker puts it: see docs/guides/performance.md.
static _Alignas(64) uint8_t buffer[65536];

typedef struct {
    size_t length;
} operation;

typedef struct {
    stream_bytes_runner_waitable_set_t set;
    stream_bytes_runner_subtask_t opening;
    bench_aio_stream_bytes_stream_u8_t reader;
    operation *op;
    uint64_t total;
} state;

static operation *operation_new(const state *self)
{
    operation *it = malloc(sizeof *it);
    (void)self;
    it->length = sizeof buffer;
    return it;
}

// False if the writer is gone.
static bool got(state *self, stream_bytes_runner_waitable_status_t status)
{
    uint32_t count = STREAM_BYTES_RUNNER_WAITABLE_COUNT(status);
    if (count && (buffer[0] != 0xa5 || buffer[count - 1] != 0xa5))
        __builtin_trap();
    self->total += count;
    free(self->op);
    self->op = NULL;
    return STREAM_BYTES_RUNNER_WAITABLE_STATE(status) != STREAM_BYTES_RUNNER_WAITABLE_DROPPED;
}

static stream_bytes_runner_callback_code_t finish(state *self)
{
    exports_stream_bytes_runner_run_stream_bytes_return(self->total);
    bench_aio_stream_bytes_stream_u8_drop_readable(self->reader);
    stream_bytes_runner_waitable_set_drop(self->set);
    free(self);
    return STREAM_BYTES_RUNNER_CALLBACK_CODE_EXIT;
}

static stream_bytes_runner_callback_code_t go_on(state *self)
{
    stream_bytes_runner_waitable_status_t status;
    do {
        self->op = operation_new(self);
        status = bench_aio_stream_bytes_stream_u8_read(self->reader, buffer, self->op->length);
        if (status == STREAM_BYTES_RUNNER_WAITABLE_STATUS_BLOCKED) {
            stream_bytes_runner_waitable_join(self->reader, self->set);
            return STREAM_BYTES_RUNNER_CALLBACK_CODE_WAIT(self->set);
        }
    } while (got(self, status));
    return finish(self);
}

stream_bytes_runner_callback_code_t exports_stream_bytes_runner_run_stream_bytes(uint32_t n)
{
    state *self = malloc(sizeof *self);
    self->set = stream_bytes_runner_waitable_set_new();
    self->op = NULL;
    self->total = 0;
    stream_bytes_runner_context_set_0(self);
    stream_bytes_runner_subtask_status_t status = bench_aio_stream_bytes_open(n, &self->reader);
    if (STREAM_BYTES_RUNNER_SUBTASK_STATE(status) == STREAM_BYTES_RUNNER_SUBTASK_RETURNED)
        return go_on(self);
    self->opening = STREAM_BYTES_RUNNER_SUBTASK_HANDLE(status);
    stream_bytes_runner_waitable_join(self->opening, self->set);
    return STREAM_BYTES_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

stream_bytes_runner_callback_code_t
exports_stream_bytes_runner_run_stream_bytes_callback(stream_bytes_runner_event_t *event)
{
    state *self = stream_bytes_runner_context_get_0();
    if (event->event == STREAM_BYTES_RUNNER_EVENT_STREAM_READ) {
        stream_bytes_runner_waitable_join(self->reader, 0);
        return got(self, event->code) ? go_on(self) : finish(self);
    }
    if (event->code != STREAM_BYTES_RUNNER_SUBTASK_RETURNED)
        return STREAM_BYTES_RUNNER_CALLBACK_CODE_WAIT(self->set);
    stream_bytes_runner_waitable_join(self->opening, 0);
    stream_bytes_runner_subtask_drop(self->opening);
    return go_on(self);
}
