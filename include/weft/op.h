// One operation in flight at the host: what an async call, a read and a write have in common.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The law of completion: a started operation completes exactly once, and until then its memory, and the
// buffers given with it, are the runtime's. A cancel is a request; the completion still comes, and says what
// happened. An operation that completes at once never enters the runtime.
//
// Each end of a stream or future and each call embeds one. Zero-initialised is valid. It must not move or go
// away while in flight; at rest it is plain data and may be copied.
#ifndef WEFT_OP_H
#define WEFT_OP_H

#include "abi.h"
#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weft_op {
    uint32_t handle;   // the waitable; 0 if there is none
    uint32_t status;   // the last status word; in flight: WEFT__IN_FLIGHT with the event it waits for
    weft_task *task;   // whose waitable set the handle is in; NULL if in none
    weft_op *next;     // the next in flight of the same hash
    weft_coro *waiter; // who awaits it, if anyone
    uint32_t (*cancel)(uint32_t handle); // the host's; NULL for a weft__background
};

// Private: operations in flight by their handles; see op.c.
typedef struct weft__op_table {
    weft_op **chains;
    weft_op **few;               // the chains before it grows
    uint32_t few_count, count;   // of chains, powers of two
    uint32_t shift;              // of a hash: what is left is below count
    uint32_t tracked;            // operations
    struct weft__op_table *next; // of all there are
    struct weft__op_table **at;  // what points to it there
    weft_op *lent_few[2];        // `few` of an embedded task
} weft__op_table;

// Private: an operation that no coroutine can wait for. Its completion is a function, which is told what the
// host said, and has no other effect.
typedef struct weft__background {
    weft_op op;
    void (*completed)(struct weft__background *it, weft_task *task, uint32_t code); // of `task`
} weft__background;

// A bit that no status word of the host has.
#define WEFT__IN_FLIGHT 8u
#define WEFT__STARTED (WEFT__IN_FLIGHT | WEFT_EVENT_NONE) // a subtask that has taken its arguments
// Beside it:
#define WEFT__OWNED 16u      // a weft_subtask_owned that has not taken its arguments
#define WEFT__CANCELLING 32u // the host was asked to cancel it, and the completion will come
#define WEFT__ASKED 64u      // in a way that may not have blocked: a stop waits for the outcome

// All of these take a pointer to anything that embeds a weft_op as `op`: a subtask, a reader, a writer.

// True between a start that did not complete at once and the completion.
#define weft_in_flight(it) weft__op_in_flight(&(it)->op)

// True if the other end is gone. It stays true, and further reads and writes complete at once with count 0.
#define weft_dropped(it) weft__op_is(&(it)->op, WEFT_COPY_DROPPED)

// True if the last read or write was cancelled here. The end may be used again.
#define weft_copy_cancelled(it) weft__op_is(&(it)->op, WEFT_COPY_CANCELLED)

// Waits until the operation that was started on `it` completes; ready at once if none is in flight. A cancel
// of the coroutine cancels the operation. Misuse: somebody else waits for it already.
#define weft_await(co, it) weft__op_await((co), &(it)->op)

// Cancels the operation in flight on `it` and returns when the host has confirmed, which may block this
// component's other tasks; then the state and count are those that the host gave: it may have completed
// first, which a host may call cancelled with all of the count. Whoever waits for it is woken. Does nothing if
// none is in flight. Spec: subtask.cancel, {stream,future}.cancel-{read,write}.
#define weft_stop(it) weft__op_stop(&(it)->op)

// A wait for any of several operations. Private, but for index.
struct weft_any {
    uint32_t index; // the first of the array that is complete
    uint32_t count;
    weft_op **ops;
};

// Waits until at least one of `count` operations, started before, is complete, and tells which in any->index;
// the others stay in flight and can be awaited again. One that is not in flight counts as complete. `ops` and
// `any` are the caller's until the wait ends; costs a step per operation at either end of the wait. A cancel
// of the coroutine while it waits cancels all of them; one that comes after the first completion leaves the
// others in flight, for the finaliser to stop.
weft_poll weft_await_any(weft_coro *co, weft_any *any, weft_op **ops, uint32_t count)
    __attribute__((warn_unused_result));

static inline bool weft__op_in_flight(const weft_op *op)
{
    return op->status & WEFT__IN_FLIGHT;
}

