// The dump: who waits, where, on what. It allocates nothing and asks the host for nothing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/scope.h>
#include "inspect.h"
#include "internal.h"

void weft__add_place(weft__text *line, const weft_coro *co)
{
#if WEFT_TRACE
    weft__add_spot(line, co->place);
#else
    // The function has no name at run time, but a number: on wasm, its index in the table.
    weft__add(line, "step function ");
    weft__add_number(line, (uintptr_t)co->run);
    weft__add(line, " at line ");
    weft__add_number(line, co->line);
#endif
}

// Tells of a fiber its name, and in a build that knows it, how much of its stack was used.
static void add_fiber(weft__text *line, const weft_coro *co)
{
    const char *name;
    size_t used, size;
    if (!weft__fiber_shown || !weft__fiber_shown(co, &name, &used, &size))
        return;
    weft__add(line, ", fiber ");
    weft__add(line, name);
#if WEFT_TRACE
    weft__add(line, ", ");
    weft__add_number(line, used);
    weft__add(line, " of ");
    weft__add_number(line, size);
    weft__add(line, " bytes of its stack used");
#endif
}

static void show_coro(const weft_coro *co, uint32_t depth)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft:   ");
    for (uint32_t i = 0; i < depth && i < 16; i++)
        weft__add(&line, "  ");
    if (co->state < WEFT__RUNNING && !co->line) {
        weft__add(&line, "a coroutine that has not begun");
    } else {
        weft__add_place(&line, co);
        if (co->state == WEFT__RUNNING) {
            weft__add(&line, ": running");
        } else if (co->state < WEFT__RUNNING) {
            weft__add(&line, ": ready");
        } else {
            weft__add(&line, co->state <= WEFT__ON_SELECT ? ": waits for " : ": waits in ");
            weft__add_wait(&line, co);
#if WEFT_TRACE
            weft__add(&line, ", since turn ");
            weft__add_number(&line, co->since);
#endif
        }
    }
    if (co->flags & WEFT__CANCEL)
        weft__add(&line, co->flags & WEFT__UNWIND ? ", cancelled" : ", to be cancelled");
    if (co->flags & WEFT__FINALLY)
        weft__add(&line, ", in its finaliser");
    add_fiber(&line, co);
    weft__report_line(&line);
}

// A root or a spawned coroutine, and what it calls.
static void show_chain(const weft_coro *head)
{
    uint32_t depth = 0;
    for (const weft_coro *co = head;; co = co->on.child) {
        show_coro(co, depth++);
        if (co->state != WEFT__ON_CHILD)
            return;
    }
}

static void show_unawaited(const weft_task *task)
{
    for (weft_op *op = weft__op_next(NULL); op; op = weft__op_next(op)) {
        if (op->task != task || op->waiter)
            continue;
        weft__text line;
        line.length = 0;
        weft__add(&line, "weft:   ");
        weft__add_op(&line, op);
        weft__add(&line, op->cancel       ? ": nobody waits for it"
                         : op->status & 7 ? ": a default on its way"
                                          : ": foreign code waits for it");
        weft__report_line(&line);
    }
}

static void show_task(const weft_task *task)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft: task ");
#if WEFT_TRACE
    weft__add_number(&line, task->number);
    weft__add(&line, " ");
#endif
    weft__add(&line, task->from->name);
    weft__add(&line, task->yielded ? ": yields" : task->asleep & 1 ? ": asleep" : ": awake");
    weft__add(&line, task->returned ? ", has returned" : "");
    weft__add(&line, task->flags & WEFT__TASK_CANCELLED ? ", cancelled" : "");
    weft__add(&line, ", ");
    weft__add_number(&line, task->in_flight + !!task->alone);
    weft__add(&line, " in flight, ");
    weft__add_number(&line, task->children);
    weft__add(&line, " spawned");
    weft__report_line(&line);
}

#if WEFT_TRACE

void weft_dump(void)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft: dump in turn ");
    weft__add_number(&line, weft__trace_turn);
    weft__add(&line, weft__trace_newest ? ":" : ": no tasks");
    weft__report_line(&line);
    const weft_task *task = weft__trace_newest;
    while (task && task->older)
        task = task->older;
    for (; task; task = task->newer) {
        show_task(task);
        if (task->root)
            show_chain(task->root);
        const weft_child *child = task->spawned;
        while (child && child->older)
            child = child->older;
        for (; child; child = child->newer)
            show_chain(child->co);
        show_unawaited(task);
    }
}

#else

enum { SHOWN = 2 }; // a bit of `asleep`, which the next turn clears in any case

bool weft__op_needs_table(void)
{
    return true;
}

// The root; NULL if it has ended, and in weft_block_on, whose root is the caller's.
static const weft_coro *root_of(const weft_task *task)
{
    bool has_root = task->from->run && !(task->flags & WEFT__ROOT_ENDED);
    return has_root ? (const weft_coro *)(task + 1) : NULL;
}

static void show_head(const weft_coro *leaf, const weft_task *task)
{
    const weft_coro *head = weft__head_of(leaf);
    if (head != root_of(task))
        show_chain(head);
}

static void show_queue(const weft_coro *last, const weft_task *task)
{
    const weft_coro *co = last;
    while (co) {
        co = co->next;
        show_head(co, task);
        if (co == last)
            return;
    }
}

// True where the waiter of `op` is to be shown: at the first of the operations that it waits for, or at the
// first of its cases that waits for an operation.
static bool is_first(const weft_op *op)
{
    const weft_coro *co = op->waiter;
    for (int32_t before = co->flags & WEFT__CASE ? co->code : 0; before; before--)
        if ((co - before)->state >= WEFT__ON_OP && (co - before)->state <= WEFT__ON_ANY)
            return false;
    return co->state != WEFT__ON_ANY || co->on.any->ops[0] == op;
}

void weft_dump(void)
{
    for (weft_op *first = weft__op_next(NULL); first; first = weft__op_next(first)) {
        weft_task *task = first->task;
        if (task->asleep & SHOWN)
            continue;
        task->asleep |= SHOWN;
        show_task(task);
        if (root_of(task))
            show_chain(root_of(task));
        for (weft_op *op = weft__op_next(NULL); op; op = weft__op_next(op))
            if (op->task == task && op->waiter && is_first(op))
                show_head(op->waiter, task);
        show_queue(task->ready, task);
        show_queue(task->yielded, task);
        show_unawaited(task);
    }
    for (weft_op *op = weft__op_next(NULL); op; op = weft__op_next(op))
        op->task->asleep &= (uint8_t)~SHOWN;
}

#endif
