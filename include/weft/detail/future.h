// What the futures of every type do. Included by future.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_FUTURE_H
#define WEFT_DETAIL_FUTURE_H

// The status of an end whose value has moved: to copy again is misuse. No stream has such a status.
#define WEFT__FUTURE_DONE 4u

// A default value on its way to a reader after its writer was closed. Allocated, with the value behind it.
typedef struct weft__default {
    weft__background base;
    void (*done)(struct weft__default *it); // of the future's type: drops the end, and frees all memory
} weft__default;

// weft_alloc and weft_free, counted if watch.h is in use.
void *weft__alloc(size_t size);
void weft__free(void *memory, size_t size);

static inline bool weft__future_resolved(const weft_op *op)
{
    return op->status == WEFT__FUTURE_DONE;
}

// True if a copy may go to the host; false if the host has said that the other end is gone. Stops on misuse.
static inline bool weft__future_begin(const weft_op *op, const char *function)
{
    WEFT__CHECK(op->handle == 0, closed, function, 0);
    if (__builtin_expect(op->status & (WEFT__IN_FLIGHT | WEFT__FUTURE_DONE | WEFT_COPY_DROPPED), 0)) {
        WEFT__CHECK(weft__op_in_flight(op), busy, function, op->handle);
        WEFT__CHECK(op->status & WEFT__FUTURE_DONE, future_done, function, op->handle);
        // In flight or done, without checks: the host traps. Gone by an event only: the host wants the write.
        return op->status & (WEFT__IN_FLIGHT | WEFT__FUTURE_DONE | WEFT__GONE);
    }
    (void)function;
    return true;
}

// The host's status as Weft keeps it.
static inline uint32_t weft__future_status(uint32_t status)
{
    return WEFT_STATUS_STATE(status) == WEFT_COPY_COMPLETED ? WEFT__FUTURE_DONE : status;
}

// The host answered a copy on `op` with `status`.
static inline void weft__future_started(weft_task *task, weft_op *op, enum weft_event_code event,
                                        uint32_t status, uint32_t (*cancel)(uint32_t handle))
{
    if (status == WEFT_BLOCKED)
        weft__op_track(task, op, event, cancel);
    else
        op->status = weft__future_status(status);
}

// The host answered the write of the default with `status`. Ends it, or leaves it in flight: in the task of
// `co` if that may wait for it.
void weft__default_run(weft_coro *co, weft__default *it, uint32_t status);

#endif
