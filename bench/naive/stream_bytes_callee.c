// stream-bytes, the callee as first written: memory for each write, which joins the set and leaves it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_bytes_callee.h"
#include <stdlib.h>
#include <string.h>

// So aligned, copies are as fast wherever the linker puts it: see docs/guides/performance.md.
static _Alignas(64) uint8_t buffer[65536];

typedef struct {
    size_t done;
} operation;

typedef struct {
    stream_bytes_callee_waitable_set_t set;
    exports_bench_aio_stream_bytes_stream_u8_writer_t writer;
    operation *op;
    uint32_t chunks;
} state;

static operation *operation_new(const state *self)
{
    operation *it = malloc(sizeof *it);
    (void)self;
    it->done = 0;
    return it;
}

static void wrote(state *self, stream_bytes_callee_waitable_status_t status)
{
    self->op->done += STREAM_BYTES_CALLEE_WAITABLE_COUNT(status);
    bool gone = STREAM_BYTES_CALLEE_WAITABLE_STATE(status) == STREAM_BYTES_CALLEE_WAITABLE_DROPPED;
    if (!gone && self->op->done < sizeof buffer)
        return; // the rest of it
    free(self->op);
    self->op = NULL;
    self->chunks = gone ? 0 : self->chunks - 1;
}

static stream_bytes_callee_callback_code_t go_on(state *self)
{
    while (self->chunks > 0) {
        if (!self->op)
            self->op = operation_new(self);
        stream_bytes_callee_waitable_status_t status = exports_bench_aio_stream_bytes_stream_u8_write(
            self->writer, buffer + self->op->done, sizeof buffer - self->op->done);
        if (status == STREAM_BYTES_CALLEE_WAITABLE_STATUS_BLOCKED) {
            stream_bytes_callee_waitable_join(self->writer, self->set);
            return STREAM_BYTES_CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        wrote(self, status);
    }
    exports_bench_aio_stream_bytes_stream_u8_drop_writable(self->writer);
    stream_bytes_callee_waitable_set_drop(self->set);
    free(self);
    return STREAM_BYTES_CALLEE_CALLBACK_CODE_EXIT;
}

stream_bytes_callee_callback_code_t exports_bench_aio_stream_bytes_open(uint32_t mib)
{
    state *self = malloc(sizeof *self);
    self->set = stream_bytes_callee_waitable_set_new();
    self->op = NULL;
    self->chunks = mib * 16;
    memset(buffer, 0xa5, sizeof buffer);
    exports_bench_aio_stream_bytes_open_return(exports_bench_aio_stream_bytes_stream_u8_new(&self->writer));
    stream_bytes_callee_context_set_0(self);
    return go_on(self);
}

stream_bytes_callee_callback_code_t
exports_bench_aio_stream_bytes_open_callback(stream_bytes_callee_event_t *event)
{
    state *self = stream_bytes_callee_context_get_0();
    if (event->event == STREAM_BYTES_CALLEE_EVENT_STREAM_WRITE) {
        stream_bytes_callee_waitable_join(self->writer, 0);
        wrote(self, event->code);
    }
    return go_on(self);
}
