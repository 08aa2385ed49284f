// Cancels that do not block the component, of calls and of ends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/cancel.h>
#include "internal.h"

void weft__op_request_cancel(weft_op *op, uint32_t (*cancel)(uint32_t handle))
{
    weft__op_ask_cancel(op, cancel);
}

// Here, so that whoever asks has it.
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
