// Weft: the async runtime for C in a WebAssembly component. Includes all of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_H
#define WEFT_H

#include "abi.h"
#include "bindgen.h"
#include "coro.h"
#include "future.h"
#include "hooks.h"
#include "op.h"
#include "stream.h"
#include "subtask.h"
#include "task.h"

#endif
