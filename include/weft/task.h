// Component tasks: from the call of an export to its end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call of an export makes a task, which is one block with its root coroutine's frame, and runs the root. An
// export has one such block in static memory; each further call at a time is one allocation. The task lives
// until the root has ended, which may be long after it returned its value, and until each default that a closed
// future's writer writes is delivered. It asks the host for a waitable set at its first wait but a yield, and
// for its context slot when it first suspends. Spec: canon lift, canon task.return.
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
    weft_step *run;           // of the root; NULL if its frame is elsewhere
    size_t frame_size;        // bytes
    weft_task *first;         // static memory for one task with its frame; NULL in src/ where no task is made
    weft_coro *pool;          // roots of ended tasks beside it, linked by next
    uint32_t kept;            // of those
    struct weft_export *next; // of all that had a task
    bool full;                // backpressure is up for it
    uint32_t limit;           // of concurrent calls; 0: none
    uint32_t active;          // calls that have not ended, counted with weft_limit_calls only
} weft_export;

// A new task. Its root's header is ready for weft_task_start, but the rest of the frame is not. NULL if there
// is no memory. first: that of `from`.
static inline weft_task *weft_task_new(weft_export *from, weft_task *first);

// Runs the root and answers the host's call. task: what weft_task_new gave for `from`, with the root's frame
// zeroed but for its parameters; run: the root's step function.
uint32_t weft_task_start(weft_task *task, weft_export *from, weft_step *run);

// Answers a callback of the host. run: the step function of the export's root, to be called directly; or NULL.
// The event may lie in a struct of the bindings of the same layout. Spec: canon lift, the callback option.
typedef struct __attribute__((may_alias)) weft_task_event {
    uint32_t event, waitable, code;
} weft_task_event;
uint32_t weft_task_callback(const weft_task_event *event, weft_step *run);

// Runs an async function to its end on the machine stack, for exports that the host calls synchronously, and
// for destructors. The frame is the caller's, zeroed but for its parameters. WEFT_BLOCK_ON (async.h) is the
// typed form.
//
// The host's events are delivered meanwhile, also while the coroutine only yields. In an export whose type is
// async, other tasks of this component stand still. In one whose type is not, those that have started go on, on
// top of the caller's stack. So the coroutine may wait for what they do; the host traps if it waits and none of
// them can go on. A task that blocks on top, in weft_stop_blocking for example, must soon have done with that,
// or it is misuse.
//
// A future that the coroutine closed unwritten keeps nobody here: its default goes on without a task.
//
// WEFT_UNFINISHED if there is no memory; then nothing was done. The first call at a time needs no memory,
// unless something keeps that of an earlier one: an end that outlived it, or a wake that it did not wait for.
// Misuse if the root has not ended. Spec: waitable-set.wait, thread.yield, canon lift.
weft_outcome weft_block_on(weft_coro *root, weft_step *run);

// Lets the host take its turn without leaving the C stack. In an export whose type is async, no other callback
// of this component runs meanwhile. In one whose type is not, they do, on top of the caller's stack. Does
// nothing while another blocking call of this component is on the stack. It does not tell of a cancel: the
// built-in's form that does takes the cancel away from the task's callback, and nobody here knows the task.
// Spec: thread.yield.
void weft_yield_blocking(void);

// Backpressure up and down. After an up, the host starts no further async call into this component until as
// many downs came. Sync exports, and events of tasks that have started, still come. At most 65535. Spec:
// backpressure.{inc,dec}.
void weft_backpressure_inc(void);
void weft_backpressure_dec(void);

// At most `limit` calls of an export at a time; 0, as at first, is no limit. At the limit, backpressure goes up
// for the whole component, and below it down again, so that memory stays bounded under load. The limit may be
// changed at any time: what runs then counts, and runs on. WEFT_LIMIT(export, limit) takes the export's name.
// Spec: backpressure.{inc,dec}.
void weft_limit_calls(weft_export *it, uint32_t limit);
#define WEFT_LIMIT(export, limit)                                                                              \
    do {                                                                                                       \
        WEFT__NESTED_EXTERN(weft_export export##__weft)                                                        \
        weft_limit_calls(&export##__weft, (limit));                                                            \
    } while (0)

// True if the caller of the task of `co` has its answer: by WEFT_RETURN, or because the call was cancelled. A
// coroutine that goes on after the root asks before it returns a value.
static inline bool weft_returned(const weft_coro *co);

// Gives back idle memory and idle waitable sets of ended tasks. Until then, an export keeps those of the first
// call at a time, whose memory is static, and of others up to a megabyte.
void weft_trim(void);

#include "detail/task.h"

#ifdef __cplusplus
}
#endif

#endif
