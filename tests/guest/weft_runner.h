// The export `run` of a runner on Weft. Include it after the tests and `static uint64_t peer_probe(void)`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test is an async function: TEST(name) in the list `TESTS` stands for its frame type `name` and its step
// function name_run, or what TEST_STEP(name) is.
#ifndef WEFT_RUNNER_H
#define WEFT_RUNNER_H

#include "check.h"
#include "counting_hooks.h"

typedef struct {
    const char *name;
    weft_step *run;
    size_t size;
} test_case;

#ifndef TEST_STEP
#define TEST_STEP(name) name##_run
#endif
#define TEST(name) {#name, TEST_STEP(name), sizeof(name)},
static const test_case cases[] = {TESTS};
#undef TEST

typedef struct {
    weft_coro co;
    runner_string_t name;
    const test_case *test;
    weft_coro *frame;
    int round;
    uint64_t mine, peers;
} run;

static weft_stepped run_run(weft_coro *co)
{
    run *self = weft_frame(co, run);
    WEFT_BEGIN;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strlen(cases[i].name) == self->name.len && !memcmp(cases[i].name, self->name.ptr, self->name.len))
            self->test = &cases[i];
    if (!self->test) {
        check_add("no such test");
        WEFT_FINISH;
    }
    for (self->round = 0; self->round < ROUNDS && !check_text[0]; self->round++) {
        self->frame = calloc(1, self->test->size);
        WEFT_AWAIT(weft_call(co, self->frame, self->test->run));
        EXPECT(weft_outcome_of(self->frame), WEFT_DONE);
        free(self->frame);
        if (self->round > 1) {
            EXPECT(probe(), self->mine);
            EXPECT(peer_probe(), self->peers);
        }
        self->mine = probe();
        self->peers = peer_probe();
    }
    WEFT_FINALLY;
    if (self->name.len)
        free(self->name.ptr);
    runner_result_void_string_t result = {.is_err = check_text[0] != 0};
    runner_string_set(&result.val.err, check_text);
    WEFT_RETURN(co, exports_runner_run, result);
    WEFT_END;
}

WEFT_EXPORT_STEP(runner, exports_runner_run, run, run_run, (runner_string_t * test), self->name = *test);

#endif
