// What the files of src/ know of each other, lowest layer first: see docs/architecture.md. Only its own layer
// and higher ones call a function; upcalls.h has the exceptions. One that is `noinline` is the rare way beside
// a frequent one, which stays short without it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_INTERNAL_H
#define WEFT_INTERNAL_H

#include <weft/local.h>
#include <weft/op.h>
#include <weft/task.h>

#include "upcalls.h"

// A function on the way of most events. It has several callers, or a parameter that each of them knows, so it
// is made a part of each, although the compiler would rather call it.
#define WEFT__HOT static inline __attribute__((always_inline))

// A loop that seldom runs: written out for each turn, as clang would, it is ten times as large.
#ifdef __clang__
#define WEFT__ROLLED _Pragma("clang loop unroll(disable)")
#else
#define WEFT__ROLLED
#endif

// ---- The memory of tasks, and their sets: pool.c ----

// The set that `task` waits on, made when first needed.
uint32_t weft__task_set(weft_task *task);
// The set of `task`, which is over, has no member any more: its memory and set wait for the next call.
void weft__task_recycle(weft_task *task);

// Keeps the frame of an ended task for the next call; the second, the first block as well.
static inline void weft__task_keep_frame(weft_task *task)
{
    WEFT__KEEP_FRAME(weft__task_root(task) + 1, task->from->frame_size - sizeof(weft_coro));
    (void)task;
}

static inline void weft__task_keep_first(weft_task *task)
{
    task->idle = 1;
    weft__task_keep_frame(task);
}

// The set of `task` has one member less.
static inline void weft__task_leave(weft_task *task)
{
    if (--task->members == 0 && task->flags & WEFT__OVER)
        weft__task_recycle(task);
}

// ---- Waking a task that is asleep in the host: wake.c ----

// Gives a task that is asleep an event, so that the host calls it back.
void weft__task_rouse_asleep(weft_task *task);

static inline void weft__task_rouse(weft_task *task)
{
    if (__builtin_expect(task->asleep, 0))
        weft__task_rouse_asleep(task);
}

// An event came for `handle`: true if it is the bell by which `task` was roused.
bool weft__bell_heard(weft_task *task, uint32_t handle);

// ---- Scheduling: coro.c ----

// The caller of `co`, which has no bindings; NULL if it was not called.
static inline weft_coro *weft__parent_of(const weft_coro *co)
{
    return co->up & 1 ? NULL : (weft_coro *)co->up;
}

static inline bool weft__is_spawned(const weft_coro *co)
{
    return co->up & 1;
}

// The handle of `co`; NULL if it was not spawned.
static inline weft_child *weft__handle_of(const weft_coro *co)
{
    return weft__is_spawned(co) ? (weft_child *)(co->up - 1) : NULL;
}

// Makes `co`, of `task`, ready to run from its beginning.
static inline void weft__start(weft_coro *co, weft_step *run, weft_task *task, uintptr_t up)
{
    weft__begin(co, WEFT__READY);
    co->code = 0;
    co->run = run;
    co->resume = 0;
    co->up = up;
    co->task = task;
}

// `co` goes from running to `state`. function: what it waits in, for a message.
weft_poll weft__park(weft_coro *co, enum weft__coro_state state, const char *function)
    __attribute__((warn_unused_result));
// Makes a waiting coroutine ready.
void weft__wake(weft_coro *co);

// A queue of waiters is one pointer: to its first, or NULL. The first's link back is to the last. The last's
// `next` is the address of the queue, + 1. So to take one out needs no search, wherever it stands.
//
// `co` waits in a queue until somebody takes it out and wakes it, or a cancel does.
weft_poll weft__park_in(weft_coro *co, weft_coro **queue, enum weft__coro_state state, const char *function)
    __attribute__((warn_unused_result));
// Whether `co` is the last in its queue; and which queue `last` is in.
static inline bool weft__is_last(const weft_coro *co)
{
    return (uintptr_t)co->next & 1;
}

static inline weft_coro **weft__queue_of(const weft_coro *last)
{
    return (weft_coro **)((uintptr_t)last->next - 1);
}

// Puts `co` behind the others. All in a queue wait with tickets, or none does.
void weft__waiters_push(weft_coro **queue, weft_coro *co, bool has_ticket);
// Takes the first out; NULL if there is none.
weft_coro *weft__waiters_pop(weft_coro **queue, bool with_tickets);
// Takes `co` out of the queue that it waits in.
void weft__waiters_remove(weft_coro *co, bool has_ticket);
void weft__wake_all(weft_coro **queue);

// A queue of those that can run is a pointer to its last, whose link is the first; NULL if it is empty.
static inline void weft__queue_push_front(weft_coro **queue, weft_coro *co)
{
    weft_coro *last = *queue;
    if (last) {
        co->next = last->next;
        last->next = co;
    } else {
        co->next = co;
        *queue = co;
    }
}

static inline void weft__queue_push_back(weft_coro **queue, weft_coro *co)
{
    weft__queue_push_front(queue, co);
    *queue = co;
}

static inline weft_coro *weft__queue_pop(weft_coro **queue)
{
    weft_coro *last = *queue;
    if (!last)
        return NULL;
    weft_coro *first = last->next;
    if (first == last)
        *queue = NULL;
    else
        last->next = first->next;
    return first;
}

