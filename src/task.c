// Component tasks: their start and their end. turn.c has what is between, pool.c their memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "internal.h"

// The defaults if limit.c or future.c is not linked.
WEFT__WEAK void weft__count_call(weft_export *from, int by)
{
    (void)from;
    (void)by;
}

WEFT__WEAK void weft__defaults_clear(void)
{
}

// The defaults if watch.c is not linked.
WEFT__WEAK uint32_t weft__run(weft_coro *co, weft_step *run)
{
    return run(co).how;
}

WEFT__WEAK void weft__turn_begins(void)
{
}

// A stream's end may outlive the task that last waited on it. Then the set that it is in lives on, too.
uint32_t weft__task_end(weft_task *task)
{
    WEFT__TRACE_TASK(task, END);
    if (task->flags & (WEFT__ROUSED | WEFT__QUEUED))
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

// `co` has ended; its step returned `how`: the state in the low 8 bits, and the flags.
static inline void coro_ended(weft_task *task, weft_coro *co, uint32_t how)
{
    if (__builtin_expect((how & (0xff | WEFT__BINDS << 8)) != WEFT__RUNNING, 0)) { // misuse
        WEFT__CHECK((how & 0xff) <= WEFT__ENDED, stray_return, task->from->name, 0);
        WEFT__CHECK((how & 0xff) != WEFT__RUNNING, not_running, "WEFT_END", 0);
        WEFT__CHECK(true, still_bound, task->from->name, 0);
    }
    (void)task;
    (void)how;
    co->state = WEFT__ENDED;
    WEFT__TRACE_CORO(co, END);
}

static inline void root_ended(weft_task *task)
{
    task->flags |= WEFT__ROOT_ENDED;
    WEFT__TRACE_FRAME_ENDS(weft__task_root(task), task->from->run ? task->from->frame_size : 0);
    if (task->returned)
        return;
    int32_t failure = weft_failure(weft__task_root(task));
    WEFT__CHECK(!(task->flags & WEFT__TASK_CANCELLED) && failure, failed_result, task->from->name,
                (uint32_t)failure);
    WEFT__CHECK(!(task->flags & WEFT__TASK_CANCELLED), no_result, task->from->name, 0);
    (void)failure;
    task->returned = 1;
    __task_cancel();
}

void weft__coro_end(weft_task *task, weft_coro *co, uint32_t how)
{
    coro_ended(task, co, how);
    if (weft__is_spawned(co)) {
        weft__child_ended(task, co);
    } else if (weft__parent_of(co)) {
        weft__parent_of(co)->state = WEFT__READY;
        weft__queue_push_front(&task->ready, weft__parent_of(co));
    } else {
        root_ended(task);
    }
}

// The general way: something remains after the first step, or its task is not in the static memory.
static __attribute__((noinline)) uint32_t begun(weft_task *task, uint32_t how)
{
    if (weft__task_go_on) {
        bool remains = !WEFT__SHORT || how != WEFT__RUNNING || !weft__task_is_plain(task);
        return remains ? weft__task_go_on(task, how) : weft__task_end_plainly(task);
    }
    coro_ended(task, weft__task_root(task), how); // turn.c is not linked, so nothing can remain
    root_ended(task);
    return weft__task_end(task);
}

uint32_t weft__task_begin(weft_task *task, weft_export *from, weft_step *run, bool first)
{
    WEFT__TRACE_TASK(task, START);
    weft__defaults_clear();
    weft__count_call(from, 1);
    WEFT__TRACE_CORO(weft__task_root(task), RESUME);
    WEFT__TRACE_STACK_BEGIN();
    weft__turn_begins();
    uint32_t how = weft__run(weft__task_root(task), run);
    WEFT__TRACE_STACK_END();
    if (WEFT__SHORT && (!first || how >= WEFT__AT_AWAIT) && weft__task_go_on)
        return weft__task_go_on(task, how);
    if (WEFT_TRACE || !WEFT__SHORT || how != WEFT__RUNNING || weft__task_word(task) != WEFT__PLAIN(WEFT__FIRST))
        return begun(task, how);
    weft__task_keep_first(task);
    weft__count_call(from, -1);
    return WEFT_CALLBACK_EXIT;
}

WEFT__WEAK uint32_t weft__task_begin_offered(weft_task *task, weft_export *from, weft_step *run, bool first)
{
    return weft__task_begin(task, from, run, first);
}

uint32_t weft_task_start(weft_task *task, weft_export *from, weft_step *run)
{
    return weft__task_begin_offered(task, from, run, true);
}

__attribute__((noinline)) uint32_t weft__task_start_made(weft_task *task, weft_export *from, weft_step *run)
{
    return weft__task_begin_offered(task, from, run, false);
}

void weft_backpressure_inc(void)
{
    __backpressure_inc();
}

void weft_backpressure_dec(void)
{
    __backpressure_dec();
}
