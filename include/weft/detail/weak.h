// The one place that knows how a symbol is made weak; src/upcalls.h lists those of the runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_WEAK_H
#define WEFT_DETAIL_WEAK_H

#define WEFT__WEAK __attribute__((weak))

#endif
