// Standard input, output and error.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), WEFT_TEXT("hello\n")));
//
// Each is one end of an instance, opened on first use, which all its coroutines share. It is never closed for
// you; what a write has taken is out. WASI: wasi:cli/{stdin,stdout,stderr,terminal-stdin,...}.
//
// wasmtime writes them by a call that blocks: while nobody reads a pipe that is full, the whole component
// stands still.
#ifndef WEFT_WASI_CONSOLE_H
#define WEFT_WASI_CONSOLE_H

#include "bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

// The ends. To close one gives it back to the host; it is opened again by the next use.
weft_bytes_reader *weft_stdin(void);
weft_bytes_writer *weft_stdout(void);
weft_bytes_writer *weft_stderr(void);

// True if it is a terminal.
bool weft_stdin_is_terminal(void);
bool weft_stdout_is_terminal(void);
bool weft_stderr_is_terminal(void);

#ifdef __cplusplus
}
#endif

#endif
