// Cancels of calls that do not block the component. Hosts gate them, so only cancel.h refers to this file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/cancel.h>
#include "internal.h"

void weft_subtask_cancel(weft_subtask *call)
{
    weft__op_request_cancel(&call->op, __subtask_cancel_async);
}

static void unwind_call(weft_op *op)
{
    weft__op_request_cancel(op, __subtask_cancel_async);
}

void weft_cancel_without_blocking(void)
{
    weft__unwind_call = unwind_call;
}
