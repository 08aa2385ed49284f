// Component tasks: their memory, their start, and their end. What is between is in turn.c.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/op.h>
#include <weft/task.h>

// NULL if nothing is linked that needs them.
#pragma weak weft__task_scopes_free
#pragma weak weft__child_ended
#pragma weak weft__task_go_on
#pragma weak weft__task_rouse_end
#pragma weak weft__task_rouse_leave
#pragma weak weft__task_rouse_trim
#pragma weak weft__op_trim
#pragma weak weft__task_offer_trim

// Ended tasks that an export keeps for reuse, at most.
enum { KEPT = 32 };

static weft_export no_more;
static weft_export *exports = &no_more; // that have kept some

static void dispose(weft_task *task)
{
    weft_export *from = task->from;
    if (task->flags & WEFT__KEPT)
        from->kept--;
    if (task->rouse.bell)
        weft__task_rouse_leave(task);
    if (task->wait)
        __waitable_set_drop(task->wait >> 4);
    if (task == from->first)
        from->first_taken = false;
    else
        weft_free(task, sizeof *task + from->frame_size);
}

// The task's memory and set wait for the next call of its export. In a pool all is as for a start.
static inline void keep(weft_task *task, weft_export *from)
{
    weft_coro *root = weft__task_root(task);
    task->returned = 0;
    WEFT__KEEP_FRAME(root + 1, from->frame_size - sizeof *root);
    root->next = from->pool;
    from->pool = root;
}

void weft__task_recycle(weft_task *task)
{
    if (task->flags & WEFT__KEPT) {
        weft__task_root(task)->resume = 0;
        task->asleep = false;
        task->flags = WEFT__KEPT;
        keep(task, task->from);
    } else {
        dispose(task);
    }
}

static void trim(weft_coro **pool)
{
    for (weft_coro *root; (root = *pool);) {
        *pool = root->next;
        WEFT__TAKE_FRAME(root + 1, root->task->from->frame_size - sizeof *root);
        dispose(root->task);
    }
}

void weft_trim(void)
{
    for (weft_export *from = exports; from != &no_more; from = from->next)
        trim(&from->pool);
    if (weft__task_rouse_trim)
        weft__task_rouse_trim();
    if (weft__op_trim)
        weft__op_trim();
    if (weft__task_offer_trim)
        weft__task_offer_trim();
}

static weft_task *block_for(weft_export *from)
{
    if (!from->first || from->first_taken)
        return weft_alloc(sizeof(weft_task) + from->frame_size);
    from->first_taken = true;
    return from->first;
}

static weft_task *make(weft_export *from)
{
    weft_task *task = block_for(from);
    if (!task)
        return NULL;
    *task = (weft_task){.from = from};
    weft_coro *root = weft__task_root(task);
    *root = (weft_coro){.run = from->run, .task = task};
    if (from->kept == KEPT)
        return task;
    task->flags = WEFT__KEPT;
    from->kept++;
    if (!from->next) {
        from->next = exports;
        exports = from;
    }
    return task;
}

void *weft__task_make(weft_export *from)
{
    weft_task *task = make(from);
    return task ? weft__task_root(task) : NULL;
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
    task->flags = WEFT__OVER | (task->flags & WEFT__KEPT);
    if (!task->members)
        weft__task_recycle(task);
    return WEFT_CALLBACK_EXIT;
}

uint32_t weft__task_end_plainly(weft_task *task)
{
    weft_export *from = task->from;
    weft__task_root(task)->resume = 0;
    task->flags = WEFT__KEPT;
    keep(task, from);
    weft__count_call(from, -1);
    return WEFT_CALLBACK_EXIT;
}

__attribute__((weak)) void weft__count_call(weft_export *from, int by)
{
    (void)from;
    (void)by;
}

// The root has ended.
static void resolve(weft_task *task)
{
    task->flags |= WEFT__ROOT_ENDED;
    if (task->returned)
        return;
    WEFT__CHECK(!(task->flags & WEFT__TASK_CANCELLED), no_result, task->from->name, 0);
    task->returned = 1;
    __task_cancel();
}

void weft__coro_end(weft_task *task, weft_coro *co, uint32_t how)
{
    (void)how;
    WEFT__CHECK((how & 0xff) <= WEFT__ENDED, stray_return, task->from->name, 0);
    WEFT__CHECK(co->state != WEFT__RUNNING, not_running, "WEFT_END", 0);
    co->state = WEFT__ENDED;
    WEFT__TRACE_CORO(co, END);
    WEFT__CHECK(co->flags & WEFT__BINDS, still_bound, task->from->name, 0);
    weft_coro *parent = weft__parent_of(co);
    if (parent) {
        parent->state = WEFT__READY;
        weft__queue_push_front(&task->ready, parent);
    } else if (co->up) {
        weft__child_ended(weft__handle_of(co));
    } else {
        resolve(task);
    }
}

uint32_t weft__task_begin(weft_coro *root, weft_export *from, weft_step *run)
{
    root->line = 0;
    root->state = WEFT__RUNNING;
    root->flags = 0;
    WEFT__TRACE_TASK(root->task, START);
    weft__count_call(from, 1);
    WEFT__TRACE_CORO(root, RESUME);
    uint32_t how = run(root).pending;
    weft_task *task = root->task;
    if (__builtin_expect(how == WEFT__RUNNING && weft__task_is_plain(task), 1)) {
        keep(task, from);
        weft__count_call(from, -1);
        return WEFT_CALLBACK_EXIT;
    }
    if (weft__task_go_on)
        return weft__task_go_on(task, how);
    weft__coro_end(task, root, how); // nothing is linked that could have left more
    return weft__task_end(task);
}

__attribute__((weak)) uint32_t weft__task_begin_offered(weft_coro *root, weft_export *from, weft_step *run)
{
    return weft__task_begin(root, from, run);
}

uint32_t weft_task_start(void *root, weft_export *from, weft_step *run)
{
    return weft__task_begin_offered(root, from, run);
}

void weft_backpressure_inc(void)
{
    __backpressure_inc();
}

void weft_backpressure_dec(void)
{
    __backpressure_dec();
}
