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

int dprintf(int fd, const char *format, ...); // POSIX's, which <stdio.h> hides in strict C11

// To the machine's standard error. That of weft::libc, which has the names stderr and write, may have to wait,
// and whoever misuses Weft may be no fiber.
void weft_report(const char *text, size_t length)
{
    dprintf(2, "%.*s", (int)length, text);
}

#endif
