// A command: a program that is run once, as by `wasmtime run -S p3,cli -W component-model-async`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     WEFT_ASYNC(hello)
//     {
//         WEFT_BEGIN;
//         WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), WEFT_TEXT("hello\n")));
//         WEFT_END;
//     }
//     WEFT_COMMAND(hello);
#ifndef WEFT_WASI_COMMAND_H
#define WEFT_WASI_COMMAND_H

#include "../bindgen.h"
// WEFT_COMMAND(T); makes the async function T the program. T runs in a zeroed frame, and the program ends when
// T has ended and what it printed is out. Its exit code is 0 if T is done. If T has failed, the exit code is 1,
// and the log (log.h) tells it, or in a program without one, standard error in builds that show messages.
// Stands once in a program. WASI: exports wasi:cli/run.
#include "detail/command.h"

#endif
