// In place of one that is none of libc's, as clang finds this machine's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#error                                                                                                         \
    "weft: this libc has no threads, so none can be fibers: build with zig, or with a wasi-libc that has pthread.h"
