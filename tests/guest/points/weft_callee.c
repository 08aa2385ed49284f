// The streams' callee on Weft, with records for items.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PAYLOAD_RECORD
#include "../streams/weft_callee.c"
