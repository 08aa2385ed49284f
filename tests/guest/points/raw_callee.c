// The streams' callee on the raw bindings, with records for items.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PAYLOAD_RECORD
#include "../streams/raw_callee.c"
