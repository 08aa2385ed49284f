// How the log finds a task to write in. Included by the headers of the library's roots.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_LOG_H
#define WEFT_WASI_DETAIL_LOG_H

#include "../../coro.h"

// A root that runs, in the list of all that do. Zero is none.
typedef struct weft__log_host {
    weft_task *task;
    struct weft__log_host *next;
    struct weft__log_host **at; // what points to it
} weft__log_host;

#endif
