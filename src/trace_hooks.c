// The default trace hooks, which do nothing. Replaced together by a program that defines all three.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/trace.h>

#if WEFT_TRACE

void weft_trace_task(const weft_task *task, weft_trace_what what)
{
    (void)task;
    (void)what;
}

void weft_trace_coro(const weft_coro *co, weft_trace_what what)
{
    (void)co;
    (void)what;
}

void weft_trace_op(const weft_op *op, weft_trace_what what, uint32_t status)
{
    (void)op;
    (void)what;
    (void)status;
}

#endif
