// Lines of text, for the messages of misuse, the dump and the trace.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text.h"

// Not inlined: messages have many parts, and may be slow.
__attribute__((noinline)) void weft__add_most(weft__text *to, const char *text, size_t most)
{
    while (*text && most-- > 0 && to->length < sizeof to->text - 1)
        to->text[to->length++] = *text++;
}

void weft__add(weft__text *to, const char *text)
{
    weft__add_most(to, text, sizeof to->text);
}

void weft__add_number(weft__text *to, uint64_t number)
{
    char digits[21];
    size_t at = sizeof digits;
    digits[--at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    weft__add(to, digits + at);
}

void weft__end_line(weft__text *to)
{
    to->text[to->length++] = '\n';
}

void weft__report_line(weft__text *line)
{
    weft__end_line(line);
    weft_report(line->text, line->length);
    line->length = 0;
}
