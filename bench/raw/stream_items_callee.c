// stream-items, the callee by hand: one item a write; the writer stays in its set.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_items_callee.h"
#include <stdlib.h>

typedef struct {
    stream_items_callee_waitable_set_t set;
    exports_bench_aio_stream_items_stream_u32_writer_t writer;
    uint32_t n, i;
} state;

static void wrote(state *self, uint32_t status)
{
    self->i++;
    if ((status & 0xf) != STREAM_ITEMS_CALLEE_WAITABLE_COMPLETED)
        self->n = self->i; // the reader is gone
}

static stream_items_callee_callback_code_t go_on(state *self)
{
    while (self->i < self->n) {
        stream_items_callee_waitable_status_t status =
            exports_bench_aio_stream_items_stream_u32_write(self->writer, &self->i, 1);
        if (status == STREAM_ITEMS_CALLEE_WAITABLE_STATUS_BLOCKED) {
            if (!self->set) {
                self->set = stream_items_callee_waitable_set_new();
                stream_items_callee_waitable_join(self->writer, self->set);
            }
            return STREAM_ITEMS_CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        wrote(self, status);
    }
    exports_bench_aio_stream_items_stream_u32_drop_writable(self->writer);
    if (self->set)
        stream_items_callee_waitable_set_drop(self->set);
    free(self);
    return STREAM_ITEMS_CALLEE_CALLBACK_CODE_EXIT;
}

stream_items_callee_callback_code_t exports_bench_aio_stream_items_open(uint32_t n)
{
    state *self = malloc(sizeof *self);
    if (!self)
        __builtin_trap();
    self->set = 0;
    self->n = n;
    self->i = 0;
    exports_bench_aio_stream_items_open_return(exports_bench_aio_stream_items_stream_u32_new(&self->writer));
    stream_items_callee_context_set_0(self);
    return go_on(self);
}

stream_items_callee_callback_code_t
exports_bench_aio_stream_items_open_callback(stream_items_callee_event_t *event)
{
    state *self = stream_items_callee_context_get_0();
    if (event->event != STREAM_ITEMS_CALLEE_EVENT_STREAM_WRITE)
        return STREAM_ITEMS_CALLEE_CALLBACK_CODE_WAIT(self->set);
    wrote(self, event->code);
    return go_on(self);
}
