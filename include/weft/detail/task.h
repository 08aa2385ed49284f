// A task, and what is inline of it. Included by task.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_TASK_H
#define WEFT_DETAIL_TASK_H

// All in order, for C++ before 20.
#define WEFT__EXPORT(name, step, frame, first)                                                                 \
    {(name), (step), sizeof(frame), (first), NULL, 0, NULL, false, 0, 0}

// A task; its root's frame follows it. All fields are private.
struct weft_task {
    weft_coro *ready;   // queue: can run now
    weft_coro *yielded; // queue: can run after the host's turn
    weft_coro *alone;   // waits for an operation that is in no table: see op.c
    uint32_t wait;      // the answer WAIT with the waitable set; 0 until first needed, kept for the next task
    uint32_t in_flight; // operations in the tables
    uint32_t
        children; // spawned coroutines that have not ended, and operations that nobody waits for, by design
    uint32_t sleepers; // coroutines that another task may wake
    weft_export *from;
    union {
        struct weft__bell *bell;     // over which another task rouses this one, if any
        weft_task *next;             // that waits for a bell
        struct weft__op_table *lent; // of an embedded one: its operations in flight
    } rouse;
    struct weft__task_scopes *scopes; // NULL until first needed
    WEFT__TRACE_TASK_FIELDS
    // Read as one word; and the bytes are written as one with the first of the root's header.
    uint32_t members; // ends in the set, clones that foreign code holds, and a place in the queue for a bell
    uint8_t
        asleep; // 1: until an event; who makes a coroutine of it ready must rouse it. A dump has a bit of it
    uint8_t returned; // 1: by task.return or task.cancel
    uint8_t flags;
    uint8_t idle; // 1: static memory that no task is in
} __attribute__((aligned(16)));

enum {
    WEFT__FIRST = 1,          // in its export's static memory
    WEFT__TASK_CANCELLED = 2, // the host said CANCEL, or the foreign task dropped it
    WEFT__ROOT_ENDED = 4,
    WEFT__OVER = 8,      // ended, but for the members of its set
    WEFT__ROUSED = 16,   // asleep, and the event that ends it is on its way
    WEFT__QUEUED = 32,   // roused, but no bell is free: it waits for one
    WEFT__EMBEDDED = 64, // in a foreign task, and without a set
    WEFT__LEAVES = 128   // something but a member is to be looked after when the root has ended
};

static inline bool weft_returned(const weft_coro *co)
{
    return co->task->returned;
}

static inline weft_coro *weft__task_root(weft_task *task)
{
    return (weft_coro *)(task + 1);
}

// Private: idle memory becomes a task.
static inline weft_task *weft__task_take(weft_task *task, uint8_t flags)
{
    weft_coro *root = weft__task_root(task);
    WEFT__TAKE_FRAME(root + 1, task->from->frame_size - sizeof *root);
    task->asleep = 0;
    task->returned = 0;
    task->flags = flags;
    task->idle = 0;
    weft__begin(root, WEFT__RUNNING);
    return task;
}

// Private: the same when the first is not idle: it is taken, or has never been used.
weft_task *weft__task_make(weft_export *from);

static inline weft_task *weft_task_new(weft_export *from, weft_task *first)
{
    if (__builtin_expect(!first->idle, 0))
        return weft__task_make(from);
    return weft__task_take(first, WEFT__FIRST);
}

// Private: `task` is about to return a value for `from`.
static inline void weft__task_return(weft_task *task, const weft_export *from)
{
    WEFT__CHECK(task->from != from, wrong_export, from->name, 0);
    WEFT__CHECK(task->returned, second_result, from->name, 0);
    (void)from;
    task->returned = 1;
    WEFT__TRACE_TASK(task, RETURN);
}

#endif