// ---- Host operations: op.c ----

// How many calls of built-ins that may block are on the machine stack.
extern uint32_t weft__blocked;
// The usual event completes the operation of task->alone: that coroutine is returned, to be run. NULL, and
// nothing done, for any other event.
weft_coro *weft__op_arrive(weft_task *task, uint32_t event, uint32_t handle, uint32_t code);
// Hands any event to its operation. One that belongs to none is ignored.
void weft__op_deliver(weft_task *task, uint32_t event, uint32_t handle, uint32_t code);
// The next operation in flight behind `op`, or the first for NULL; NULL behind the last.
weft_op *weft__op_next(const weft_op *op);
// Makes the waiter of `op`, which is over, ready.
void weft__op_wake_waiter(weft_op *op);
// `co` no longer waits for its operation, or for any of several. They stay in flight.
void weft__op_unawait(weft_coro *co);
// Puts the operation of task->alone, if there is one, in the table.
void weft__op_enlist(weft_task *task);
// Takes `op` out of its set; the second, for one in flight, out of the table as well.
void weft__op_leave_set(weft_op *op);
void weft__op_leave(weft_op *op);
// An operation in flight is lent while it is registered with the foreign task that `task` is embedded in.
// Readies `table`, which keeps those of `task`.
void weft__op_lender_start(weft_task *task, weft__op_table *table);
// `op` is lent from now on; and is so no longer.
void weft__op_lend(weft_task *task, weft_op *op);
void weft__op_lent_back(weft_op *op);
// Calls `visit` with each that is lent.
void weft__op_each_lent(weft_task *task, void (*visit)(weft_task *task, weft_op *op));
// The foreign task got the event of `op`, which is lent; code: that of the event.
void weft__op_deliver_lent(weft_op *op, uint32_t code);

// ---- Task-locals: local.c ----

// The last binding of `co`; NULL if it has none.
static inline weft_local *weft__binding_of(const weft_coro *co)
{
    return co->up & 2 ? (weft_local *)(co->up - 2) : NULL;
}

// Who called `co`; NULL if nobody did.
static inline weft_coro *weft__caller_of(const weft_coro *co)
{
    uintptr_t up = co->up;
    while (up & 2)
        up = ((const weft_local *)(up - 2))->up;
    return up & 1 ? NULL : (weft_coro *)up;
}

// ---- Life: unwind.c, task.c, turn.c ----

// Asks the host to cancel `op` by `cancel`, one of the forms that may say BLOCKED. Only cancel.c calls it: who
// asks also needs weft__cancel_outcome.
void weft__op_ask_cancel(weft_op *op, uint32_t (*cancel)(uint32_t handle));
// How an unwinding coroutine cancels the call that it waits for; NULL: by weft__op_cancel. Set by
// cancel_call.c.
extern void (*weft__unwind_call)(weft_op *op);
// Takes `co` out of what it waits in, in the states from WEFT__ON_SCOPE on. What it waited with is not served.
// False if it still waits: for the lock that it gave up for a condition. Then it is woken with that.
bool weft__remove_from_queue(weft_coro *co);
// Delivers a cancel to `co`, or puts it off: see coro.h.
void weft__unwind(weft_coro *co);

// The fields from `members` on, as one word: compilers make one load of it, and one compare looks at all.
// WEFT__PLAIN is that of a task that has returned its value and has nothing beside its root.
static inline uint64_t weft__task_word(const weft_task *task)
{
    return task->members | (uint64_t)task->asleep << 32 | (uint64_t)task->returned << 40 |
           (uint64_t)task->flags << 48 | (uint64_t)task->idle << 56;
}
#define WEFT__PLAIN(flags) ((uint64_t)1 << 40 | (uint64_t)(flags) << 48)

// Whether a task whose root has ended has nothing beside it.
static inline bool weft__task_is_plain(const weft_task *task)
{
    const uint64_t may_be = (uint64_t)(WEFT__FIRST | WEFT__HAD_MORE) << 48;
    return !WEFT_TRACE && (weft__task_word(task) & ~may_be) == WEFT__PLAIN(0) &&
           (!(task->flags & WEFT__HAD_MORE) || (!(task->in_flight | task->children) && !task->scopes));
}

// The end of a plain task, which answers EXIT.
uint32_t weft__task_end_plainly(weft_task *task);
// Any other end: of a coroutine, whose step returned `how`; and of a task, which answers EXIT.
void weft__coro_end(weft_task *task, weft_coro *co, uint32_t how);
uint32_t weft__task_end(weft_task *task);

// Runs `task` from its beginning on, and answers the host; from an event on; and the same, with the task
// offered to foreign code meanwhile. first: it may be in the static memory, so it may end there at once.
uint32_t weft__task_begin(weft_task *task, weft_export *from, weft_step *run, bool first);
uint32_t weft__task_run(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code, weft_step *run);
uint32_t weft__task_resume(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code, weft_step *run);

// Runs what is ready, and those who yielded, of a task that is embedded in a foreign one. True if it is over.
bool weft__task_run_embedded(weft_task *task);

#endif
