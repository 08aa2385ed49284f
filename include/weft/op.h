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

// All of these take a pointer to anything that embeds a weft_op as `op`: a subtask, a reader, a writer.

// True between a start that did not complete at once and the completion.
#define weft_in_flight(it) weft__op_pends(&(it)->op)

// True if the other end is gone. It stays true, and further reads and writes complete at once with count 0.
#define weft_dropped(it) weft__op_is(&(it)->op, WEFT_COPY_DROPPED)

// True if the last read or write was cancelled here. The end may be used again.
#define weft_copy_cancelled(it) weft__op_is(&(it)->op, WEFT_COPY_CANCELLED)

// Waits until the operation that was started on `it` completes; ready at once if none is in flight. A cancel
// of the coroutine cancels the operation. Misuse: somebody else waits for it already.
#define weft_await(co, it) weft__op_await((co), &(it)->op)

// Cancels the operation in flight on `it` and waits until it is complete: then the state and the count are
// those that the host gave. It may have completed first, which a host may call cancelled with all of the count.
// Ready at once if none is in flight. Of a call, other coroutines go on meanwhile if the program has said
// weft_cancel_without_blocking (cancel.h), and so they do if the cancel was asked for before; else it blocks as
// the next one does. Misuse: somebody else waits for it. Spec: subtask.cancel,
// {stream,future}.cancel-{read,write}.
#define weft_stop(co, it) weft__op_stop((co), &(it)->op)

// The same for where nobody can wait; whoever waits for it is woken. All coroutines of this component stand
// still until the host has confirmed. That is until the callee has ended, for a call of another component;
// until the host has let go of the buffer, for an end. wasmtime 49 does so at once, but for a file: there when
// the disk has done what it is at.
#define weft_stop_blocking(it) weft__op_stop_blocking(&(it)->op)

// Waits until at least one of `count` operations, started before, is complete, and tells which in any->index;
// the others stay in flight and can be awaited again. One that is not in flight counts as complete. `ops` and
// `any` are the caller's until the wait ends; costs a step per operation at either end of the wait. A cancel
// of the coroutine while it waits cancels all of them; one that comes after the first completion leaves the
// others in flight, for the finaliser to stop.
weft_poll weft_await_any(weft_coro *co, weft_any *any, weft_op **ops, uint32_t count)
    __attribute__((warn_unused_result));

#include "detail/op.h"

#ifdef __cplusplus
}
#endif

#endif
