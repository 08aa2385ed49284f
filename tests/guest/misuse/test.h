// What the tests of misuse/weft.c share: the frame, and how a test is written.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef MISUSE_TEST_H
#define MISUSE_TEST_H

#include "middle.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_STREAM(numbers, weft_rules_peer_stream_u32, uint32_t);
WEFT_FUTURE(number, weft_rules_peer_future_u32, uint32_t);
WEFT_STREAM(texts, weft_rules_peer_stream_string, middle_string_t);

// True if that is the name of the test that runs.
static bool named(const char *name);

// The frame of every test, which the root calls.
typedef struct {
    weft_coro co;
    weft_coro other __attribute__((aligned(16)));
    numbers_reader in;
    numbers_writer out;
    number_reader one;
    number_writer of_one;
    texts_reader texts_in;
    texts_writer texts_out;
    weft_subtask call;
    weft_any any;
    weft_op *ops[2];
    weft_semaphore semaphore;
    weft_permit permit;
    weft_scope scope;
    weft_child child;
    weft_local local, later;
    uint32_t items[4], value;
    middle_string_t text;
} test;

#define EXPORT exports_weft_rules_subject_run

// A test is its body; it ends with its ends closed, if it gets there.
#define TEST_BODY(name, ...)                                                                                   \
    static weft_stepped name(weft_coro *co)                                                                    \
    {                                                                                                          \
        test *self = weft_frame(co, test);                                                                     \
        WEFT_BEGIN;                                                                                            \
        self->in = numbers_reader_of(numbers_new(&self->out));                                                 \
        self->one = number_reader_of(number_new(&self->of_one, 7));                                            \
        __VA_ARGS__                                                                                            \
        WEFT_FINALLY;                                                                                          \
        numbers_close_reader(&self->in);                                                                       \
        numbers_close_writer(&self->out);                                                                      \
        number_close_reader(&self->one);                                                                       \
        number_close_writer(co, &self->of_one);                                                                \
        WEFT_END;                                                                                              \
    }

// What goes on in the background of a test: a coroutine that waits for nothing, and does no harm.
static weft_stepped idle_run(weft_coro *co)
{
    WEFT_BEGIN;
    WEFT_FINALLY;
    WEFT_END;
}

// For a wait whose WEFT_AWAIT is missing.
static void forget(weft_poll poll)
{
    (void)poll;
}

#endif
