// Upcalls: what a lower layer calls of a higher one, which may not be linked. Each is weak: it is NULL if
// nothing links the file that defines it. Then there is nothing to be done, as each says behind "without it".
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_UPCALLS_H
#define WEFT_UPCALLS_H

#include <weft/detail/weak.h>
#include <weft/op.h>
#include <weft/task.h>

// turn.c, linked with what can wait, or run beside the root. Runs the rest of a task's first turn, whose root's
// step returned `how`. Without it, a root ends in its first step.
WEFT__WEAK uint32_t weft__task_go_on(weft_task *task, uint32_t how);

// op.c. Frees the memory of its table if nothing is in flight. Finds the operation in flight on a handle in a
// set of Weft's; NULL if there is none. Without it, nothing is ever in flight.
WEFT__WEAK void weft__op_trim(void);
WEFT__WEAK weft_op *weft__op_find(uint32_t handle);

// wake.c, linked with what wakes the coroutines of other tasks. `task`, which is roused or to be roused, has
// ended. The bell leaves the set of `task`. Bells that do not ring are dropped. Without it, no task is roused.
WEFT__WEAK void weft__task_rouse_end(weft_task *task);
WEFT__WEAK void weft__task_rouse_leave(weft_task *task);
WEFT__WEAK void weft__task_rouse_trim(void);

// cancel.c. Waits on the machine stack for the outcome of a cancel that said BLOCKED; returns the status.
// Without it, none says so.
WEFT__WEAK uint32_t weft__cancel_outcome(uint32_t handle);

// gone.c. A wait for the other end to go has completed: true if it goes on. The second stands in for the host's
// cancel where only Weft knows of the wait. Without it, there is no such wait.
WEFT__WEAK bool weft__gone_goes_on(weft_op *op, uint32_t before);
WEFT__WEAK uint32_t weft__gone_forget(uint32_t handle);

// owned.c. A weft_subtask_owned is over, and `before` was its status. `co` awaits one that nobody has taken.
// The result of such a one is given up. Without it, there is none.
WEFT__WEAK void weft__owned_complete(weft_op *op, uint32_t before);
WEFT__WEAK weft_poll weft__owned_take(weft_coro *co, weft_op *op);
WEFT__WEAK void weft__owned_give_up(weft_op *op);

// future.c. Ends the writes without a task whose readers have them or have gone, and drops their set if it is
// empty. Without it, there are none.
WEFT__WEAK void weft__defaults_trim(void);

// scope.c. A spawned coroutine has ended. The task's own scopes are cancelled, or freed. Without it, nothing is
// spawned.
WEFT__WEAK void weft__child_ended(weft_task *task, const weft_coro *co);
WEFT__WEAK void weft__task_scopes_cancel(weft_task *task);
WEFT__WEAK void weft__task_scopes_free(weft_task *task);

// local.c. A child that inherited `local` has ended. Without it, nothing is bound.
WEFT__WEAK void weft__local_drop(weft_local *local);

// time.c. Takes `timer` out of its virtual clock. Without it, there is none.
WEFT__WEAK void weft__timer_remove(weft_timer *timer);

// sync.c. Takes `co` out of a wait for a condition, with its lock. False if it still waits for the lock.
// Without it, there is no condition.
WEFT__WEAK bool weft__condition_remove(weft_coro *co);

// select.c. A case has what it waited for: its owner is woken. The second takes all cases out of what they wait
// in. False if one still waits, for the lock that it gave up for a condition: then that one wakes the owner.
// Without it, there is no case.
WEFT__WEAK void weft__case_served(weft_coro *of);
WEFT__WEAK bool weft__withdraw(weft_case *cases);

// embedded.c. Registers an operation in flight with the foreign task, takes the registration back, and wakes
// the foreign task. Without it, no task is embedded.
WEFT__WEAK void weft__embedded_join(weft_task *task, weft_op *op);
WEFT__WEAK void weft__embedded_leave(weft_task *task, weft_op *op);
WEFT__WEAK void weft__embedded_wake(weft_task *task);

// wasip3_task.c. Frees the blocks that it keeps. Without it, there are none.
WEFT__WEAK void weft__task_offer_trim(void);

// fiber/. Makes `fiber` the one that runs, or NULL, none; returns which it was. Frees the stacks that it keeps.
// For a dump: true if `co` is a fiber that has begun, with its name, and with how much of its stack it has
// used, at least. Without it, there are none.
WEFT__WEAK void *weft__fiber_set_aside(void *fiber);
WEFT__WEAK void weft__fiber_trim(void);
WEFT__WEAK bool weft__fiber_shown(const weft_coro *co, const char **name, size_t *used, size_t *size);

// These are on the way of every call of an export, or of every spawn. The one file that calls them has a weak
// default beside the call, which the optimiser takes out.
//
// future.c: ends the writes without a task whose readers have them, or have gone.
void weft__defaults_clear(void);
// limit.c: a call of an export has begun, or ended.
void weft__count_call(weft_export *from, int by);
// dump.c: true if it is linked and, without the lists of WEFT_TRACE, needs all operations in the table.
bool weft__op_needs_table(void);
// local.c: the binding that a coroutine spawned by `co` inherits, which counts it.
weft_local *weft__local_inherit(weft_coro *co);
// watch.c: the same as a direct call, counted.
void *weft__alloc(size_t size);
void weft__free(void *memory, size_t size);
uint32_t weft__run(weft_coro *co, weft_step *run);
// watch.c: the host has entered.
void weft__turn_begins(void);
// wasip3_task.c: the same as weft__task_begin and weft__task_run, while foreign code sees the task.
uint32_t weft__task_begin_offered(weft_task *task, weft_export *from, weft_step *run, bool first);
uint32_t weft__task_run_offered(weft_task *task, uint32_t event, uint32_t waitable, uint32_t code,
                                weft_step *run);

#endif
