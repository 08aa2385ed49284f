// Seeing inside: a dump of who waits on what, and hooks at the start and end of all that runs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// With WEFT_TRACE=0, the default, none of this costs anything: the hooks are not there, and weft_dump() is
// linked only into a program that calls it. With WEFT_TRACE=1 the library keeps lists of what runs, each await
// keeps its function and file, and the hooks below are called. Library and program must be built with the same
// value, or they don't link. The CMake option WEFT_TRACE, which is on in Debug, sees to it.
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// 1 for a library and a program that show what runs inside: see above.
#ifndef WEFT_TRACE
#define WEFT_TRACE 0
#endif

typedef struct weft_coro weft_coro;
typedef struct weft_task weft_task;
typedef struct weft_op weft_op;
typedef struct weft_child weft_child;

// Reports, line by line through weft_report, the tasks and coroutines of this component: where each waits
// (function, file, line), on what, and since which turn. A turn is one entry of the host into this component.
// With WEFT_TRACE=1 that is all of them, and it is also shown in front of the message of rule `deadlock`. With
// WEFT_TRACE=0 it is those that are reached from operations in flight, by line only.
void weft_dump(void);

// What happened to a task, a coroutine or an operation.
typedef enum weft_trace_what {
    WEFT_TRACE_START,  // a task's call, a coroutine's first step, an operation that was BLOCKED
    WEFT_TRACE_END,    // the last that the hooks see of it
    WEFT_TRACE_WAIT,   // a coroutine waits; a task has answered the host
    WEFT_TRACE_RESUME, // a coroutine goes on; the host has entered a task
    WEFT_TRACE_WAKE,   // what a coroutine waits for has come: it will be resumed
    WEFT_TRACE_CANCEL, // asked for, by the host or the program; the end still comes
    WEFT_TRACE_RETURN  // a task has returned its value
} weft_trace_what;

// The hooks, called with WEFT_TRACE=1 only. Define all three in your program to replace the default, which does
// nothing; or link weft::trace_json, which writes them as a Chrome trace. They run in the middle of things:
// call the functions below, and nothing else of Weft, nor await. They do not see an operation that completes at
// once. status: the host's status word of an end (abi.h), else 0.
void weft_trace_task(const weft_task *task, weft_trace_what what);
void weft_trace_coro(const weft_coro *co, weft_trace_what what);
void weft_trace_op(const weft_op *op, weft_trace_what what, uint32_t status);

// A line of an async function: that of its last await, or of WEFT_BEGIN.
typedef struct weft_place {
    const char *file;
    const char *function;
    uint32_t line;
} weft_place;

// For the hooks; with WEFT_TRACE=1 only.
const char *weft_trace_task_name(const weft_task *task); // its export's
uint32_t weft_trace_task_number(const weft_task *task);  // from 1, in the order of their starts
const weft_place *weft_trace_place(const weft_coro *co); // NULL before its first step
const char *weft_trace_op_kind(const weft_op *op);       // such as "stream read"; of one in flight
uint32_t weft_trace_op_handle(const weft_op *op);
// The root or the spawned coroutine that `co` was called by, call by call; `co` itself if it is either.
const weft_coro *weft_trace_head(const weft_coro *co);
// What a coroutine waits for, such as "stream read 7" or "weft_join_all". Writes at most `size` bytes (above
// 0), the terminator among them, and returns the length.
size_t weft_trace_wait(const weft_coro *co, char *text, size_t size);

// The sink weft::trace_json writes the JSON array format that Perfetto and chrome://tracing open. Each root and
// each spawned coroutine has a row of its own, with those that it calls above it. A row at the top shows when
// the host was in here. The text is a line an event, in pieces given to weft_trace_write. The array is left
// open, which both accept. Times are in ns, from weft_trace_now. Define either in your program to replace the
// default: weft_report, and the clock of WASI 0.2, or natively a count, which tells only the order.
void weft_trace_write(const char *text, size_t length);
uint64_t weft_trace_now(void);

#include "detail/trace.h"

#ifdef __cplusplus
}
#endif

#endif
