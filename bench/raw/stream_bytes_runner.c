// stream-bytes, the runner by hand: it reads into one buffer until the writer is gone; the reader stays in its
// set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_bytes_runner.h"
#include <stdlib.h>

// So aligned, copies are as fast wherever the linker puts it: see docs/guides/performance.md.
static _Alignas(64) uint8_t buffer[65536];

typedef struct {
    stream_bytes_runner_waitable_set_t set;
    bench_aio_stream_bytes_stream_u8_t reader;
    bool joined;
    uint64_t total;
} state;

// False if the writer is gone.
static bool got(state *self, uint32_t status)
{
    uint32_t count = status >> 4;
    if (count && (buffer[0] != 0xa5 || buffer[count - 1] != 0xa5))
        __builtin_trap();
    self->total += count;
    return (status & 0xf) == STREAM_BYTES_RUNNER_WAITABLE_COMPLETED;
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
        status = bench_aio_stream_bytes_stream_u8_read(self->reader, buffer, sizeof buffer);
        if (status == STREAM_BYTES_RUNNER_WAITABLE_STATUS_BLOCKED) {
            if (!self->joined) {
                self->joined = true;
                stream_bytes_runner_waitable_join(self->reader, self->set);
            }
            return STREAM_BYTES_RUNNER_CALLBACK_CODE_WAIT(self->set);
        }
    } while (got(self, status));
    return finish(self);
}

stream_bytes_runner_callback_code_t exports_stream_bytes_runner_run_stream_bytes(uint32_t n)
{
    state *self = malloc(sizeof *self);
    if (!self)
        __builtin_trap();
    self->set = stream_bytes_runner_waitable_set_new();
    self->joined = false;
    self->total = 0;
    stream_bytes_runner_context_set_0(self);
    stream_bytes_runner_subtask_status_t status = bench_aio_stream_bytes_open(n, &self->reader);
    if (status == STREAM_BYTES_RUNNER_SUBTASK_RETURNED)
        return go_on(self);
    stream_bytes_runner_waitable_join(STREAM_BYTES_RUNNER_SUBTASK_HANDLE(status), self->set);
    return STREAM_BYTES_RUNNER_CALLBACK_CODE_WAIT(self->set);
}

stream_bytes_runner_callback_code_t
exports_stream_bytes_runner_run_stream_bytes_callback(stream_bytes_runner_event_t *event)
{
    state *self = stream_bytes_runner_context_get_0();
    if (event->event == STREAM_BYTES_RUNNER_EVENT_STREAM_READ)
        return got(self, event->code) ? go_on(self) : finish(self);
    if (event->code < STREAM_BYTES_RUNNER_SUBTASK_RETURNED)
        return STREAM_BYTES_RUNNER_CALLBACK_CODE_WAIT(self->set);
    stream_bytes_runner_subtask_drop(event->waitable);
    return go_on(self);
}
