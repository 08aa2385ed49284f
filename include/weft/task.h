// Component tasks: from the call of an export to its end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An export's call makes a task, which is one allocation with its root coroutine's frame, and runs the root.
// The task lives until the root has ended, which may be long after it returned its value, and until every
// default that a closed future's writer left behind has been delivered. It asks the host for a waitable set at
// its first real wait, and for its context slot when it first suspends. Spec: canon lift, canon task.return.
#ifndef WEFT_TASK_H
#define WEFT_TASK_H

#include "abi.h"
#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// An async export: made by WEFT_EXPORT (bindgen.h), one per export, static. Keeps ended tasks for reuse.
typedef struct weft_export {
    const char *name;
    weft_step *run;
    size_t frame_size; // bytes
    weft_task *pool;
    uint32_t pooled;          // tasks in the pool
    struct weft_export *next; // of all that have a pool
    bool listed;
} weft_export;

// A task; its root's frame follows it. All fields are private.
struct weft_task {
    weft_coro *ready;   // queue: can run now
    weft_coro *yielded; // queue: can run after the host's turn
    union {
        weft_export *from;
        weft_task *next; // in the pool
    } link;
    uint32_t set;        // the waitable set; 0 until first needed, and kept for the next task
    uint32_t members;    // handles in the set
    uint32_t in_flight;  // operations
    uint32_t background; // of those, the ones that nobody waits for, by design
    uint8_t flags;
} __attribute__((aligned(16)));

enum {
    WEFT__IN_CONTEXT = 1,     // the context slot points here
    WEFT__AWAKE = 2,          // inside a call or callback of the host
    WEFT__RETURNED = 4,       // by task.return or task.cancel
    WEFT__TASK_CANCELLED = 8, // the host said CANCEL
    WEFT__ROOT_ENDED = 16,
    WEFT__OVER = 32 // ended, but for the members of its set
};

// Room for the frame of a new task's root, for weft_task_start; NULL if there is no memory.
void *weft_task_new(weft_export *from);

// Runs the root and answers the host's call. root: what weft_task_new gave, zeroed but for its parameters.
uint32_t weft_task_start(void *root);

// Answers a callback of the host. Spec: canon lift, the callback option.
uint32_t weft_task_callback(uint32_t event, uint32_t waitable, uint32_t code);

// Runs an async function to its end on the machine stack, for exports that the host calls synchronously. The
// frame is the caller's, zeroed but for its parameters. Other tasks of this component stand still meanwhile,
// save that the host's events are delivered, also while the coroutine only yields. In an export whose type is
// not async the host traps when it has to wait for real. WEFT_UNFINISHED, and nothing done, if there is no
// memory. Spec: waitable-set.wait, thread.yield.
weft_outcome weft_block_on(weft_coro *root, weft_step *run);

// Lets the host take its turn without leaving the C stack: no other callback of this component runs.
// Spec: thread.yield.
void weft_yield_blocking(void);

// Backpressure up: the host starts no further async call into this component until as many downs came.
// Sync exports, and events of tasks that have started, still come. At most 65535. Spec: backpressure.{inc,dec}.
void weft_backpressure_inc(void);
void weft_backpressure_dec(void);

// Gives idle memory and idle waitable sets of ended tasks back.
void weft_trim(void);

// Private: `task` is about to return a value for `from`.
static inline void weft__task_return(weft_task *task, const weft_export *from)
{
    WEFT__CHECK(task->link.from != from, wrong_export, from->name, 0);
    WEFT__CHECK(task->flags & WEFT__RETURNED, second_result, from->name, 0);
    (void)from;
    task->flags |= WEFT__RETURNED;
}

// Private: the set that `task` waits on, made when first needed.
uint32_t weft__task_set(weft_task *task);
// Private: `task` loses a member of its set.
void weft__task_leave(weft_task *task);

#ifdef __cplusplus
}
#endif

#endif
