// What the coroutines' tests share: a log of letters that tells in which order things ran, and a canceller.
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

// Cancels `victim`, if any, and yields once: k, then K if it went on, then a dot from its finaliser.
typedef struct {
    weft_coro co;
    weft_coro *victim;
} killer;

__attribute__((unused)) static weft_poll killer_run(weft_coro *co)
{
    killer *self = weft_frame(co, killer);
    WEFT_BEGIN(co);
    say('k');
    if (self->victim)
        weft_cancel(self->victim);
    WEFT_AWAIT(weft_yield(co));
    say('K');
    WEFT_FINALLY(co);
    say('.');
    WEFT_END(co);
}

static uint64_t peer_probe(void)
{
    return 0;
}

void exports_runner_ends(runner_stream_u32_t numbers, runner_future_u32_t number)
{
    (void)numbers;
    (void)number;
}

#endif
