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
// WEFT_COMMAND(T); makes the async function T the program: its frame is zeroed, T runs, and the program ends
// when T has ended and what it printed is out. Its exit code is 0 if T is done. If T has failed, that is told
// in the log if the program has one (log.h), else on standard error in builds that show messages, and the exit
// code is 1. Stands once in a program. WASI:
// exports wasi:cli/run.
#include "detail/command.h"

#endif
