// A Weft coroutine inside of a foreign task, over the wasip3_task that the foreign task offers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasip3_task.h>
#include "internal.h"

static weft_export from = {.name = "weft_embedded_poll"};

// The task is the struct's first member.
static weft_embedded *embedded_of(weft_task *task)
{
    return (weft_embedded *)(void *)task;
}

static void *register_with(const wasip3_task_v2 *host, uint32_t waitable,
                           void (*callback)(void *it, uint32_t code), void *it)
{
    WEFT__CHECK(!host->v1.version, no_task, "weft_embedded_poll", waitable);
    return host->v1.waitable_register(host->v1.ptr, waitable, callback, it);
}

static void unregister_from(const wasip3_task_v2 *host, uint32_t waitable)
{
    host->v1.waitable_unregister(host->v1.ptr, waitable);
}

// One that was dropped has no waker. While it waits, it reads from a stream of its own, so the foreign task is
// kept alive. A write to that stream wakes it.
static void write_own_stream(void *it)
{
    __stream_write_unit(((weft_embedded *)it)->writer, NULL, 1);
}

static void run_dropped(weft_embedded *it);

static void own_stream_read(void *data, uint32_t code)
{
    weft_embedded *it = data;
    (void)code;
    it->reading = false;
    it->task.flags &= (uint8_t)~WEFT__ROUSED;
    run_dropped(it);
}

static void read_own_stream(weft_embedded *it)
{
    if (it->reading)
        return;
    if (!it->reader) {
        uint64_t ends = __stream_new_unit();
        it->reader = (uint32_t)ends;
        it->writer = (uint32_t)(ends >> 32);
    }
    __stream_read_unit(it->reader, NULL, 1);
    it->reading = true;
    register_with(&it->host, it->reader, own_stream_read, it);
}

static void close_own_stream(weft_embedded *it)
{
    if (!it->reader)
        return;
    if (it->reading) {
        unregister_from(&it->host, it->reader);
        __stream_cancel_read_unit(it->reader);
    }
    __stream_drop_readable_unit(it->reader);
    __stream_drop_writable_unit(it->writer);
}

static void let_go(wasip3_task_v2 *host)
{
    if (host->v1.version > 1)
        host->vtable->drop(host->v1.ptr);
}

// Runs what is ready. True if the coroutine has ended: then nothing of `it` is in use any more.
static bool run(weft_embedded *it)
{
    weft_task *task = &it->task;
    task->asleep = false;
    WEFT__TRACE_TASK(task, RESUME);
    if (weft__task_run_embedded(task)) {
        WEFT__TRACE_TASK(task, END);
        task->flags |= WEFT__OVER;
        close_own_stream(it);
        let_go(&it->host);
        return true;
    }
    if (it->dropped)
        read_own_stream(it);
    task->asleep = true;
    WEFT__TRACE_TASK(task, WAIT);
    if (task->ready || task->yielded)
        weft__task_rouse(task);
    return false;
}

static void run_dropped(weft_embedded *it)
{
    void (*over)(void *data) = it->over;
    void *data = it->over_data;
    if (run(it))
        over(data);
}

// The foreign task's event for `op`, which is no longer registered, or in a set. Wakes who polls, once.
static void deliver(void *data, uint32_t code)
{
    weft_op *op = data;
    weft_task *task = op->task;
    bool asleep = task->asleep;
    task->asleep = false;
    weft__op_deliver_lent(op, code);
    if (!asleep)
        return; // not covered: takes a host that runs the foreign task inside of a cancel in weft_embedded_drop
    if (embedded_of(task)->dropped) {
        run_dropped(embedded_of(task));
    } else {
        task->asleep = true;
        weft__task_rouse(task);
    }
}

void weft__embedded_wake(weft_task *task)
{
    embedded_of(task)->wake(embedded_of(task)->data);
}

void weft__embedded_join(weft_task *task, weft_op *op)
{
    weft__op_lend(task, op);
    register_with(&embedded_of(task)->host, op->handle, deliver, op);
}

void weft__embedded_leave(weft_task *task, weft_op *op)
{
    unregister_from(&embedded_of(task)->host, op->handle);
    weft__op_lent_back(op);
}

static void unregister_one(weft_task *task, weft_op *op)
{
    unregister_from(&embedded_of(task)->host, op->handle);
}

static void register_one(weft_task *task, weft_op *op)
{
    register_with(&embedded_of(task)->host, op->handle, deliver, op);
}

// Goes over to the current task, if that is another. One that was dropped leaves its own stream where it is.
static void move_to_current(weft_embedded *it)
{
    wasip3_task *current = wasip3_task_set(NULL);
    wasip3_task_set(current);
    if (!current || (it->host.v1.version && current->ptr == it->host.v1.ptr))
        return;
    wasip3_task_v2 before = it->host;
    if (it->task.members)
        weft__op_each_lent(&it->task, unregister_one);
    it->host = (wasip3_task_v2){.v1 = *current};
    if (current->version > 1) {
        it->host.vtable = ((wasip3_task_v2 *)(void *)current)->vtable;
        it->host.v1.ptr = it->host.vtable->clone(current->ptr);
    }
    if (it->task.members)
        weft__op_each_lent(&it->task, register_one);
    let_go(&before);
}

void weft_embedded_start(weft_embedded *it, weft_coro *root, weft_step *run)
{
    WEFT__CHECK(root->state > WEFT__ENDED, child_busy, "weft_embedded_start", 0);
    *it = (weft_embedded){.root = root};
    it->task.from = &from;
    it->task.flags = WEFT__EMBEDDED;
    weft__op_lender_start(&it->task, &it->lent);
    it->task.returned = 1;
    it->task.asleep = true;
    WEFT__TRACE_TASK(&it->task, START);
    WEFT__TRACE_TASK(&it->task, WAIT);
    weft__start(root, run, &it->task, 0);
    weft__queue_push_back(&it->task.ready, root);
}

bool weft_embedded_poll(weft_embedded *it, void (*wake)(void *data), void *data)
{
    it->wake = wake;
    it->data = data;
    it->task.flags &= (uint8_t)~WEFT__ROUSED;
    move_to_current(it);
    return run(it);
}

bool weft_embedded_drop(weft_embedded *it, void (*over)(void *data), void *data)
{
    if (it->task.flags & WEFT__OVER)
        return true;
    it->wake = write_own_stream;
    it->data = it;
    it->over = over;
    it->over_data = data;
    it->dropped = true;
    move_to_current(it);
    it->task.asleep = false;
    it->task.flags &= (uint8_t)~WEFT__ROUSED;
    it->task.flags |= WEFT__TASK_CANCELLED;
    weft_cancel(it->root);
    if (it->task.scopes)
        weft__task_scopes_cancel(&it->task);
    return run(it);
}
