// The text of what came of each step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef NOTE_H
#define NOTE_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

static char noted[4096];
static uint32_t noted_length;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    uint32_t room = (uint32_t)sizeof noted - noted_length;
    int length = vsnprintf(noted + noted_length, room, format, arguments);
    noted_length += (uint32_t)length < room ? (uint32_t)length : room - 1;
    va_end(arguments);
}

#endif
