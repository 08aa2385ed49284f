// The memory of tasks, kept from call to call, and their waitable sets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// An export keeps so many bytes of ended tasks beside the first, for its next calls.
enum { KEPT = 1 << 20 };

// The defaults if watch.c is not linked.
WEFT__WEAK void *weft__alloc(size_t size)
{
    return weft_alloc(size);
}

WEFT__WEAK void weft__free(void *memory, size_t size)
{
    weft_free(memory, size);
}

static weft_export no_more;
static weft_export *exports = &no_more; // those that had a task

// Gives back the bell and the set of a task that has ended.
static void give_back(weft_task *task)
{
    if (task->rouse.bell)
        weft__task_rouse_leave(task);
    if (task->wait)
        __waitable_set_drop(task->wait >> 4);
    task->wait = 0;
}

static void dispose(weft_task *task)
{
    give_back(task);
    weft__free(task, sizeof *task + task->from->frame_size);
}

// Keeps the task's memory and set for the next call of its export.
void weft__task_recycle(weft_task *task)
{
    weft_export *from = task->from;
    weft_coro *root = weft__task_root(task);
    root->resume = 0;
    if (task->flags & WEFT__FIRST) {
        weft__task_keep_first(task);
    } else if ((from->kept + 1) * (sizeof *task + from->frame_size) <= KEPT) {
        from->kept++;
        root->next = from->pool;
        from->pool = root;
        weft__task_keep_frame(task);
    } else {
        dispose(task);
    }
}

static void trim(weft_export *from)
{
    if (from->first->idle)
        give_back(from->first);
    for (weft_coro *root; (root = from->pool);) {
        from->pool = root->next;
        WEFT__REUSE_FRAME(root + 1, from->frame_size - sizeof *root);
        dispose(root->task);
    }
    from->kept = 0;
}

void weft_trim(void)
{
    for (weft_export *from = exports; from != &no_more; from = from->next)
        trim(from);
    if (weft__task_rouse_trim)
        weft__task_rouse_trim();
    if (weft__defaults_trim)
        weft__defaults_trim();
    if (weft__op_trim)
        weft__op_trim();
    if (weft__task_offer_trim)
        weft__task_offer_trim();
    if (weft__fiber_trim)
        weft__fiber_trim(); // not covered: natively, no stack is kept
}

__attribute__((noinline)) weft_task *weft__task_make(weft_export *from)
{
    weft_coro *root = from->pool;
    if (root) {
        from->pool = root->next;
        from->kept--;
        return weft__task_reuse(root->task, 0);
    }
    bool is_first = !from->next;
    weft_task *task = is_first ? from->first : weft__alloc(sizeof *task + from->frame_size);
    if (!task)
        return NULL;
    *task = (weft_task){.from = from};
    if (is_first) {
        task->flags = WEFT__FIRST;
        from->next = exports;
        exports = from;
    }
    *weft__task_root(task) = (weft_coro){.state = WEFT__RUNNING, .run = from->run, .task = task};
    return task;
}

uint32_t weft__task_set(weft_task *task)
{
    if (!task->wait)
        task->wait = WEFT_CALLBACK_WAIT | __waitable_set_new() << 4;
    return task->wait >> 4;
}
