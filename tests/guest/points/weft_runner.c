// The streams' runner on Weft, with records for items.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PAYLOAD_RECORD
#include "../streams/weft_runner.c"
