// Futures: the default value of a closed writer, on its way to the reader.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/future.h>
#include <weft/task.h>
#include "internal.h"

// Its set holds the writes that no task waits for. It never runs: the set is polled now and then.
static weft_export nobody = {.name = "closed futures"};
static weft_task unattended = {.from = &nobody};

static void written(weft__background *base, weft_task *task, uint32_t status)
{
    weft__default *it = (weft__default *)base;
    task->children--;
    base->op.status = weft__future_status(status);
    it->done(it);
}

// A task of weft_block_on may not: the reader may be handed on only when that has returned.
static bool may_wait(const weft_task *task)
{
    return task->from->run || task->flags & WEFT__EMBEDDED;
}

void weft__default_run(weft_coro *co, weft__default *it, uint32_t status)
{
    if (status != WEFT_BLOCKED) {
        it->base.op.status = weft__future_status(status);
        it->done(it);
        return;
    }
    weft_task *task = co && may_wait(co->task) ? co->task : &unattended;
    if (task == &unattended)
        weft__defaults_clear();
    it->base.completed = written;
    task->children++;
    weft__op_track(task, &it->base.op, WEFT_EVENT_FUTURE_WRITE, NULL);
}

static __attribute__((noinline)) void clear(void)
{
    uint32_t code, event[2];
    while (unattended.in_flight && (code = __waitable_set_poll(unattended.wait >> 4, event)) != WEFT_EVENT_NONE)
        weft__op_deliver(&unattended, code, event[0], event[1]);
}

void weft__defaults_clear(void)
{
    if (__builtin_expect(unattended.in_flight, 0))
        clear();
}

void weft__defaults_trim(void)
{
    weft__defaults_clear();
    if (unattended.in_flight || !unattended.wait)
        return;
    __waitable_set_drop(unattended.wait >> 4);
    unattended.wait = 0;
}
