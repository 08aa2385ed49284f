// call-pending, the callee as first written: memory and a set for each call, needed or not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_pending_callee.h"
#include <stdlib.h>

typedef struct {
    call_pending_callee_waitable_set_t set;
    uint32_t a, b;
} state;

call_pending_callee_callback_code_t exports_bench_aio_call_pending_add(uint32_t a, uint32_t b)
{
    state *self = malloc(sizeof *self);
    self->set = call_pending_callee_waitable_set_new();
    self->a = a;
    self->b = b;
    call_pending_callee_context_set_0(self);
    return CALL_PENDING_CALLEE_CALLBACK_CODE_YIELD;
}

call_pending_callee_callback_code_t
exports_bench_aio_call_pending_add_callback(call_pending_callee_event_t *event)
{
    (void)event;
    state *self = call_pending_callee_context_get_0();
    exports_bench_aio_call_pending_add_return(self->a + self->b);
    call_pending_callee_waitable_set_drop(self->set);
    free(self);
    return CALL_PENDING_CALLEE_CALLBACK_CODE_EXIT;
}
