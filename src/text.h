// Builds one line of text for weft_report, without libc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_TEXT_H
#define WEFT_TEXT_H

#include <weft/hooks.h>

// Its length is set to 0 by hand: an initialiser would zero all of it.
typedef struct weft__text {
    size_t length;
    char text[512];
} weft__text;

// Adds at most `most` bytes; what does not fit in front of the newline is left out.
void weft__add_most(weft__text *to, const char *text, size_t most);
void weft__add(weft__text *to, const char *text);
void weft__add_number(weft__text *to, uint64_t number);
void weft__end_line(weft__text *to);
// Ends the line, gives it to weft_report, and begins the next.
void weft__report_line(weft__text *to);

#endif
