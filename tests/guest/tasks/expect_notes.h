// What both runners of the tasks' tests share: ways to see how far the callee's tasks have come.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef EXPECT_NOTES_H
#define EXPECT_NOTES_H

#include <stdio.h>

// Waits on the machine stack: no event is delivered to this component meanwhile.
static void until_held(uint32_t count)
{
    while (weft_calls_peer_held() != count)
        __thread_yield();
}

// Compares the notes; if `wait`, when as many are there as expected.
static void expect_notes(int line, const char *expected, bool wait)
{
    char actual[256];
    size_t length = 0;
    for (;;) {
        runner_string_t notes;
        weft_tasks_peer_notes(&notes);
        memcpy(actual + length, notes.ptr, notes.len);
        length += notes.len;
        runner_string_free(&notes);
        if (!wait || length >= strlen(expected))
            break;
        __thread_yield();
    }
    if (!check_text[0] && (length != strlen(expected) || memcmp(actual, expected, length)))
        snprintf(check_text, sizeof check_text, "line %d: the notes are \"%.*s\", expected \"%s\"", line,
                 (int)length, actual, expected);
}

#define EXPECT_NOTES(expected) expect_notes(__LINE__, expected, false)
#define AWAIT_NOTES(expected) expect_notes(__LINE__, expected, true)

// Starts a call of waits, which takes its arguments at once.
static runner_subtask_status_t waits(weft_tasks_peer_place_t at, uint32_t ticket, bool insists, uint32_t slow,
                                     uint32_t last, uint32_t *result)
{
    weft_tasks_peer_waits_args_t args = {at, ticket, insists, slow, last};
    *result = 0;
    runner_subtask_status_t status = weft_tasks_peer_waits(&args, result);
    EXPECT(RUNNER_SUBTASK_STATE(status), RUNNER_SUBTASK_STARTED);
    return status;
}

#endif
