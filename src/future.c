// Futures: the default value of a closed writer, on its way to the reader.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/future.h>
#include <weft/task.h>

void weft__default_run(weft_coro *co, weft__default *it, uint32_t status)
{
    if (status == WEFT_BLOCKED) {
        weft__op_track(co->task, &it->op, WEFT_EVENT_FUTURE_WRITE, NULL);
        co->task->background++;
    } else {
        it->op.status = weft__future_status(status);
        it->done(it);
    }
}
