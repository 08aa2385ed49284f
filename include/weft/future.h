// Futures: what the typed readers and writers of WEFT_FUTURE (bindgen.h) share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A future's writer must write before it is dropped, or the host traps. So a Weft writer is made with a default
// value, and a close of an unwritten one writes that at once. The task stays alive until the reader has it or
// is gone. Where there is no task, or it must not wait, the write stays in flight without one.
// Spec: canon future.{read,write}, future.drop-writable.
#ifndef WEFT_FUTURE_H
#define WEFT_FUTURE_H

#include "op.h"

#ifdef __cplusplus
extern "C" {
#endif

// True if the future's one copy has been made.
#define weft_resolved(it) weft__future_resolved(&(it)->op)

#include "detail/future.h"

#ifdef __cplusplus
}
#endif

#endif
