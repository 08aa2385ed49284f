// stream-bytes, the callee by hand: it writes one buffer again and again; the writer stays in its set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_bytes_callee.h"
#include <stdlib.h>
#include <string.h>

// So aligned, copies are as fast wherever the linker puts it: see docs/guides/performance.md.
static _Alignas(64) uint8_t buffer[65536];

typedef struct {
    stream_bytes_callee_waitable_set_t set;
    exports_bench_aio_stream_bytes_stream_u8_writer_t writer;
    uint32_t chunks;
    uint32_t done; // bytes of the chunk
} state;

static void wrote(state *self, uint32_t status)
{
    self->done += status >> 4;
    if (self->done == sizeof buffer) {
        self->done = 0;
        self->chunks--;
    }
    if ((status & 0xf) != STREAM_BYTES_CALLEE_WAITABLE_COMPLETED)
        self->chunks = 0; // the reader is gone
}

static stream_bytes_callee_callback_code_t go_on(state *self)
{
    while (self->chunks) {
        stream_bytes_callee_waitable_status_t status = exports_bench_aio_stream_bytes_stream_u8_write(
            self->writer, buffer + self->done, sizeof buffer - self->done);
        if (status == STREAM_BYTES_CALLEE_WAITABLE_STATUS_BLOCKED) {
            if (!self->set) {
                self->set = stream_bytes_callee_waitable_set_new();
                stream_bytes_callee_waitable_join(self->writer, self->set);
            }
            return STREAM_BYTES_CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        wrote(self, status);
    }
    exports_bench_aio_stream_bytes_stream_u8_drop_writable(self->writer);
    if (self->set)
        stream_bytes_callee_waitable_set_drop(self->set);
    free(self);
    return STREAM_BYTES_CALLEE_CALLBACK_CODE_EXIT;
}

stream_bytes_callee_callback_code_t exports_bench_aio_stream_bytes_open(uint32_t mib)
{
    state *self = malloc(sizeof *self);
    if (!self)
        __builtin_trap();
    self->set = 0;
    self->chunks = mib * 16;
    self->done = 0;
    memset(buffer, 0xa5, sizeof buffer);
    exports_bench_aio_stream_bytes_open_return(exports_bench_aio_stream_bytes_stream_u8_new(&self->writer));
    stream_bytes_callee_context_set_0(self);
    return go_on(self);
}

stream_bytes_callee_callback_code_t
exports_bench_aio_stream_bytes_open_callback(stream_bytes_callee_event_t *event)
{
    state *self = stream_bytes_callee_context_get_0();
    if (event->event != STREAM_BYTES_CALLEE_EVENT_STREAM_WRITE)
        return STREAM_BYTES_CALLEE_CALLBACK_CODE_WAIT(self->set);
    wrote(self, event->code);
    return go_on(self);
}
