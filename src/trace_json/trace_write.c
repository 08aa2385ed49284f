// The default place for a trace.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/hooks.h>
#include <weft/trace.h>

void weft_trace_write(const char *text, size_t length)
{
    weft_report(text, length);
}
