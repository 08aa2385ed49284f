// A log: lines on standard error that nobody waits for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     weft_log(WEFT_LOG_WARNING, "%s: %s", self->path, weft_error_text(error));
//
// writes
//
//     2026-11-30T03:45:45.123Z warning letters/a: no such file or directory
//
// weft_log takes no coroutine and may be called anywhere. The line goes to a ring of 8 KiB. A coroutine of the
// library writes the lines in order, and between those of weft_eprintf. In a command, or a request of a
// service, it does so as soon as the host has its turn; a command returns when all is written. In exports of
// your own, they are written while somebody awaits weft_log_flush. Failures of a WEFT_COMMAND or
// WEFT_HTTP_SERVICE are in the log, too.
//
// - A line that has no room in the ring is lost. A line in its place tells how many were.
// - What was not yet written when the component traps, or leaves by weft_exit, is lost.
// - If standard error is gone, so are the lines. Nothing fails.
// - While nobody reads a pipe that is full, wasmtime lets the whole component stand still: see console.h.
//
// Nothing allocates. WASI: wasi:cli/stderr, wasi:clocks/system-clock.
#ifndef WEFT_WASI_LOG_H
#define WEFT_WASI_LOG_H

#include "../coro.h"
#include "../error.h"
#include "text.h"

#ifdef __cplusplus
extern "C" {
#endif

// How much a line matters, the most first.
typedef enum weft_log_level { WEFT_LOG_ERROR, WEFT_LOG_WARNING, WEFT_LOG_INFO, WEFT_LOG_DEBUG } weft_log_level;

// Logs formatted text (format.h) of up to 1,000 bytes. What is longer is cut between two characters, and ends
// in "...". Control characters are escaped, as \n or \x1b, so that a line is one line. A last newline is left
// out.
void weft_log(weft_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Lines of this level and those that matter more are logged from now on. At first it is WEFT_LOG_INFO.
void weft_log_up_to(weft_log_level level);

// The level that is called so: error, warning, info or debug. WEFT_EINVAL if none is; *level stays as it was.
weft_error weft_text_to_log_level(weft_text text, weft_log_level *level);

// Waits until all lines are written, also those that come meanwhile. A cancel of the wait loses none.
weft_poll weft_log_flush(weft_coro *co) __attribute__((warn_unused_result));

#ifdef __cplusplus
}
#endif

#endif
