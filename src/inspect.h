// What the dump and the trace tell about coroutines and operations, in words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_INSPECT_H
#define WEFT_INSPECT_H

#include "text.h"
#include <weft/op.h>
#include <weft/task.h>

#if WEFT_TRACE
extern weft_task *weft__trace_newest; // of the tasks that have not ended
extern uint32_t weft__trace_turn;     // entries of the host so far
#endif

// What kind of operation `op`, in flight, is.
const char *weft__op_kind(const weft_op *op);
void weft__add_op(weft__text *to, const weft_op *op);
// What `co` waits for.
void weft__add_wait(weft__text *to, const weft_coro *co);
// The last part of the path of a file.
const char *weft__base_name(const char *path);
// A function, and the line in it.
void weft__add_spot(weft__text *to, const weft_place *place);
// Where `co` stands: its function and line. In dump.c.
void weft__add_place(weft__text *to, const weft_coro *co);
// The root or the spawned coroutine by which `co` was called.
const weft_coro *weft__head_of(const weft_coro *co);

#endif
