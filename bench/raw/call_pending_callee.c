// call-pending, the callee by hand: the result waits in the context slot for the end of the yield.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_pending_callee.h"

call_pending_callee_callback_code_t exports_bench_aio_call_pending_add(uint32_t a, uint32_t b)
{
    call_pending_callee_context_set_0((void *)(uintptr_t)(a + b));
    return CALL_PENDING_CALLEE_CALLBACK_CODE_YIELD;
}

call_pending_callee_callback_code_t
exports_bench_aio_call_pending_add_callback(call_pending_callee_event_t *event)
{
    (void)event;
    exports_bench_aio_call_pending_add_return((uint32_t)(uintptr_t)call_pending_callee_context_get_0());
    return CALL_PENDING_CALLEE_CALLBACK_CODE_EXIT;
}
