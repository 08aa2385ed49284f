// What the native host chooses: all schedules of a small case, replay of a schedule, and memory that fails.
// Usage: host-schedules <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_runs.h"

// Three calls whose answers a host may give in any order.
static uint32_t orders[3], answered;

static uint32_t calls_three(const uint32_t *args)
{
    (void)args;
    static uint32_t results[3];
    for (uint32_t i = 0; i < 3; i++)
        orders[i] = call_import(WORK, i, &results[i]) >> 4;
    for (uint32_t i = 0; i < 3; i++)
        watch(orders[i]);
    return WAIT(set);
}

static uint32_t drops_each(uint32_t event, uint32_t waitable, uint32_t code)
{
    CHECK(code, RETURNED);
    saw(event, waitable, code);
    weft_sim_subtask_drop(guest, waitable);
    if (event_count < 3)
        return WAIT(set);
    weft_sim_waitable_set_drop(guest, set);
    set = 0;
    guest_return(0);
    return EXIT;
}

static void answers_one(weft_sim *host, void *data)
{
    weft_sim_call *call = data;
    (void)host;
    weft_sim_call_return(call, &(weft_sim_value){.number = 1});
    answered++;
}

static void answers_three(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    for (int i = 0; i < 3; i++) {
        weft_sim_call *call = weft_sim_accept(host, NULL, NULL);
        weft_sim_call_start(call);
        weft_sim_spawn(host, answers_one, call);
    }
    finish(run);
}

static void run_three(void)
{
    event_count = set = 0;
    guest_run = calls_three;
    guest_callback = drops_each;
    weft_sim_free(sim);
    sim = NULL;
    CHECK(play(answers_three, true), WEFT_SIM_DONE);
    CHECK(event_count, 3);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

static void all_schedules(void)
{
    bool seen[6] = {0};
    uint32_t runs = 0, kinds = 0;
    do {
        run_three();
        uint32_t first = events[0][1], second = events[1][1];
        uint32_t order = (first - orders[0]) * 2 + (second > first ? second - 1 : second) - orders[0];
        kinds += !seen[order];
        seen[order] = true;
        runs++;
    } while (!failures && runs < 100000 && weft_sim_schedule_next(&schedule));
    CHECK(kinds, 6);
    CHECK(runs < 100000, true);
    fprintf(stderr, "%u schedules\n", (unsigned)runs);
}

static void replay(void)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        options = weft_sim_options_swarm(seed);
        options.hold = options.unasked = options.no_memory = 0;
        schedule = (weft_sim_schedule){.seed = seed};
        run_three();
        uint64_t hash = weft_sim_transcript_hash(sim);
        char *transcript = malloc(strlen(weft_sim_transcript(sim)) + 1);
        strcpy(transcript, weft_sim_transcript(sim));
        weft_sim_schedule_replay(&schedule);
        run_three();
        CHECK(weft_sim_transcript_hash(sim), hash);
        CHECK(strcmp(transcript, weft_sim_transcript(sim)), 0);
        free(transcript);
        // Without the list, from the seed alone.
        weft_sim_free(sim);
        sim = NULL;
        weft_sim_schedule_free(&schedule);
        schedule = (weft_sim_schedule){.seed = seed};
        run_three();
        CHECK(weft_sim_transcript_hash(sim), hash);
        weft_sim_free(sim);
        sim = NULL;
        weft_sim_schedule_free(&schedule);
    }
}

static void memory_fails(void)
{
    options.no_memory = 500;
    schedule.seed = 3;
    sim = make_host(&options, &schedule, false);
    int failed = 0;
    for (int i = 0; i < 1000; i++)
        failed += weft_sim_allocation_fails(guest);
    CHECK(failed > 400 && failed < 600, true);
}

static const struct test tests[] = {
    TEST(memory_fails),
    TEST(all_schedules),
    TEST(replay),
};

int main(int count, char **arguments)
{
    return run_test(tests, sizeof tests / sizeof *tests, count, arguments);
}
