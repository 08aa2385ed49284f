// Standard input, output and error.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_TRY(weft_stdout(), weft_printf(co, "%s: %zu bytes\n", self->name, self->size));
//
// Each is one end, which all coroutines of an instance share. It is opened on first use, and never closed for
// you. What a write has taken is out. WASI: wasi:cli/{stdin,stdout,stderr,terminal-stdin,...}.
//
// wasmtime writes them by a call that blocks: while nobody reads a pipe that is full, the whole component
// stands still.
#ifndef WEFT_WASI_CONSOLE_H
#define WEFT_WASI_CONSOLE_H

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

// The ends. To close or finish one gives it back to the host: the next use opens it anew.
weft_bytes_reader *weft_stdin(void);
weft_bytes_writer *weft_stdout(void);
weft_bytes_writer *weft_stderr(void);

// True if it is a terminal.
bool weft_stdin_is_terminal(void);
bool weft_stdout_is_terminal(void);
bool weft_stderr_is_terminal(void);

// Writes formatted text to standard output, or to standard error, as format.h says. The arguments are read
// before it waits. Coroutines that print at the same time take turns, in their order, so that lines stay whole.
// weft_write to the same end takes no turn: it is misuse while a print is in flight there.
//
// weft_stdout()->error tells, as after each write. Until the next print it may also be WEFT_ENOMEM: a text
// longer than 511 bytes, or one that comes while another is printed, needs memory (hooks.h). That goes when
// another prints. A cancel before its turn prints nothing; later it leaves a part of the line. It is no case of
// weft_select.
weft_poll weft_printf(weft_coro *co, const char *format, ...)
    __attribute__((warn_unused_result, format(printf, 2, 3)));
weft_poll weft_eprintf(weft_coro *co, const char *format, ...)
    __attribute__((warn_unused_result, format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif

#endif
