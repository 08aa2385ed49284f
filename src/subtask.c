// Calls of async imports that did not return at once.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/subtask.h>
#include <weft/task.h>
#include "internal.h"

void weft__subtask_track(weft_task *task, weft_subtask *call, uint32_t status)
{
    call->op.handle = WEFT_STATUS_COUNT(status);
    weft__op_track(task, &call->op, (enum weft_event_code)WEFT_STATUS_STATE(status), __subtask_cancel);
}

weft_poll weft__subtask_block(weft_coro *co, weft_subtask *call, uint32_t status)
{
    WEFT__CHECK(weft__op_in_flight(&call->op), call_busy, "weft_subtask_start", call->op.handle);
    if (status == WEFT_SUBTASK_RETURNED) {
        call->op.status = status;
        return weft_breathe(co);
    }
    call->op.handle = WEFT_STATUS_COUNT(status);
    return weft__op_block_call(co, &call->op, WEFT__IN_FLIGHT | WEFT_STATUS_STATE(status));
}

weft_poll weft_subtask_await_started(weft_coro *co, weft_subtask *call)
{
    if (weft_subtask_state_of(call) != WEFT_SUBTASK_STARTING || !weft_in_flight(call))
        return weft_breathe(co);
    weft_poll poll = weft_await(co, call);
    co->state = WEFT__ON_START;
    return poll;
}
