// weft_cxx: what the library of C++ calls when it gives up, for want of memory for example: on wasm it has no
// exceptions. Its own functions print by libc, which asks for WASI preview 1. These report as a misuse does.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../text.h"
#include <weft/detail/weak.h>
#include <stdarg.h>

static _Noreturn void give_up(const char *format, va_list arguments)
{
    weft__text line;
    line.length = 0;
    weft__add(&line, "weft: C++ gave up: ");
    for (; *format; format++) {
        if (format[0] != '%') {
            weft__add_most(&line, format, 1);
            continue;
        }
        format++;
        if (*format == 's')
            weft__add(&line, va_arg(arguments, const char *));
        else if (*format == 'd')
            weft__add_number(&line, (uint64_t)va_arg(arguments, int));
        else
            break; // an argument of unknown type: leave out the rest
    }
    weft__report_line(&line);
    __builtin_trap();
}

// __asm__ only names the symbol, as C++ would.
#define GIVES_UP(name, symbol)                                                                                 \
    WEFT__WEAK _Noreturn void name(const char *format, ...) __asm__(symbol);                                   \
    void name(const char *format, ...)                                                                         \
    {                                                                                                          \
        va_list arguments;                                                                                     \
        va_start(arguments, format);                                                                           \
        give_up(format, arguments);                                                                            \
    }

// std::__libcpp_verbose_abort of both ABI versions of libc++, and the one of libc++abi. A program may have its
// own.
GIVES_UP(verbose_abort, "_ZNSt3__122__libcpp_verbose_abortEPKcz")
GIVES_UP(verbose_abort_2, "_ZNSt3__222__libcpp_verbose_abortEPKcz")
GIVES_UP(abort_message, "__abort_message")
