// Futures: the default value of a closed writer, on its way to the reader.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/future.h>
#include <weft/task.h>

static void written(weft__background *base, weft_task *task, uint32_t status)
{
    weft__default *it = (weft__default *)base;
    task->children--;
    base->op.status = weft__future_status(status);
    it->done(it);
}

void weft__default_run(weft_coro *co, weft__default *it, uint32_t status)
{
    if (status == WEFT_BLOCKED) {
        it->base.completed = written;
        co->task->children++;
        weft__op_track(co->task, &it->base.op, WEFT_EVENT_FUTURE_WRITE, NULL);
    } else {
        it->base.op.status = weft__future_status(status);
        it->done(it);
    }
}
