// The streams' runner on Weft, with items of 32 bits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../streams/weft_runner.c"
