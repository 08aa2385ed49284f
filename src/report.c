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

#include <unistd.h>

// The machine's, not the stderr of weft::libc, whose writes block: whoever misuses Weft may be no fiber.
void weft_report(const char *text, size_t length)
{
    for (ssize_t some; length && (some = write(STDERR_FILENO, text, length)) > 0; length -= (size_t)some)
        text += some;
}

#endif
