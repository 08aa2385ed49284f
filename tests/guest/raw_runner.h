// The export `run` of a hand-written runner. Include it after the tests and `static uint64_t peer_probe(void)`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test is a plain function, void name(void), that waits on the machine stack with raw_wait.
#ifndef RAW_RUNNER_H
#define RAW_RUNNER_H

#include "check.h"
#include <stdlib.h>

typedef struct {
    const char *name;
    void (*run)(void);
} test_case;

#define TEST(name) {#name, name},
static const test_case cases[] = {TESTS};
#undef TEST

runner_callback_code_t exports_runner_run(runner_string_t *name)
{
    const test_case *test = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strlen(cases[i].name) == name->len && !memcmp(cases[i].name, name->ptr, name->len))
            test = &cases[i];
    if (!test)
        check_add("no such test");
    uint64_t mine = 0, peers = 0;
    for (int round = 0; test && round < ROUNDS && !check_text[0]; round++) {
        test->run();
        if (round > 1) {
            EXPECT(probe(), mine);
            EXPECT(peer_probe(), peers);
        }
        mine = probe();
        peers = peer_probe();
    }
    if (name->len)
        free(name->ptr);
    runner_result_void_string_t result = {.is_err = check_text[0] != 0};
    runner_string_set(&result.val.err, check_text);
    exports_runner_run_return(result);
    return RUNNER_CALLBACK_CODE_EXIT;
}

runner_callback_code_t exports_runner_run_callback(runner_event_t *event)
{
    (void)event;
    __builtin_trap();
}

#endif
