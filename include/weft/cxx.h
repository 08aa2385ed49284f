// Frames of tasks of C++ that C starts, too: see weft/weft.hpp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_CXX_H
#define WEFT_CXX_H

#include "async.h"

// The second member of such a frame, behind `weft_coro co`. Zero-initialised is valid; private.
//
//     typedef struct { weft_coro co; weft_cxx cxx; uint32_t n, sum; } total; // in a header of both
//     WEFT_ASYNC_DECLARE_EXTERN(total);
//
//     WEFT_CALL(total, &self->total, .n = 3); // in C
//
//     WEFT_TASK_EXTERN(total) // in C++
//     {
//         self->sum = co_await sum_to(self->n);
//     }
typedef struct weft_cxx {
    void *promise; // of the innermost task, which the others wait for; NULL: none has begun, or all have gone
    bool over;
    bool shielded; // for the cleanup of that, and not by the task itself
} weft_cxx;

#endif
