// A log of letters that tells in which order things ran.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef LOG_H
#define LOG_H

#include "check.h"
#include <weft/weft.h>

static char said[400];
static uint32_t said_length;

static void say(char what)
{
    if (said_length < sizeof said - 1)
        said[said_length++] = what;
}

__attribute__((unused)) static void check_said(const char *file, int line, const char *expected)
{
    said[said_length] = 0;
    said_length = 0;
    if (check_text[0] || !strcmp(said, expected))
        return;
    check(false, file, line, "the length of the log", strlen(said), strlen(expected));
    check_add(": \"");
    check_add(said);
    check_add("\", expected \"");
    check_add(expected);
    check_add("\"");
}

// Compares what was said since the last time, and forgets it.
#define EXPECT_SAID(expected) check_said(__FILE__, __LINE__, expected)

#endif
