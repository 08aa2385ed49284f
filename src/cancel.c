// Cancels that do not block the component. Hosts gate them, so only cancel.h refers to this file.
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

uint32_t weft__cancel_outcome(uint32_t handle)
{
    uint32_t set = __waitable_set_new(), code, event[2];
    __waitable_join(handle, set);
    do
        code = __waitable_set_wait(set, event);
    while (code == WEFT_EVENT_SUBTASK && event[1] <= WEFT_SUBTASK_STARTED);
    __waitable_join(handle, 0);
    __waitable_set_drop(set);
    return event[1];
}
