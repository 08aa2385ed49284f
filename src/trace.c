// What a build with WEFT_TRACE keeps in addition, and what it tells the hooks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/scope.h>
#include "inspect.h"
#include "internal.h"

#if WEFT_TRACE

weft_task *weft__trace_newest;
uint32_t weft__trace_turn;

static const weft_place *running;

void weft__trace_running(weft__text *to)
{
    if (!running)
        return;
    weft__add(to, " (in ");
    weft__add_spot(to, running);
    weft__add(to, ")");
}

static void add(weft_task *task)
{
    static uint32_t started;
    task->number = ++started;
    task->root = NULL;
    task->spawned = NULL;
    task->newer = NULL;
    task->older = weft__trace_newest;
    if (weft__trace_newest)
        weft__trace_newest->newer = task;
    weft__trace_newest = task;
}

static void take_out(weft_task *task)
{
    if (task->newer)
        task->newer->older = task->older;
    else
        weft__trace_newest = task->older;
    if (task->older)
        task->older->newer = task->newer;
}

void weft__trace_task(weft_task *task, weft_trace_what what)
{
    if (what == WEFT_TRACE_START)
        add(task);
    if (what == WEFT_TRACE_START || what == WEFT_TRACE_RESUME)
        weft__trace_turn++;
    if (what != WEFT_TRACE_CANCEL && what != WEFT_TRACE_RETURN)
        running = NULL;
    weft_trace_task(task, what);
    if (what == WEFT_TRACE_END)
        take_out(task);
}

void weft__trace_coro(weft_coro *co, weft_trace_what what)
{
    bool is_root = !co->up;
    if (what == WEFT_TRACE_START || what == WEFT_TRACE_RESUME)
        running = what == WEFT_TRACE_START || co->line ? co->place : NULL;
    switch (what) {
    case WEFT_TRACE_START:
        if (is_root)
            co->task->root = co;
        break;
    case WEFT_TRACE_END:
        if (is_root)
            co->task->root = NULL;
        break;
    case WEFT_TRACE_WAIT:
        co->since = weft__trace_turn;
        break;
    case WEFT_TRACE_RESUME:
    case WEFT_TRACE_WAKE:
    case WEFT_TRACE_CANCEL:
        if (!co->line)
            return; // it has not begun
        break;
    case WEFT_TRACE_RETURN: // not covered: of tasks only
        break;
    }
    weft_trace_coro(co, what);
}

void weft__trace_op(weft_op *op, weft_trace_what what, uint32_t status)
{
    weft_trace_op(op, what, status);
}

void weft__trace_spawned(weft_child *child)
{
    weft_task *task = child->co->task;
    child->newer = NULL;
    child->older = task->spawned;
    if (task->spawned)
        task->spawned->newer = child;
    task->spawned = child;
}

void weft__trace_ended(weft_child *child)
{
    if (child->newer)
        child->newer->older = child->older;
    else
        child->co->task->spawned = child->older;
    if (child->older)
        child->older->newer = child->newer;
}

const char *weft_trace_task_name(const weft_task *task)
{
    return task->from->name;
}

uint32_t weft_trace_task_number(const weft_task *task)
{
    return task->number;
}

const weft_place *weft_trace_place(const weft_coro *co)
{
    return co->state == WEFT__READY && !co->line ? NULL : co->place;
}

const weft_coro *weft_trace_head(const weft_coro *co)
{
    return weft__head_of(co);
}

const char *weft_trace_op_kind(const weft_op *op)
{
    return weft__op_kind(op);
}

uint32_t weft_trace_op_handle(const weft_op *op)
{
    return op->handle;
}

size_t weft_trace_wait(const weft_coro *co, char *text, size_t size)
{
    weft__text wait;
    wait.length = 0;
    if (co->state >= WEFT__ON_OP)
        weft__add_wait(&wait, co);
    size_t length = wait.length < size ? wait.length : size - 1;
    __builtin_memcpy(text, wait.text, length);
    text[length] = 0;
    return length;
}

#endif
