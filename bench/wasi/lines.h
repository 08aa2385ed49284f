// What is moved.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef BENCH_WASI_LINES_H
#define BENCH_WASI_LINES_H

enum { CHUNK = 65536 };

// Blanks: the number that a run prints is all that else is on its standard output.
#define LINE "                                                               \n"

#endif
