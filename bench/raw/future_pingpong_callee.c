// future-pingpong, the callee by hand: ended calls leave their state and set to the next.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "future_pingpong_callee.h"
#include <stdlib.h>

typedef exports_bench_aio_future_pingpong_future_u32_t future;
typedef exports_bench_aio_future_pingpong_future_u32_writer_t future_writer;

typedef struct state {
    future_pingpong_callee_waitable_set_t set;
    future in;
    future_writer out;
    uint32_t value;
    struct state *next;
} state;

static state *idle;

static future_pingpong_callee_callback_code_t finish(state *self)
{
    exports_bench_aio_future_pingpong_future_u32_drop_writable(self->out);
    self->next = idle;
    idle = self;
    return FUTURE_PINGPONG_CALLEE_CALLBACK_CODE_EXIT;
}

static future_pingpong_callee_callback_code_t answer(state *self)
{
    exports_bench_aio_future_pingpong_future_u32_drop_readable(self->in);
    self->value++;
    if (exports_bench_aio_future_pingpong_future_u32_write(self->out, &self->value) !=
        FUTURE_PINGPONG_CALLEE_WAITABLE_STATUS_BLOCKED)
        return finish(self);
    future_pingpong_callee_waitable_join(self->out, self->set);
    return FUTURE_PINGPONG_CALLEE_CALLBACK_CODE_WAIT(self->set);
}

future_pingpong_callee_callback_code_t exports_bench_aio_future_pingpong_ping(future f)
{
    state *self = idle;
    if (self) {
        idle = self->next;
    } else {
        self = malloc(sizeof *self);
        if (!self)
            __builtin_trap();
        self->set = future_pingpong_callee_waitable_set_new();
    }
    self->in = f;
    exports_bench_aio_future_pingpong_ping_return(exports_bench_aio_future_pingpong_future_u32_new(&self->out));
    if (exports_bench_aio_future_pingpong_future_u32_read(f, &self->value) !=
        FUTURE_PINGPONG_CALLEE_WAITABLE_STATUS_BLOCKED)
        return answer(self);
    future_pingpong_callee_waitable_join(f, self->set);
    future_pingpong_callee_context_set_0(self);
    return FUTURE_PINGPONG_CALLEE_CALLBACK_CODE_WAIT(self->set);
}

future_pingpong_callee_callback_code_t
exports_bench_aio_future_pingpong_ping_callback(future_pingpong_callee_event_t *event)
{
    state *self = future_pingpong_callee_context_get_0();
    return event->event == FUTURE_PINGPONG_CALLEE_EVENT_FUTURE_READ ? answer(self) : finish(self);
}
