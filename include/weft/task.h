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
    bool full;       // backpressure is up for it
    uint32_t limit;  // of concurrent calls; 0: none
    uint32_t active; // calls that have not ended, counted with weft_limit_calls only
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
    uint32_t members;    // handles in the set, and clones that foreign code holds
    uint32_t in_flight;  // operations
    uint32_t children;   // spawned coroutines that have not ended, and registrations of foreign code
    uint32_t sleepers;   // coroutines that another task may wake
    uint16_t background; // of the operations, those that nobody waits for, by design
    uint16_t flags;
    uint32_t wake_reader; // the stream over which another task rouses this one; 0 until first needed
    uint32_t wake_writer;
    struct weft__task_scopes *scopes; // NULL until first needed
    WEFT__TRACE_TASK_FIELDS
} __attribute__((aligned(16)));

enum {
    WEFT__IN_CONTEXT = 1,     // the context slot points here
    WEFT__AWAKE = 2,          // inside a call or callback of the host
    WEFT__RETURNED = 4,       // by task.return or task.cancel
    WEFT__TASK_CANCELLED = 8, // the host said CANCEL
    WEFT__ROOT_ENDED = 16,
    WEFT__OVER = 32,     // ended, but for the members of its set
    WEFT__YIELDING = 64, // asleep until the host's next turn
    WEFT__ROUSED = 128,  // asleep, and the event that ends it is on its way
    WEFT__EMBEDDED = 256 // in a foreign task, and without a set
};

// Room for the frame of a new task's root, for weft_task_start; NULL if there is no memory.
void *weft_task_new(weft_export *from);

// Runs the root and answers the host's call. root: what weft_task_new gave, zeroed but for its parameters.
uint32_t weft_task_start(void *root);

// Answers a callback of the host. Spec: canon lift, the callback option.
uint32_t weft_task_callback(uint32_t event, uint32_t waitable, uint32_t code);

// Runs an async function to its end on the machine stack, for exports that the host calls synchronously. The
// frame is the caller's, zeroed but for its parameters. The host's events are delivered, also while the
// coroutine only yields; other tasks of this component stand still meanwhile, but see weft_yield_blocking for
// its yields. In an export whose type is not async the host traps when it has to wait for real. It comes back
// when the default of a future that the coroutine closed has been taken, too: hand the readable end to a call,
// not to the export's own result. WEFT_UNFINISHED, and nothing done, if there is no memory. Spec:
// waitable-set.wait, thread.yield.
weft_outcome weft_block_on(weft_coro *root, weft_step *run);

// Lets the host take its turn without leaving the C stack. In an export whose type is async no other callback
// of this component runs meanwhile; in one whose type is not, they do, on top of the caller's stack. Does
// nothing while another blocking call of this component is on the stack. Spec: thread.yield.
void weft_yield_blocking(void);

// Backpressure up: the host starts no further async call into this component until as many downs came.
// Sync exports, and events of tasks that have started, still come. At most 65535. Spec: backpressure.{inc,dec}.
void weft_backpressure_inc(void);
void weft_backpressure_dec(void);

// At most `limit` calls of an export at a time; 0 is no limit, and how it starts. At the limit, backpressure
// goes up for the whole component, and below it down again, so that memory stays bounded under load. May be
// changed at any time: what runs then counts, and runs on. Spec: backpressure.{inc,dec}. WEFT_LIMIT(export,
// limit) takes the export's name.
void weft_limit_calls(weft_export *it, uint32_t limit);
#define WEFT_LIMIT(export, limit)                                                                              \
    do {                                                                                                       \
        extern weft_export export##__weft;                                                                     \
        weft_limit_calls(&export##__weft, (limit));                                                            \
    } while (0)

// True if the caller of the task of `co` has its answer: by WEFT_RETURN, or by a cancel. A coroutine that goes
// on after the root asks before it returns a value.
static inline bool weft_returned(const weft_coro *co)
{
    return co->task->flags & WEFT__RETURNED;
}

// Gives idle memory and idle waitable sets of ended tasks back.
void weft_trim(void);

// Private: `task` is about to return a value for `from`.
static inline void weft__task_return(weft_task *task, const weft_export *from)
{
    WEFT__CHECK(task->link.from != from, wrong_export, from->name, 0);
    WEFT__CHECK(task->flags & WEFT__RETURNED, second_result, from->name, 0);
    (void)from;
    task->flags |= WEFT__RETURNED;
    WEFT__TRACE_TASK(task, RETURN);
}

// Private: the task's own scopes; linked only with weft_task_spawn.
void weft__task_scopes_cancel(weft_task *task);
void weft__task_scopes_free(weft_task *task);
// Private: a spawned coroutine has ended; linked only with scope.h.
void weft__child_ended(weft_child *child);

// Private: linked only with weft_limit_calls.
void weft__limit_changed(weft_export *it);

// Private: runs `task` from an event on, and answers the host.
uint32_t weft__task_run(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code);
// Private: the same, offering it to foreign code meanwhile; linked only with wasip3_task.h.
uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code);
void weft__task_offer_trim(void);

// Private: what weft_embedded and task.c do for each other; linked only with the former. Registers an operation
// in flight with the foreign task, takes it out, wakes the foreign task.
void weft__embedded_join(weft_task *task, weft_op *op);
void weft__embedded_leave(weft_task *task, weft_op *op);
void weft__embedded_wake(weft_task *task);
// Runs what is ready, and those who yielded; true if the task is over.
bool weft__task_run_embedded(weft_task *task);

// Private: the set that `task` waits on, made when first needed.
uint32_t weft__task_set(weft_task *task);
// Private: sees to it that the host calls a task back that waits; a task that is awake is not touched.
void weft__task_rouse_asleep(weft_task *task);

static inline void weft__task_rouse(weft_task *task)
{
    if (__builtin_expect(!(task->flags & (WEFT__AWAKE | WEFT__YIELDING | WEFT__OVER)), 0))
        weft__task_rouse_asleep(task);
}

// Private: how many built-ins that may block are on the machine stack.
extern uint32_t weft__blocked;
// Private: gives the stream of rouse back.
void weft__task_rouse_end(weft_task *task);
// Private: `task` loses a member of its set.
void weft__task_leave(weft_task *task);

#ifdef __cplusplus
}
#endif

#endif
