// What the tests of the host share: checks, what the guest saw, how a run is started, and the program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef HOST_RUNS_H
#define HOST_RUNS_H

#include "host_world.h"

static int failures;

static void check(const char *expression, uint64_t is, uint64_t expected, int line)
{
    if (is != expected) {
        fprintf(stderr, "line %d: %s is %llu, expected %llu\n", line, expression, (unsigned long long)is,
                (unsigned long long)expected);
        failures++;
    }
}
#define CHECK(is, expected) check(#is, (uint64_t)(is), (uint64_t)(expected), __LINE__)

// ---- The guest's own state, and what it saw ----

static uint32_t set;
static uint32_t events[16][3], event_count;

static void saw(uint32_t event, uint32_t waitable, uint32_t code)
{
    events[event_count][0] = event;
    events[event_count][1] = waitable;
    events[event_count++][2] = code;
}

#define SAW(at, event, code)                                                                                   \
    do {                                                                                                       \
        CHECK(events[at][0], event);                                                                           \
        CHECK(events[at][2], code);                                                                            \
    } while (0)

// Returns when `until` events have come.
static uint32_t until;

static uint32_t wait_for_all(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    if (event_count < until)
        return WAIT(set);
    guest_return(event_count);
    return EXIT;
}

static inline uint32_t watch(uint32_t waitable)
{
    if (!set)
        set = weft_sim_waitable_set_new(guest);
    weft_sim_waitable_join(guest, waitable, set);
    return WAIT(set);
}

// ---- Runs ----

static weft_sim *sim;
static weft_sim_options options;
static weft_sim_schedule schedule;

static weft_sim_outcome play(weft_sim_script script, bool alone)
{
    if (!sim)
        sim = make_host(&options, &schedule, alone);
    guest_callback = guest_callback ? guest_callback : wait_for_all;
    weft_sim_outcome outcome = weft_sim_run(sim, script, NULL);
    if (outcome != WEFT_SIM_DONE)
        fprintf(stderr, "%s", weft_sim_report(sim));
    return outcome;
}

static weft_sim_call *start_run(void)
{
    return weft_sim_call_export(guest, NULL, "run", NULL);
}

static uint32_t finish(weft_sim_call *call)
{
    CHECK(weft_sim_call_wait(call), WEFT_SIM_RETURNED);
    uint32_t value = (uint32_t)weft_sim_call_result(call)->number;
    weft_sim_call_free(call);
    return value;
}

static inline void only_run(weft_sim *host, void *data)
{
    (void)host;
    (void)data;
    finish(start_run());
}

// ---- The program ----

struct test {
    const char *name;
    void (*run)(void);
};
#define TEST(name) {#name, name}

// Runs the test that is the program's only argument; what the program returns.
static int run_test(const struct test *tests, size_t test_count, int count, char **arguments)
{
    const struct test *test = NULL;
    for (size_t i = 0; count == 2 && i < test_count; i++)
        if (!strcmp(tests[i].name, arguments[1]))
            test = &tests[i];
    if (!test) {
        fprintf(stderr, "usage: %s <test>\n", arguments[0]);
        return 1;
    }
    test->run();
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    return failures != 0;
}

#endif
