// Weft: the async runtime for C in a WebAssembly component. Includes all of it; docs/guide.md is the way in.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_H
#define WEFT_H

// Start here: coroutines, and the lines that bind an export, a stream or a future.
#include "async.h"   // WEFT_ASYNC, WEFT_CALL, WEFT_SPAWN
#include "bindgen.h" // WEFT_EXPORT, WEFT_RETURN, WEFT_STREAM, WEFT_FUTURE
#include "coro.h"    // WEFT_BEGIN, WEFT_AWAIT, WEFT_FINALLY, WEFT_END; calls, yields, cancels
#include "task.h"    // exports' tasks: blocking runs, backpressure, limits, memory
#include "step.h"    // coroutines without the macros
#include "error.h"   // what all that can fail says

// What the host does for a coroutine.
#include "op.h" // any operation in flight: await it, any of several, stop it
#include "future.h"
#include "stream.h"
#include "subtask.h" // calls of async imports
#include "cancel.h"  // cancels that do not block the component

// What coroutines do for each other.
#include "broadcast.h" // to all who have subscribed
#include "local.h"     // task-locals
#include "once.h"      // a value that comes once, a start-up that is shared
#include "rate.h"      // how often something may be done
#include "scope.h"     // children: spawn, join, race
#include "select.h"    // the first of several waits, of whatever kind
#include "sync.h"      // events, mutexes, semaphores, conditions, channels
#include "time.h"      // sleeps, deadlines, a virtual clock

// Conveniences.
#include "error_context.h" // opaque errors of the component model
#include "flow.h"          // whole buffers, lines, forwarding

// Beside and below.
#include "abi.h"         // the built-ins and status words of the component model
#include "hooks.h"       // memory and messages, to be replaced; the rules of misuse
#include "wasip3_task.h" // foreign code in Weft's tasks, and the other way round

#include "trace.h" // dumps and traces
#include "watch.h" // figures, and a watchdog
#include "version.h"

#endif
