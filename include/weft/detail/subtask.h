// What is inline of calls. Included by subtask.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_SUBTASK_H
#define WEFT_DETAIL_SUBTASK_H

static inline weft_subtask_state weft_subtask_state_of(const weft_subtask *call)
{
    if (call->op.status == WEFT__UNTAKEN)
        return WEFT_SUBTASK_RETURNED;
    if (weft__op_in_flight(&call->op))
        return (weft_subtask_state)(call->op.status & 7);
    return (weft_subtask_state)call->op.status;
}

// The rest of weft_subtask_start and weft_subtask_call, for a call that did not return at once.
void weft__subtask_track(weft_task *task, weft_subtask *call, uint32_t status);
weft_poll weft__subtask_block(weft_coro *co, weft_subtask *call, uint32_t status)
    __attribute__((warn_unused_result));

static inline void weft_subtask_start(weft_coro *co, weft_subtask *call, uint32_t status)
{
    WEFT__CHECK(weft__op_in_flight(&call->op), call_busy, "weft_subtask_start", call->op.handle);
    if (__builtin_expect(status == WEFT_SUBTASK_RETURNED, 1))
        call->op.status = WEFT_SUBTASK_RETURNED;
    else
        weft__subtask_track(co->task, call, status);
}

static inline weft_poll weft_subtask_call(weft_coro *co, weft_subtask *call, uint32_t status)
{
    // One test of both words tells two things: the call has returned, and the struct is not in flight. A struct
    // whose last call ended otherwise fails it too, and the function looks again.
    if (__builtin_expect((status | (WEFT_CHECKS ? call->op.status : 0)) != WEFT_SUBTASK_RETURNED, 0))
        return weft__subtask_block(co, call, status);
    call->op.status = WEFT_SUBTASK_RETURNED;
    return weft_breathe(co);
}

#endif
