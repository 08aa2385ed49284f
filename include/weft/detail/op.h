// An operation, and what is inline of it. Included by op.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_OP_H
#define WEFT_DETAIL_OP_H

struct weft_op {
    uint32_t handle;   // the waitable; 0 if there is none
    uint32_t status;   // the host's last status word; or WEFT__IN_FLIGHT, with the event that will end it
    weft_task *task;   // whose waitable set the handle is in; NULL if it is in none
    weft_op *next;     // the next in flight with the same hash
    weft_coro *waiter; // who awaits it, if anyone
    uint32_t (*cancel)(uint32_t handle); // the host's; NULL for a weft__background
};

// Operations in flight by their handles; see op.c.
typedef struct weft__op_table {
    weft_op **chains;
    weft_op **few;               // the chains before it grows
    uint32_t few_count, count;   // of chains, powers of two
    uint32_t shift;              // a hash is shifted right by so many bits, to be below count
    uint32_t tracked;            // operations
    struct weft__op_table *next; // in the list of all tables
    struct weft__op_table **at;  // what points to it in that list
    weft_op *lent_few[2];        // `few`, of an embedded task
} weft__op_table;

// An operation that no coroutine can wait for. When it completes, a function gets the host's code.
typedef struct weft__background {
    weft_op op;
    void (*completed)(struct weft__background *it, weft_task *task, uint32_t code); // of `task`
} weft__background;

// A bit that no status word of the host has.
#define WEFT__IN_FLIGHT 8u
// A call of an import has its state in place of the event: STARTING, or STARTED, which is its event's number.
#define WEFT__STARTED (WEFT__IN_FLIGHT | WEFT_SUBTASK_STARTED)
// Bits beside WEFT__IN_FLIGHT:
#define WEFT__OWNED 16u      // the operation is a weft_subtask_owned's
#define WEFT__CANCELLING 32u // the host was asked to cancel; the completion will come
#define WEFT__ASKED 64u      // the host was asked by cancel.h, so a stop has only to wait for the completion
#define WEFT__READ_ON 128u   // it is of a reader with a sequel: see stream.h
#define WEFT__WRITE_ON 256u  // it is of a writer with one
// It copies nothing, and waits for the other end to go: see gone.c. It also stands beside a DROPPED that an
// event told, and no copy: there the host still wants a future's write.
#define WEFT__GONE 512u
#define WEFT__STOPPED 1024u // the coroutine that awaits it has stopped it, and takes no result

// The status of a weft_subtask_owned that has returned, while nobody has taken its result.
#define WEFT__UNTAKEN (WEFT__IN_FLIGHT | 7u)

// A wait for any of several operations. Private, but for index.
struct weft_any {
    uint32_t index; // the first of the array that is complete
    uint32_t count;
    weft_op **ops;
};

// Whether it has to be awaited or stopped.
static inline bool weft__op_in_flight(const weft_op *op)
{
    return op->status & WEFT__IN_FLIGHT;
}

// The same as a user sees it: the completion is still to come.
static inline bool weft__op_pends(const weft_op *op)
{
    return weft__op_in_flight(op) && op->status != WEFT__UNTAKEN;
}

static inline bool weft__op_is(const weft_op *op, weft_copy_state state)
{
    return WEFT_STATUS_STATE(op->status) == (uint32_t)state;
}

// The host said BLOCKED, and `co` waits for the outcome: status is WEFT__IN_FLIGHT with the event.
weft_poll weft__op_block(weft_coro *co, weft_op *op, uint32_t status, uint32_t (*cancel)(uint32_t handle))
    __attribute__((warn_unused_result));
// The same for a call: status is WEFT__IN_FLIGHT with its state.
weft_poll weft__op_block_call(weft_coro *co, weft_op *op, uint32_t status) __attribute__((warn_unused_result));
// `co` waits for an operation in flight, or takes an untaken one.
weft_poll weft__op_park(weft_coro *co, weft_op *op) __attribute__((warn_unused_result));
void weft__op_cancel(weft_op *op);

static inline weft_poll weft__op_await(weft_coro *co, weft_op *op) __attribute__((warn_unused_result));
static inline weft_poll weft__op_await(weft_coro *co, weft_op *op)
{
    return weft__op_in_flight(op) ? weft__op_park(co, op) : weft_breathe(co);
}

static inline void weft__op_stop_blocking(weft_op *op)
{
    if (weft__op_in_flight(op))
        weft__op_cancel(op);
}

weft_poll weft__op_stop(weft_coro *co, weft_op *op) __attribute__((warn_unused_result));

// True if `op` is an open end, to be dropped; false if it is closed. In flight is misuse.
static inline bool weft__op_closes(const weft_op *op, const char *function)
{
    WEFT__CHECK(weft__op_in_flight(op), busy, function, op->handle);
    (void)function;
    return op->handle;
}

// Stops what is in flight on an end that is about to be closed. Its waiter learns from the status that the
// other end is gone, or that a future's value has moved; else that the copy was cancelled.
static inline void weft__op_stop_last(weft_op *op)
{
    if (!weft__op_in_flight(op))
        return;
    weft__op_cancel(op);
    if (WEFT_STATUS_STATE(op->status) == WEFT_COPY_COMPLETED)
        op->status |= WEFT_COPY_CANCELLED;
}

// The host said BLOCKED, and nobody waits yet. From here on `op` is in flight, in the set of `task`.
void weft__op_track(weft_task *task, weft_op *op, enum weft_event_code event,
                    uint32_t (*cancel)(uint32_t handle));
// The handle of `op` is out of its task's set. If it was the last member of a task that is over, the set goes.
void weft__op_left(weft_op *op);
// Takes the handle out of `op`. The host has it in no set any more: it was dropped, or is to be handed on.
static inline uint32_t weft__op_let_go(weft_op *op)
{
    uint32_t handle = op->handle;
    op->handle = 0;
    if (op->task)
        weft__op_left(op);
    return handle;
}
uint32_t weft__op_transfer(weft_op *op, const char *function);
// A wait for the other end of `op` to go, in two parts: see gone.c. First, true if the host is to be asked, by
// the start of a copy of nothing, before the second; `function` is for a message. Second, the wait for `event`.
bool weft__gone_asks(weft_op *op, const char *function);
weft_poll weft__gone_wait(weft_coro *co, weft_op *op, enum weft_event_code event)
    __attribute__((warn_unused_result));
// Asks the host to cancel `op` by `cancel`, one of the forms that may say BLOCKED. Linked only with cancel.h.
void weft__op_request_cancel(weft_op *op, uint32_t (*cancel)(uint32_t handle));

#endif
