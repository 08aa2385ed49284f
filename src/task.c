// Component tasks: their memory, their start, and their end. What is between is in turn.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/future.h>
#include <weft/op.h>
#include <weft/task.h>
#include "internal.h"

// NULL if nothing is linked that needs them.
#pragma weak weft__task_scopes_free
#pragma weak weft__child_ended
#pragma weak weft__task_go_on
#pragma weak weft__task_rouse_end
#pragma weak weft__task_rouse_leave
#pragma weak weft__task_rouse_trim
#pragma weak weft__op_trim
#pragma weak weft__task_offer_trim
#pragma weak weft__defaults_trim

// Of ended tasks beside the first, an export keeps so many bytes for reuse.
enum { KEPT = 1 << 20 };

static weft_export no_more;
static weft_export *exports = &no_more; // that had a task

// The bell and the set of a task that has ended.
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
    weft_free(task, sizeof *task + task->from->frame_size);
}

static inline void keep_frame(weft_task *task)
{
    WEFT__KEEP_FRAME(weft__task_root(task) + 1, task->from->frame_size - sizeof(weft_coro));
    (void)task;
}

static inline void keep_first(weft_task *task)
{
    task->idle = 1;
    keep_frame(task);
}

// The task's memory and set wait for the next call of its export.
void weft__task_recycle(weft_task *task)
{
    weft_export *from = task->from;
    weft_coro *root = weft__task_root(task);
    root->resume = 0;
    if (task->flags & WEFT__FIRST) {
        keep_first(task);
    } else if ((from->kept + 1) * (sizeof *task + from->frame_size) <= KEPT) {
        from->kept++;
        root->next = from->pool;
        from->pool = root;
        keep_frame(task);
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
        WEFT__TAKE_FRAME(root + 1, from->frame_size - sizeof *root);
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
}

__attribute__((noinline)) weft_task *weft__task_make(weft_export *from)
{
    weft_coro *root = from->pool;
    if (root) {
        from->pool = root->next;
        from->kept--;
        return weft__task_take(root->task, 0);
    }
    bool is_first = !from->next;
    weft_task *task = is_first ? from->first : weft_alloc(sizeof *task + from->frame_size);
    if (!task)
        return NULL;
    if (is_first) {
        from->next = exports;
        exports = from;
    }
    *task = (weft_task){.from = from, .flags = is_first ? WEFT__FIRST : 0};
    *weft__task_root(task) = (weft_coro){.state = WEFT__RUNNING, .run = from->run, .task = task};
    return task;
}

uint32_t weft__task_set(weft_task *task)
{
    if (!task->wait)
        task->wait = WEFT_CALLBACK_WAIT | __waitable_set_new() << 4;
    return task->wait >> 4;
}

// A stream's end may outlive the task that last waited on it. The set it is in then lives on, too.
uint32_t weft__task_end(weft_task *task)
{
    WEFT__TRACE_TASK(task, END);
    if (task->flags & WEFT__ROUSED)
        weft__task_rouse_end(task);
    if (task->scopes)
        weft__task_scopes_free(task);
    weft__count_call(task->from, -1);
    task->flags = WEFT__OVER | (task->flags & (WEFT__FIRST | WEFT__QUEUED));
    if (!task->members)
        weft__task_recycle(task);
    return WEFT_CALLBACK_EXIT;
}

uint32_t weft__task_end_plainly(weft_task *task)
{
    weft_export *from = task->from;
    weft__task_recycle(task);
    weft__count_call(from, -1);
    return WEFT_CALLBACK_EXIT;
}

// Unless futures are linked.
__attribute__((weak)) void weft__defaults_clear(void)
{
}

__attribute__((weak)) void weft__count_call(weft_export *from, int by)
{
    (void)from;
    (void)by;
}

// `co` has ended; its step came back with `how`.
static inline void coro_ended(weft_task *task, weft_coro *co, uint32_t how)
{
    (void)task;
    (void)how;
    WEFT__CHECK((how & 0xff) <= WEFT__ENDED, stray_return, task->from->name, 0);
    WEFT__CHECK(co->state != WEFT__RUNNING, not_running, "WEFT_END", 0);
    co->state = WEFT__ENDED;
    WEFT__TRACE_CORO(co, END);
    WEFT__CHECK(co->flags & WEFT__BINDS, still_bound, task->from->name, 0);
}

static inline void root_ended(weft_task *task)
{
    task->flags |= WEFT__ROOT_ENDED;
    WEFT__TRACE_FRAME_ENDS(weft__task_root(task), task->from->run ? task->from->frame_size : 0);
    if (task->returned)
        return;
    WEFT__CHECK(!(task->flags & WEFT__TASK_CANCELLED), no_result, task->from->name, 0);
    task->returned = 1;
    __task_cancel();
}

void weft__coro_end(weft_task *task, weft_coro *co, uint32_t how)
{
    coro_ended(task, co, how);
    weft_coro *parent = weft__parent_of(co);
    if (parent) {
        parent->state = WEFT__READY;
        weft__queue_push_front(&task->ready, parent);
    } else if (co->up) {
        weft__child_ended(weft__handle_of(co));
    } else {
        root_ended(task);
    }
}

// The first step leaves something, or its task is in other memory than the first.
static __attribute__((noinline)) uint32_t begun(weft_task *task, uint32_t how)
{
    if (weft__task_go_on) {
        bool leaves = !WEFT__SHORT || how != WEFT__RUNNING || !weft__task_is_plain(task);
        return leaves ? weft__task_go_on(task, how) : weft__task_end_plainly(task);
    }
    coro_ended(task, weft__task_root(task), how); // nothing is linked that could have left more
    root_ended(task);
    return weft__task_end(task);
}

uint32_t weft__task_begin(weft_task *task, weft_export *from, weft_step *run)
{
    WEFT__TRACE_TASK(task, START);
    weft__defaults_clear();
    weft__count_call(from, 1);
    WEFT__TRACE_CORO(weft__task_root(task), RESUME);
    WEFT__TRACE_STACK_BEGIN();
    uint32_t how = run(weft__task_root(task)).how;
    WEFT__TRACE_STACK_END();
    if (WEFT__SHORT && how >= WEFT__LEFT_BY_AWAIT && weft__task_go_on)
        return weft__task_go_on(task, how);
    if (WEFT_TRACE || !WEFT__SHORT || how != WEFT__RUNNING || weft__task_word(task) != WEFT__PLAIN(WEFT__FIRST))
        return begun(task, how);
    keep_first(task);
    weft__count_call(from, -1);
    return WEFT_CALLBACK_EXIT;
}

__attribute__((weak)) uint32_t weft__task_begin_offered(weft_task *task, weft_export *from, weft_step *run)
{
    return weft__task_begin(task, from, run);
}

uint32_t weft_task_start(weft_task *task, weft_export *from, weft_step *run)
{
    return weft__task_begin_offered(task, from, run);
}

void weft_backpressure_inc(void)
{
    __backpressure_inc();
}

void weft_backpressure_dec(void)
{
    __backpressure_dec();
}
