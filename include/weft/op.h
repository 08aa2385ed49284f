// One operation in flight at the host: what an async call, a read and a write have in common.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The law of completion: an operation that was started completes exactly once. Until then its memory, and the
// buffers given with it, are the runtime's. A cancel is a request: the completion still comes, and says what
// happened. An operation that completes at once never enters the runtime.
//
// Each end of a stream or future and each call of an import embeds one. Zero-initialised is valid. It must not
// move or go away while in flight. At rest it is plain data and may be copied.
#ifndef WEFT_OP_H
#define WEFT_OP_H

#include "abi.h"
#include "coro.h"

#ifdef __cplusplus
extern "C" {
#endif

// All of these take a pointer to anything that embeds a weft_op as `op`: a subtask, a reader, a writer.

// True from a start that did not complete at once to the completion.
#define weft_in_flight(it) weft__op_pends(&(it)->op)

// True if the other end is gone. It stays true, and further reads and writes complete at once with count 0.
#define weft_dropped(it) weft__op_is(&(it)->op, WEFT_COPY_DROPPED)

// True if the last read or write was cancelled here. The end may be used again.
#define weft_copy_cancelled(it) weft__op_is(&(it)->op, WEFT_COPY_CANCELLED)

// Waits until the operation that was started on `it` completes; ready at once if none is in flight. A cancel of
// the coroutine cancels the operation. Misuse if somebody else waits for it.
#define weft_await(co, it) weft__op_await((co), &(it)->op)

// Cancels the operation in flight on `it` and waits until it is complete. Then the state and the count are
// those that the host gave. It may have completed first, which a host may call cancelled with all of the count.
// Ready at once if none is in flight. It blocks as the next one does, but for two cases in which other
// coroutines go on: a call of an import after weft_cancel_without_blocking, and a cancel that was asked for
// before (cancel.h). Misuse if somebody else waits for it. Spec: subtask.cancel,
// {stream,future}.cancel-{read,write}.
#define weft_stop(co, it) weft__op_stop((co), &(it)->op)

// The same where nobody can wait; a coroutine that waits for it is woken. All coroutines of this component
// stand still until the host has confirmed. For a call of another component, that is until the callee has
// ended. For an end, it is until the host has let go of the buffer: wasmtime 49 does so at once, but for a file
// when the disk has done what it is at.
#define weft_stop_blocking(it) weft__op_stop_blocking(&(it)->op)

// Waits until at least one of `count` operations that were started is complete. any->index tells which; one
// that is not in flight counts as complete. The others stay in flight and can be awaited again. `ops` and `any`
// are the caller's until the wait ends. Start and end of the wait take a step for each operation. A cancel of
// the coroutine while it waits cancels all of them. One that comes after the first completion leaves the others
// in flight, for the finaliser to stop. Misuse if `count` is 0, or somebody else waits for one.
weft_poll weft_await_any(weft_coro *co, weft_any *any, weft_op **ops, uint32_t count)
    __attribute__((warn_unused_result));

#include "detail/op.h"

#ifdef __cplusplus
}
#endif

#endif
