// Weft: the async runtime for C in a WebAssembly component. Includes all of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_H
#define WEFT_H

#include "abi.h"
#include "bindgen.h"
#include "cancel.h"
#include "coro.h"
#include "error_context.h"
#include "flow.h"
#include "future.h"
#include "hooks.h"
#include "local.h"
#include "op.h"
#include "scope.h"
#include "stream.h"
#include "subtask.h"
#include "sync.h"
#include "task.h"
#include "time.h"
#include "wasip3_task.h"
#include "trace.h"

#endif
