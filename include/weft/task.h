// Component tasks: from the call of an export to its end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An export's call makes a task, which is one block with its root coroutine's frame, and runs the root. An
// export has one such block in static memory; each further call at a time is one allocation.
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
    weft_step *run;    // of the root; NULL if its frame is elsewhere
    size_t frame_size; // bytes
    weft_task *first;  // static memory for one task with its frame; NULL only in embedded.c, which makes none
    weft_coro *pool;   // roots of ended tasks beside it, linked by next
    uint32_t kept;     // of those
    struct weft_export *next; // of all that had a task
    bool full;                // backpressure is up for it
    uint32_t limit;           // of concurrent calls; 0: none
    uint32_t active;          // calls that have not ended, counted with weft_limit_calls only
} weft_export;

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

// A new task, whose root's header is ready for weft_task_start, and the rest of the frame is not; NULL if there
// is no memory. first: that of `from`.
static inline weft_task *weft_task_new(weft_export *from, weft_task *first);

// Runs the root and answers the host's call. task: what weft_task_new gave for `from`, the root's frame zeroed
// but for its parameters; run: the root's step function.
uint32_t weft_task_start(weft_task *task, weft_export *from, weft_step *run);

// Answers a callback of the host. run: the step function of the export's root, to be called directly; or NULL.
// Spec: canon lift, the callback option.
typedef struct __attribute__((may_alias)) weft_task_event {
    uint32_t event, waitable, code;
} weft_task_event;
uint32_t weft_task_callback(const weft_task_event *event, weft_step *run);

// Runs an async function to its end on the machine stack, for exports that the host calls synchronously. The
// frame is the caller's, zeroed but for its parameters. The host's events are delivered, also while the
// coroutine only yields. In an export whose type is async, other tasks of this component stand still meanwhile.
// In one whose type is not, as in a destructor, those that have started go on, on top of the caller's stack: so
// it may wait for what they do, and the host traps when it waits and none of them can go on. One that blocks
// there, in weft_stop for example, must soon have done with that, or it is misuse. The default of a future that
// the coroutine closed goes on without it. WEFT_UNFINISHED, and nothing done, if there is no memory, which one
// at a time needs none of, but for an end that outlives its call, or a wake that it did not wait for, and keeps
// that call's. Spec: waitable-set.wait, thread.yield, canon lift.
weft_outcome weft_block_on(weft_coro *root, weft_step *run);

// Lets the host take its turn without leaving the C stack. In an export whose type is async no other callback
// of this component runs meanwhile; in one whose type is not, they do, on top of the caller's stack. Does
// nothing while another blocking call of this component is on the stack. It cannot tell of a cancel: the form
// of the built-in that does so takes the event away from the task's callback, and here nobody knows the task.
// Spec: thread.yield.
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
        WEFT__NESTED_EXTERN(weft_export export##__weft)                                                        \
        weft_limit_calls(&export##__weft, (limit));                                                            \
    } while (0)

// True if the caller of the task of `co` has its answer: by WEFT_RETURN, or by a cancel. A coroutine that goes
// on after the root asks before it returns a value.
static inline bool weft_returned(const weft_coro *co)
{
    return co->task->returned;
}

// Gives idle memory and idle waitable sets of ended tasks back. Until then, an export keeps those of the
// first call at a time, whose memory is static, and of others up to a megabyte.
void weft_trim(void);

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

// Private: a call has begun, or ended. Does nothing unless weft_limit_calls is linked.
void weft__count_call(weft_export *from, int by);

// Private: from `members` on. WEFT__PLAIN: of one that has returned its value, and leaves nothing.
static inline uint64_t weft__task_word(const weft_task *task)
{
    return task->members | (uint64_t)task->asleep << 32 | (uint64_t)task->returned << 40 |
           (uint64_t)task->flags << 48 | (uint64_t)task->idle << 56;
}
#define WEFT__PLAIN(flags) ((uint64_t)1 << 40 | (uint64_t)(flags) << 48)

// Private: whether a task whose root has ended leaves nothing.
static inline bool weft__task_is_plain(const weft_task *task)
{
    const uint64_t may_be = (uint64_t)(WEFT__FIRST | WEFT__LEAVES) << 48;
    return !WEFT_TRACE && (weft__task_word(task) & ~may_be) == WEFT__PLAIN(0) &&
           (!(task->flags & WEFT__LEAVES) || (!(task->in_flight | task->children) && !task->scopes));
}

// Private: the end of a plain task, which answers EXIT.
uint32_t weft__task_end_plainly(weft_task *task);
// Private: any other end: of a coroutine, whose step came back with `how`; and of a task, which answers EXIT.
void weft__coro_end(weft_task *task, weft_coro *co, uint32_t how);
uint32_t weft__task_end(weft_task *task);

// Private: what is left of a task's first turn when its root's step came back with `how`. Linked only with what
// can wait, or run beside the root.
uint32_t weft__task_go_on(weft_task *task, uint32_t how);

// Private: the task's own scopes; linked only with weft_task_spawn.
void weft__task_scopes_cancel(weft_task *task);
void weft__task_scopes_free(weft_task *task);
// Private: a spawned coroutine has ended; linked only with scope.h.
void weft__child_ended(weft_child *child);

// Private: runs `task`, from its beginning or from an event on, and answers the host. The second of each is
// what runs: the first unless wasip3_task.h is linked, which offers the task to foreign code meanwhile.
uint32_t weft__task_begin(weft_task *task, weft_export *from, weft_step *run);
uint32_t weft__task_run(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code, weft_step *run);
uint32_t weft__task_begin_offered(weft_task *task, weft_export *from, weft_step *run);
uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code,
                                weft_step *run);
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
    if (__builtin_expect(task->asleep, 0))
        weft__task_rouse_asleep(task);
}

// Private: how many built-ins that may block are on the machine stack.
extern uint32_t weft__blocked;
// Private: an event came: true if it is the one that `task` was roused with; it has ended; its set is to go;
// and the memory of all that is given back.
bool weft__task_heard(weft_task *task, uint32_t handle);
void weft__task_rouse_end(weft_task *task);
void weft__task_rouse_leave(weft_task *task);
void weft__task_rouse_trim(void);
// Private: `task`, which is over, has lost the last member of its set.
void weft__task_recycle(weft_task *task);

// Private: `task` loses a member of its set.
static inline void weft__task_leave(weft_task *task)
{
    if (--task->members == 0 && task->flags & WEFT__OVER)
        weft__task_recycle(task);
}

#ifdef __cplusplus
}
#endif

#endif
