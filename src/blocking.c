// Waiting on the machine stack, for exports that the host calls synchronously.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

enum { PATIENCE = 1000 }; // turns of the host

// In a function that is not async, the host runs other callbacks on top of this stack. One that blocks there,
// in weft_stop_blocking or the like, leaves its frames on top of this one's. So it has to go on first.
static void unblock(uint32_t before, const char *function)
{
    for (uint32_t turns = PATIENCE; turns && weft__blocked > before + 1; turns--)
        __thread_yield();
    WEFT__CHECK(weft__blocked > before + 1, overtaken, function, 0);
    (void)function;
    weft__blocked = before;
}

// Does nothing if another call blocks below on the stack: that must not be overtaken.
void weft_yield_blocking(void)
{
    if (weft__blocked)
        return;
    weft__blocked++;
    __thread_yield();
    unblock(0, "weft_yield_blocking");
}

weft_outcome weft_block_on(weft_coro *root, weft_step *run)
{
    static struct {
        weft_task task;
        weft_coro unused; // the root is the caller's
    } first;
    static weft_export from = {.name = "weft_block_on", .frame_size = sizeof(weft_coro), .first = &first.task};
    WEFT__CHECK(root->state > WEFT__ENDED, child_busy, from.name, 0);
    weft_task *task = weft_task_new(&from, &first.task);
    if (!task)
        return WEFT_UNFINISHED;
    task->returned = 1;
    void *fiber = weft__fiber_set_aside ? weft__fiber_set_aside(NULL) : NULL; // in which this is called
    WEFT__TRACE_TASK(task, START);
    weft__start(root, run, task, 0);
    weft__queue_push_back(&task->ready, root);
    uint32_t code = WEFT_EVENT_NONE, event[2] = {0, 0};
    // The task may be woken although it waits here: by a sync export that the host runs in its turn.
    for (;;) {
        uint32_t answer = weft__task_resume(task, code, event[0], event[1], run);
        if (answer == WEFT_CALLBACK_EXIT)
            break;
        if (answer == WEFT_CALLBACK_YIELD) {
            weft_yield_blocking();
            code = WEFT_EVENT_NONE;
        } else {
            uint32_t before = weft__blocked++;
            code = __waitable_set_wait(answer >> 4, event);
            unblock(before, from.name);
        }
        WEFT__TRACE_TASK(task, RESUME);
    }
    if (weft__fiber_set_aside)
        weft__fiber_set_aside(fiber);
    return weft_outcome_of(root);
}
