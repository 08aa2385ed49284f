// What the log is for the rest of the library, in programs that have one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_LOG_INTERNAL_H
#define WEFT_WASI_LOG_INTERNAL_H

#include <weft/detail/weak.h>
#include <weft/wasi/detail/log.h>

// From begin to end, the log may start to write in the task of `root`, which lives until that has ended. When
// the last task of an instance has returned, the instance ends: so the log is flushed before.
WEFT__WEAK void weft__log_begin(weft__log_host *host, weft_coro *root);
WEFT__WEAK void weft__log_end(weft__log_host *host);
WEFT__WEAK weft_poll weft__log_flush(weft_coro *co);

// Logs the text of weft__report_failure.
WEFT__WEAK void weft__log_failure(const char *text, size_t length);

#endif