static inline bool weft__op_is(const weft_op *op, weft_copy_state state)
{
    return WEFT_STATUS_STATE(op->status) == (uint32_t)state;
}

// The host said BLOCKED, and `co` waits for the outcome: status is WEFT__IN_FLIGHT with the event.
weft_poll weft__op_block(weft_coro *co, weft_op *op, uint32_t status, uint32_t (*cancel)(uint32_t handle))
    __attribute__((warn_unused_result));
// The same for a call: status is WEFT__STARTED if it has started.
weft_poll weft__op_block_call(weft_coro *co, weft_op *op, uint32_t status) __attribute__((warn_unused_result));
// For an operation in flight.
weft_poll weft__op_park(weft_coro *co, weft_op *op) __attribute__((warn_unused_result));
void weft__op_cancel(weft_op *op);

static inline weft_poll weft__op_await(weft_coro *co, weft_op *op) __attribute__((warn_unused_result));
static inline weft_poll weft__op_await(weft_coro *co, weft_op *op)
{
    return weft__op_in_flight(op) ? weft__op_park(co, op) : weft_breathe(co);
}

static inline void weft__op_stop(weft_op *op)
{
    if (weft__op_in_flight(op))
        weft__op_cancel(op);
}

// Stops what is in flight on an end that is about to be closed. The status stays: who waited learns by it that
// the other end is gone, or that a future's value has moved; else that the copy was cancelled.
static inline void weft__op_stop_last(weft_op *op)
{
    if (!weft__op_in_flight(op))
        return;
    weft__op_cancel(op);
    if (WEFT_STATUS_STATE(op->status) == WEFT_COPY_COMPLETED)
        op->status |= WEFT_COPY_CANCELLED;
}

// The host said BLOCKED, and nobody waits yet: `op` is in flight from here until `event`, in the waitable set
// of `task`.
void weft__op_track(weft_task *task, weft_op *op, enum weft_event_code event,
                    uint32_t (*cancel)(uint32_t handle));
// The handle of `op` has left its set: a set may go with its last member.
void weft__op_left(weft_op *op);
// Takes the handle out of `op`: when it has been dropped, or to hand it on, out of its set.
static inline uint32_t weft__op_release(weft_op *op)
{
    uint32_t handle = op->handle;
    op->handle = 0;
    if (op->task)
        weft__op_left(op);
    return handle;
}
uint32_t weft__op_transfer(weft_op *op, const char *call);
// Asks the host to cancel `op` by `cancel`, one of the forms that may say BLOCKED. Linked only with cancel.h.
void weft__op_request_cancel(weft_op *op, uint32_t (*cancel)(uint32_t handle));
// How an unwinding coroutine cancels the call that it waits for, if not by weft__op_cancel; set by cancel.h
// only.
extern void (*weft__unwind_call)(weft_op *op);
// The plain case of an event: it completes the operation that task->alone waits for, which is returned, to be
// run. NULL, and nothing done, if it is not that.
weft_coro *weft__op_arrive(weft_task *task, uint32_t event, uint32_t handle, uint32_t code);
// Hands an event to the operation it belongs to; one that belongs to none is ignored.
void weft__op_deliver(weft_task *task, uint32_t event, uint32_t handle, uint32_t code);
// The operation in flight that stands behind `op` in the tables of those, or the first; NULL if there is none.
weft_op *weft__op_next(const weft_op *op);
// The operation in flight on a handle in a set of Weft's own; NULL if there is none.
weft_op *weft__op_find(uint32_t handle);
// The operation of `task` that is in no table, if one is, is put into it.
void weft__op_settle(weft_task *task);
// Takes `op` out of its set; in flight, out of the table as well.
void weft__op_leave_set(weft_op *op);
void weft__op_leave(weft_op *op);
// The same for operations in flight that a foreign task waits for: `op` is registered for `task`, or no longer;
// each of `task`; and the foreign task's event. The first readies `table`, where they are.
void weft__op_lender_start(weft_task *task, weft__op_table *table);
void weft__op_lend(weft_task *task, weft_op *op);
void weft__op_lent_back(weft_op *op);
void weft__op_each_lent(weft_task *task, void (*visit)(weft_task *task, weft_op *op));
void weft__op_deliver_lent(weft_op *op, uint32_t code);
// Gives the memory of the tables back if nothing is in flight.
void weft__op_trim(void);

#ifdef __cplusplus
}
#endif

#endif
