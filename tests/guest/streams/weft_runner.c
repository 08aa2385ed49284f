// The streams' tests, on Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_words.h"
#include "tests.h"

#define TESTS STREAM_TESTS
#include "weft_runner.h"
