// The streams' callee on Weft, with items that carry nothing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PAYLOAD_NONE
#include "../streams/weft_callee.c"
