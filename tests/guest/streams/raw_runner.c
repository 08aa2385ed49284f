// The streams' tests, by hand on the raw bindings.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "raw_words.h"
#include "tests.h"

#define TESTS STREAM_TESTS
#include "raw_runner.h"
