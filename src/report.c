// The default place for the message of a misuse: standard error natively; nowhere on wasm, where a component
// has no standard error unless its world imports one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/hooks.h>

#ifdef __wasm__

void weft_report(const char *text, size_t length)
{
    (void)text;
    (void)length;
}

#else

#include <stdio.h>

void weft_report(const char *text, size_t length)
{
    fwrite(text, 1, length, stderr);
}

#endif
