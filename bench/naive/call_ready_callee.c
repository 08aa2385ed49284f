// call-ready, the callee as first written: memory and a set for each call, needed or not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_ready_callee.h"
#include <stdlib.h>

typedef struct {
    call_ready_callee_waitable_set_t set;
    uint32_t a, b;
} state;

static call_ready_callee_callback_code_t finish(state *self)
{
    exports_bench_aio_call_ready_add_return(self->a + self->b);
    call_ready_callee_waitable_set_drop(self->set);
    free(self);
    return CALL_READY_CALLEE_CALLBACK_CODE_EXIT;
}

call_ready_callee_callback_code_t exports_bench_aio_call_ready_add(uint32_t a, uint32_t b)
{
    state *self = malloc(sizeof *self);
    self->set = call_ready_callee_waitable_set_new();
    self->a = a;
    self->b = b;
    call_ready_callee_context_set_0(self);
    return finish(self);
}

call_ready_callee_callback_code_t exports_bench_aio_call_ready_add_callback(call_ready_callee_event_t *event)
{
    (void)event;
    return finish(call_ready_callee_context_get_0());
}
