// A task, and what is inline of it. Included by task.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_TASK_H
#define WEFT_DETAIL_TASK_H

// The fields in their order: C++ before 20 has no names for them.
#define WEFT__EXPORT(name, step, frame, first)                                                                 \
    {(name), (step), sizeof(frame), (first), NULL, 0, NULL, false, 0, 0}

// A task. The frame of its root follows it in memory, so it is aligned as a frame. Its memory is kept for the
// next call when it has ended.
struct weft_task {
    weft_coro *ready;   // the queue of those that can run now
    weft_coro *yielded; // the queue of those that can run after the host's turn
    weft_coro *alone;   // the coroutine whose operation is the only one in flight, and in no table: see op.c
    uint32_t wait;      // what the task answers to wait: WAIT, with its set. 0: it has no set yet
    uint32_t in_flight; // the number of its operations in the table
    uint32_t children;  // spawned coroutines that have not ended, and operations that no coroutine may wait for
    uint32_t sleepers;  // coroutines that another task may wake
    weft_export *from;
    union {                          // how the task is woken while it is asleep; see wake.c
        struct weft__bell *bell;     // the bell in its set
        weft_task *next;             // the next in the queue for a bell, if it is in that
        struct weft__op_table *lent; // its operations in flight, if it is embedded: then it has no bell
    } rouse;
    struct weft__task_scopes *scopes; // NULL until first needed
    WEFT__TRACE_TASK_FIELDS
    // The rest is read as one word: see weft__task_word. The four bytes are set together.
    uint32_t members; // what keeps the set: ends in it, clones that foreign code holds, a place in the queue
                      // for a bell
    uint8_t asleep;   // 1: the host calls it only for an event, so whoever readies a coroutine rouses it
    uint8_t returned; // 1: its caller has an answer, by task.return or task.cancel
    uint8_t flags;
    uint8_t idle; // 1: this is an export's static memory, and no task is in it
} __attribute__((aligned(16)));

enum {
    WEFT__FIRST = 1,          // it is in its export's static memory
    WEFT__TASK_CANCELLED = 2, // the host said CANCEL, or the foreign task dropped it
    WEFT__ROOT_ENDED = 4,
    WEFT__OVER = 8,      // it has ended; its memory waits while its set has members
    WEFT__ROUSED = 16,   // the event that wakes it from its sleep is on its way
    WEFT__QUEUED = 32,   // it is to be roused, and waits for a bell in the queue
    WEFT__EMBEDDED = 64, // it is inside of a foreign task, and has no set
    WEFT__HAD_MORE = 128 // it has had more than a root, so more may remain when the root ends
};

static inline bool weft_returned(const weft_coro *co)
{
    return co->task->returned;
}

static inline weft_coro *weft__task_root(weft_task *task)
{
    return (weft_coro *)(task + 1);
}

// Makes a task in memory that is kept.
static inline weft_task *weft__task_reuse(weft_task *task, uint8_t flags)
{
    weft_coro *root = weft__task_root(task);
    WEFT__REUSE_FRAME(root + 1, task->from->frame_size - sizeof *root);
    task->asleep = 0;
    task->returned = 0;
    task->flags = flags;
    task->idle = 0;
    weft__begin(root, WEFT__RUNNING);
    return task;
}

// The same where the static memory is not idle: another task is in it, or none has ever been.
weft_task *weft__task_make(weft_export *from);

// weft_task_start for such a task, out of the way of the usual one.
uint32_t weft__task_start_made(weft_task *task, weft_export *from, weft_step *run);

static inline weft_task *weft_task_new(weft_export *from, weft_task *first)
{
    if (__builtin_expect(!first->idle, 0))
        return weft__task_make(from);
    return weft__task_reuse(first, WEFT__FIRST);
}

// `task` is about to return a value for `from`.
static inline void weft__task_return(weft_task *task, const weft_export *from)
{
    WEFT__CHECK(task->from != from, wrong_export, from->name, 0);
    WEFT__CHECK(task->returned, second_result, from->name, 0);
    (void)from;
    task->returned = 1;
    WEFT__TRACE_TASK(task, RETURN);
}

#endif
