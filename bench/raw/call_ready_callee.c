// call-ready, the callee by hand: it returns at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_ready_callee.h"

call_ready_callee_callback_code_t exports_bench_aio_call_ready_add(uint32_t a, uint32_t b)
{
    exports_bench_aio_call_ready_add_return(a + b);
    return CALL_READY_CALLEE_CALLBACK_CODE_EXIT;
}

call_ready_callee_callback_code_t exports_bench_aio_call_ready_add_callback(call_ready_callee_event_t *event)
{
    (void)event;
    __builtin_trap();
}
