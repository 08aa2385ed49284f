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

// ---- Many who wait ----

enum { MANY = 400 };
static weft_sim_call *works[MANY];
static uint32_t work_count, left_before_room;

static void begins_work(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_call_start(call);
    works[work_count++] = call;
}

// Each in a set of its own.
static uint32_t waits_for_work(const uint32_t *args)
{
    static uint32_t result;
    (void)args;
    uint32_t own = weft_sim_waitable_set_new(guest);
    weft_sim_context_set(guest, 0, own);
    weft_sim_waitable_join(guest, call_import(WORK, 0, &result) >> 4, own);
    return WAIT(own);
}

static uint32_t has_worked(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)code;
    weft_sim_subtask_drop(guest, waitable);
    weft_sim_waitable_set_drop(guest, weft_sim_context_get(guest, 0));
    if (left_before_room && !--left_before_room)
        weft_sim_backpressure_dec(guest);
    guest_return(0);
    return EXIT;
}

static uint32_t lets_nobody_in(const uint32_t *args)
{
    (void)args;
    weft_sim_backpressure_inc(guest);
    weft_sim_task_return(guest, &guest_exports[SECOND].func, NULL);
    return EXIT;
}

static void one_run(weft_sim *host, void *data)
{
    (void)host;
    (void)data;
    finish(start_run());
}

// One after the other, and what comes of it.
static void ends_works(weft_sim *host)
{
    for (; work_count; weft_sim_settle(host))
        weft_sim_call_return(works[--work_count], &(weft_sim_value){.number = 1});
}

// Half of them begin, and the others may not until these have ended.
static void runs_many(weft_sim *host, void *data)
{
    uint32_t count = *(uint32_t *)data;
    for (uint32_t i = 0; i < count / 2; i++)
        weft_sim_spawn_small(host, one_run, NULL);
    weft_sim_settle(host);
    left_before_room = work_count;
    weft_sim_call_free(weft_sim_call_export(guest, NULL, "second", NULL));
    for (uint32_t i = 0; i < count / 2; i++)
        weft_sim_spawn_small(host, one_run, NULL);
    weft_sim_settle(host);
    ends_works(host);
}

static uint64_t looks_at(uint32_t count)
{
    guest_run = waits_for_work;
    guest_callback = has_worked;
    guest_second = lets_nobody_in;
    sim = make_host(&options, &schedule, true);
    weft_sim_answer(sim, "peer", "work", begins_work, NULL);
    CHECK(weft_sim_run(sim, runs_many, &count), WEFT_SIM_DONE);
    uint64_t looks = weft_sim_counted(sim).looks;
    weft_sim_free(sim);
    sim = NULL;
    return looks;
}

// With four times as many tasks and scripts that wait, the host looks at four times as many.
static void many_wait(void)
{
    schedule.forgets = true;
    uint64_t few = looks_at(MANY / 4), more = looks_at(MANY / 2), most = looks_at(MANY);
    fprintf(stderr, "%llu, %llu, %llu looks\n", (unsigned long long)few, (unsigned long long)more,
            (unsigned long long)most);
    CHECK(most - more, 2 * (more - few));
}

// ---- Many events in one set ----

enum { PILE = 8 };
static const uint32_t answer_order[PILE] = {5, 2, 7, 0, 6, 3, 1, 4};
static uint32_t pile[PILE];

static uint32_t calls_pile(const uint32_t *args)
{
    static uint32_t results[PILE];
    (void)args;
    for (uint32_t i = 0; i < PILE; i++)
        watch(pile[i] = call_import(WORK, i, &results[i]) >> 4);
    return WAIT(set);
}

static uint32_t drops_pile(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    weft_sim_subtask_drop(guest, waitable);
    if (event_count < PILE)
        return WAIT(set);
    guest_return(0);
    return EXIT;
}

static void answers_pile(weft_sim *host, void *data)
{
    weft_sim_call *call = start_run();
    (void)host;
    (void)data;
    for (uint32_t i = 0; i < PILE; i++)
        weft_sim_call_return(works[answer_order[i]], &(weft_sim_value){.number = 1});
    finish(call);
}

// First come, first served; as on wasmtime, the one with the lowest handle.
static void piled_up(void)
{
    for (int like_wasmtime = 0; like_wasmtime < 2; like_wasmtime++) {
        event_count = set = work_count = 0;
        options = like_wasmtime ? weft_sim_options_wasmtime() : (weft_sim_options){0};
        guest_run = calls_pile;
        guest_callback = drops_pile;
        sim = make_host(&options, &schedule, true);
        weft_sim_answer(sim, "peer", "work", begins_work, NULL);
        CHECK(weft_sim_run(sim, answers_pile, NULL), WEFT_SIM_DONE);
        for (uint32_t i = 0; i < PILE; i++)
            CHECK(events[i][1], pile[like_wasmtime ? i : answer_order[i]]);
        weft_sim_free(sim);
    }
    sim = NULL;
}

static const struct test tests[] = {
    TEST(many_wait), TEST(piled_up), TEST(memory_fails), TEST(all_schedules), TEST(replay),
};

int main(int count, char **arguments)
{
    return run_test(tests, sizeof tests / sizeof *tests, count, arguments);
}
