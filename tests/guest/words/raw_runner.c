// The streams' runner on the raw bindings, with items of 32 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../streams/raw_runner.c"
