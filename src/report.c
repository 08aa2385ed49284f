// The default place for the message of a misuse: standard error natively; nowhere on wasm, where a component
// has no standard error unless its world imports one.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _POSIX_C_SOURCE 200809L
#include <weft/hooks.h>

#ifdef __wasm__

void weft_report(const char *text, size_t length)
{
    (void)text;
    (void)length;
}

#else

#include <stdio.h>
#include <unistd.h>

// The machine's, not the stderr of weft::libc, whose writes block: whoever misuses Weft may be no fiber.
void weft_report(const char *text, size_t length)
{
    dprintf(STDERR_FILENO, "%.*s", (int)length, text);
}

#endif
