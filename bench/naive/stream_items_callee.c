// stream-items, the callee as first written: memory for each write, which joins the set and leaves it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stream_items_callee.h"
#include <stdlib.h>

typedef struct {
    uint32_t item;
} operation;

typedef struct {
    stream_items_callee_waitable_set_t set;
    exports_bench_aio_stream_items_stream_u32_writer_t writer;
    operation *op;
    uint32_t n, i;
} state;

static operation *operation_new(const state *self)
{
    operation *it = malloc(sizeof *it);
    (void)self;
    it->item = self->i;
    return it;
}

static void wrote(state *self, stream_items_callee_waitable_status_t status)
{
    bool gone = STREAM_ITEMS_CALLEE_WAITABLE_STATE(status) == STREAM_ITEMS_CALLEE_WAITABLE_DROPPED;
    free(self->op);
    self->op = NULL;
    self->i = gone ? self->n : self->i + 1;
}

static stream_items_callee_callback_code_t go_on(state *self)
{
    while (self->i < self->n) {
        if (!self->op)
            self->op = operation_new(self);
        stream_items_callee_waitable_status_t status =
            exports_bench_aio_stream_items_stream_u32_write(self->writer, &self->op->item, 1);
        if (status == STREAM_ITEMS_CALLEE_WAITABLE_STATUS_BLOCKED) {
            stream_items_callee_waitable_join(self->writer, self->set);
            return STREAM_ITEMS_CALLEE_CALLBACK_CODE_WAIT(self->set);
        }
        wrote(self, status);
    }
    exports_bench_aio_stream_items_stream_u32_drop_writable(self->writer);
    stream_items_callee_waitable_set_drop(self->set);
    free(self);
    return STREAM_ITEMS_CALLEE_CALLBACK_CODE_EXIT;
}

stream_items_callee_callback_code_t exports_bench_aio_stream_items_open(uint32_t n)
{
    state *self = malloc(sizeof *self);
    self->set = stream_items_callee_waitable_set_new();
    self->op = NULL;
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
    if (event->event == STREAM_ITEMS_CALLEE_EVENT_STREAM_WRITE) {
        stream_items_callee_waitable_join(self->writer, 0);
        wrote(self, event->code);
    }
    return go_on(self);
}
