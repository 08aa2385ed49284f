// future-pingpong, the callee as first written: memory and a set for each call, memory for each copy, join and
// leave.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "future_pingpong_callee.h"
#include <stdlib.h>

typedef exports_bench_aio_future_pingpong_future_u32_t future;
typedef exports_bench_aio_future_pingpong_future_u32_writer_t future_writer;

typedef struct {
    uint32_t value;
} operation;

typedef struct {
    future_pingpong_callee_waitable_set_t set;
    future in;
    future_writer out;
    operation *op;
} state;

static future_pingpong_callee_callback_code_t finish(state *self)
{
    free(self->op);
    exports_bench_aio_future_pingpong_future_u32_drop_writable(self->out);
    future_pingpong_callee_waitable_set_drop(self->set);
    free(self);
    return FUTURE_PINGPONG_CALLEE_CALLBACK_CODE_EXIT;
}

static future_pingpong_callee_callback_code_t answer(state *self)
{
    uint32_t value = self->op->value;
    free(self->op);
    exports_bench_aio_future_pingpong_future_u32_drop_readable(self->in);
    self->op = malloc(sizeof *self->op);
    self->op->value = value + 1;
    if (exports_bench_aio_future_pingpong_future_u32_write(self->out, &self->op->value) ==
        FUTURE_PINGPONG_CALLEE_WAITABLE_STATUS_BLOCKED) {
        future_pingpong_callee_waitable_join(self->out, self->set);
        return FUTURE_PINGPONG_CALLEE_CALLBACK_CODE_WAIT(self->set);
    }
    return finish(self);
}

future_pingpong_callee_callback_code_t exports_bench_aio_future_pingpong_ping(future f)
{
    state *self = malloc(sizeof *self);
    self->set = future_pingpong_callee_waitable_set_new();
    self->in = f;
    exports_bench_aio_future_pingpong_ping_return(exports_bench_aio_future_pingpong_future_u32_new(&self->out));
    self->op = malloc(sizeof *self->op);
    future_pingpong_callee_context_set_0(self);
    if (exports_bench_aio_future_pingpong_future_u32_read(f, &self->op->value) ==
        FUTURE_PINGPONG_CALLEE_WAITABLE_STATUS_BLOCKED) {
        future_pingpong_callee_waitable_join(f, self->set);
        return FUTURE_PINGPONG_CALLEE_CALLBACK_CODE_WAIT(self->set);
    }
    return answer(self);
}

future_pingpong_callee_callback_code_t
exports_bench_aio_future_pingpong_ping_callback(future_pingpong_callee_event_t *event)
{
    state *self = future_pingpong_callee_context_get_0();
    if (event->event == FUTURE_PINGPONG_CALLEE_EVENT_FUTURE_READ) {
        future_pingpong_callee_waitable_join(self->in, 0);
        return answer(self);
    }
    future_pingpong_callee_waitable_join(self->out, 0);
    return finish(self);
}
