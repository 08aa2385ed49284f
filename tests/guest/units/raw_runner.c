// The streams' runner on the raw bindings, with items that carry nothing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PAYLOAD_NONE
#include "../streams/raw_runner.c"
