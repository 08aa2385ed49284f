// Upcalls: what a lower layer calls of a higher one, which may not be linked. Each is weak, so it is NULL if
// nobody uses what defines it, and then there is nothing to be done.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_UPCALLS_H
#define WEFT_UPCALLS_H

#include <weft/detail/weak.h>
#include <weft/op.h>
#include <weft/task.h>

// turn.c, linked with what can wait, or run beside the root: what is left of a task's first turn when its
// root's step came back with `how`. Without it, a root ends in its first step.
WEFT__WEAK uint32_t weft__task_go_on(weft_task *task, uint32_t how);

// op.c: the memory of its tables goes if nothing is in flight; the operation in flight on a handle in a set of
// Weft's own, or NULL. Without it, nothing is ever in flight.
WEFT__WEAK void weft__op_trim(void);
WEFT__WEAK weft_op *weft__op_find(uint32_t handle);

// wake.c, linked with what wakes the coroutines of other tasks: `task` has ended; its set is to go; the memory
// of all that is given back. Without it, no task is roused.
WEFT__WEAK void weft__task_rouse_end(weft_task *task);
WEFT__WEAK void weft__task_rouse_leave(weft_task *task);
WEFT__WEAK void weft__task_rouse_trim(void);

// cancel.c: waits on the machine stack for what a cancel that said BLOCKED comes to. Without it, no cancel
// does.
WEFT__WEAK uint32_t weft__cancel_outcome(uint32_t handle);

// gone.c: a wait for the other end to go was told something: true if it goes on. And what stands for the
// host's cancel of one that the host does not know. Without it, there is no such wait.
WEFT__WEAK bool weft__gone_goes_on(weft_op *op, uint32_t before);
WEFT__WEAK uint32_t weft__gone_forget(uint32_t handle);

// owned.c: a weft_subtask_owned is over, and `before` was its status; one that nobody has taken is awaited; its
// result is given up. Without it, there is none.
WEFT__WEAK void weft__owned_complete(weft_op *op, uint32_t before);
WEFT__WEAK weft_poll weft__owned_take(weft_coro *co, weft_op *op);
WEFT__WEAK void weft__owned_give_up(weft_op *op);

// future.c: gives the set of the writes without a task back, and ends those whose readers have them, or have
// gone.
WEFT__WEAK void weft__defaults_trim(void);

// scope.c: a spawned coroutine has ended; the task's own scopes are cancelled, or go. Without it, nothing is
// spawned.
WEFT__WEAK void weft__child_ended(weft_task *task, const weft_coro *co);
WEFT__WEAK void weft__task_scopes_cancel(weft_task *task);
WEFT__WEAK void weft__task_scopes_free(weft_task *task);

// local.c: what a child inherits is given up. Without it, nothing is bound.
WEFT__WEAK void weft__local_drop(weft_local *local);

// time.c: takes `timer` out of its virtual clock. Without it, there is none.
WEFT__WEAK void weft__timer_remove(weft_timer *timer);

// sync.c: takes `co` out of a wait for a condition, with its lock; false if it waits for that still. Without
// it, there is no condition.
WEFT__WEAK bool weft__condition_remove(weft_coro *co);

// select.c: a case has what it waited for: its owner is woken in its place. And all cases are taken out of what
// they wait in; false if one waits still, for the lock that it gave up for a condition: then it wakes the
// owner. Without it, there is no case.
WEFT__WEAK void weft__case_served(weft_coro *of);
WEFT__WEAK bool weft__withdraw(weft_case *cases);

// embedded.c: registers an operation in flight with the foreign task, takes it out, wakes the foreign task.
// Without it, no task is embedded.
WEFT__WEAK void weft__embedded_join(weft_task *task, weft_op *op);
WEFT__WEAK void weft__embedded_leave(weft_task *task, weft_op *op);
WEFT__WEAK void weft__embedded_wake(weft_task *task);

// wasip3_task.c
WEFT__WEAK void weft__task_offer_trim(void);

// These are on the way of every call, or of every spawn. The one file that calls them has a weak default beside
// the call, which the optimiser takes out.
//
// future.c: ends the writes without a task whose readers have them, or have gone.
void weft__defaults_clear(void);
// limit.c: a call of an export has begun, or ended.
void weft__count_call(weft_export *from, int by);
// dump.c: it is linked, and finds no operation outside of the table without the lists of WEFT_TRACE.
bool weft__op_needs_table(void);
// local.c: what one spawned by `co` inherits, which it counts.
weft_local *weft__local_inherit(weft_coro *co);
// watch.c: the same as a direct call, counted.
void *weft__alloc(size_t size);
void weft__free(void *memory, size_t size);
uint32_t weft__run(weft_coro *co, weft_step *run);
// watch.c: the host has entered.
void weft__turn_begins(void);
// wasip3_task.c: the same as weft__task_begin and weft__task_run, with the task in sight of foreign code
// meanwhile.
uint32_t weft__task_begin_offered(weft_task *task, weft_export *from, weft_step *run);
uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code,
                                weft_step *run);

#endif
