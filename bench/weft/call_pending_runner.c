// call-pending, the runner on Weft: one call after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "call_pending_runner.h"
#include <weft/weft.h>

typedef struct {
    weft_coro co;
    weft_subtask call;
    uint32_t n, i, sum;
} run;

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    for (; self->i < self->n; self->i++)
        WEFT_AWAIT(
            weft_subtask_call(co, &self->call, bench_aio_call_pending_add(self->sum, self->i, &self->sum)));
    WEFT_RETURN(co, exports_call_pending_runner_run_call_pending, self->sum);
    WEFT_END;
}

WEFT_EXPORT(call_pending_runner, exports_call_pending_runner_run_call_pending, run, (uint32_t n), .n = n);
