// Scripts beside each other: what two of them hold, those that serve without an end, those that settle; yields
// without an end, and time for a guest that polls. Usage: host-scripts <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_runs.h"

static uint32_t calls_work(const uint32_t *args)
{
    (void)args;
    static uint32_t result;
    return watch(call_import(WORK, 1, &result) >> 4);
}

static uint32_t drops_call(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    weft_sim_subtask_drop(guest, waitable);
    weft_sim_waitable_set_drop(guest, set);
    set = 0;
    guest_return(code);
    return EXIT;
}

// ---- A call that two scripts hold ----

static bool was_told = true;

static void waits_for_cancel(weft_sim *host, void *call)
{
    (void)host;
    was_told = weft_sim_call_wait_cancel(call);
}

// The answer, the component's event and its drop all come before the other script goes on.
static void answers_what_another_holds(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run(), *work = weft_sim_accept(host, "peer", "work");
    weft_sim_call_start(work);
    weft_sim_spawn(host, waits_for_cancel, work);
    weft_sim_settle(host);
    weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    CHECK(finish(run), RETURNED);
}

// In several orders.
static void play_shuffled(weft_sim_script script)
{
    guest_run = calls_work;
    guest_callback = drops_call;
    for (uint64_t seed = 0; seed < 20 && !failures; seed++) {
        event_count = 0;
        schedule = (weft_sim_schedule){.seed = seed};
        CHECK(play(script, true), WEFT_SIM_DONE);
        weft_sim_free(sim);
        weft_sim_schedule_free(&schedule);
        sim = NULL;
    }
}

static void held_by_two(void)
{
    play_shuffled(answers_what_another_holds);
    CHECK(was_told, false);
}

static void waits_for_run(weft_sim *host, void *run)
{
    (void)host;
    CHECK(weft_sim_call_wait(run), WEFT_SIM_RETURNED);
}

static void frees_what_another_waits_for(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run(), *work = weft_sim_accept(host, "peer", "work");
    weft_sim_call_start(work);
    weft_sim_spawn(host, waits_for_run, run);
    weft_sim_settle(host);
    weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    CHECK(finish(run), RETURNED);
}

static void freed_by_another(void)
{
    play_shuffled(frees_what_another_waits_for);
}

// ---- A script that serves ----

static void serves(weft_sim *host, void *served)
{
    for (;;) {
        weft_sim_call *work = weft_sim_accept(host, "peer", "work");
        weft_sim_call_start(work);
        weft_sim_call_return(work, &(weft_sim_value){.number = 1});
        ++*(uint32_t *)served;
    }
}

static uint32_t served;

static void run_served(weft_sim *host, void *data)
{
    (void)data;
    if (!served)
        weft_sim_spawn(host, serves, &served);
    finish(start_run());
}

static void serves_without_end(void)
{
    options.late = 1000;
    guest_run = calls_work;
    guest_callback = drops_call;
    for (uint32_t runs = 1; runs <= 3; runs++) {
        CHECK(play(run_served, true), WEFT_SIM_DONE);
        CHECK(served, runs);
        CHECK(strlen(weft_sim_report(sim)), 0);
    }
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// Who waits for a call in vain is in a deadlock, if the test waits for that.
static void waits_in_vain(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_accept(host, "peer", "work");
}

static void accepts_in_vain(void)
{
    sim = make_host(&options, &schedule, true);
    CHECK(weft_sim_run(sim, waits_in_vain, NULL), WEFT_SIM_DEADLOCK);
}

// ---- Scripts that settle ----

static bool flag;

static void settles_until_flag(weft_sim *host, void *data)
{
    (void)data;
    while (!flag)
        weft_sim_settle(host);
}

static void settles_then_flags(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_settle(host);
    weft_sim_settle(host);
    flag = true;
}

static weft_sim_script another;

static void with_another(weft_sim *host, void *script)
{
    weft_sim_spawn(host, another, NULL);
    (*(weft_sim_script *)script)(host, NULL);
}

static void two_settle(void)
{
    for (int first = 0; first < 2; first++) {
        flag = false;
        sim = make_host(&options, &schedule, true);
        weft_sim_script scripts[] = {settles_until_flag, settles_then_flags};
        weft_sim_step_limit(sim, 100);
        another = scripts[!first];
        CHECK(weft_sim_run(sim, with_another, &scripts[first]), WEFT_SIM_DONE);
        weft_sim_free(sim);
    }
    sim = NULL;
}

static void settles_in_vain(void)
{
    flag = false;
    sim = make_host(&options, &schedule, true);
    weft_sim_step_limit(sim, 100000);
    another = settles_until_flag;
    CHECK(weft_sim_run(sim, with_another, &another), WEFT_SIM_DEADLOCK);
    CHECK(strstr(weft_sim_report(sim), "another script: waits: settles") != NULL, true);
}

// ---- Yields without an end ----

static uint32_t yields_again(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    return YIELD;
}

static uint32_t yields(const uint32_t *args)
{
    (void)args;
    return YIELD;
}

static uint32_t yields_on_its_stack(const uint32_t *args)
{
    while (!args || set != 1)
        weft_sim_thread_yield(guest);
    return EXIT;
}

static void endless(void)
{
    guest_run = yields;
    guest_callback = yields_again;
    sim = make_host(&options, &schedule, false);
    weft_sim_step_limit(sim, 1000);
    CHECK(weft_sim_run(sim, only_run, NULL), WEFT_SIM_ENDLESS);
    CHECK(strstr(weft_sim_report(sim), "endless: still running after 1000 steps\n") != NULL, true);
}

static void eager_yields(void)
{
    options.eager_yield = 1000;
    guest_callback = yields_again;
    for (int i = 0; i < 2; i++) {
        guest_run = i ? yields : yields_on_its_stack;
        sim = make_host(&options, &schedule, true);
        weft_sim_step_limit(sim, 1000);
        CHECK(weft_sim_run(sim, only_run, NULL), WEFT_SIM_ENDLESS);
        weft_sim_free(sim);
    }
    sim = NULL;
}

// ---- The outside ----

static uint32_t asked, came;

static bool comes_when_asked_often(weft_sim *host, bool may_block, void *data)
{
    (void)host;
    (void)data;
    asked++;
    came = asked > 3;
    return may_block && asked < 1000; // or a run would never end
}

static bool never_comes(weft_sim *host, bool may_block, void *data)
{
    (void)host;
    (void)may_block;
    (void)data;
    return false;
}

static bool has_come(void *object)
{
    return *(uint32_t *)object;
}

static void waits_for_it(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_wait_until(host, "waits for the outside", has_come, &came);
    CHECK(came, true);
    weft_sim_wait_until(host, "does not wait", has_come, &came);
}

static void outside(void)
{
    sim = make_host(&options, &schedule, true);
    weft_sim_on_idle(sim, comes_when_asked_often, NULL);
    CHECK(weft_sim_run(sim, waits_for_it, NULL), WEFT_SIM_DONE);
    came = 0;
    weft_sim_on_idle(sim, never_comes, NULL);
    CHECK(weft_sim_run(sim, waits_for_it, NULL), WEFT_SIM_DEADLOCK);
    CHECK(strstr(weft_sim_report(sim), "waits for the outside") != NULL, true);
}

// ---- Scripts of which there are many ----

static weft_sim_bell bell;
static uint32_t looks;

static bool looks_for_it(void *object)
{
    looks++;
    return has_come(object);
}

static bool wakes_in_vain_and_late(weft_sim *host, bool may_block, void *data)
{
    bool goes_on = comes_when_asked_often(host, may_block, data);
    if (asked == 2 || asked == 9)
        weft_sim_ring(&bell);
    return goes_on && asked < 20;
}

static void sleeps_until_it_has_come(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_sleep_until(host, "sleeps", looks_for_it, &came, &bell);
    CHECK(came, true);
    CHECK(asked, 9);
}

// It looks before it sleeps, each time that it is woken, and before it goes on.
static void sleeps_till_woken(void)
{
    sim = make_host(&options, &schedule, true);
    weft_sim_on_idle(sim, wakes_in_vain_and_late, NULL);
    CHECK(weft_sim_run(sim, sleeps_until_it_has_come, NULL), WEFT_SIM_DONE);
    CHECK(looks, 4);
    weft_sim_ring(&bell); // nobody
    came = 0;
    weft_sim_on_idle(sim, never_comes, NULL);
    CHECK(weft_sim_run(sim, sleeps_until_it_has_come, NULL), WEFT_SIM_DEADLOCK);
    CHECK(strstr(weft_sim_report(sim), "sleeps") != NULL, true);
}

static uint32_t paused;

static void pauses_once(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_pause(host);
    paused++;
}

static void spawns_many(weft_sim *host, void *data)
{
    (void)data;
    for (int i = 0; i < 8000; i++)
        weft_sim_spawn_small(host, pauses_once, NULL);
}

// At a time, which is more than the address space has room for with large stacks.
static void many(void)
{
    sim = make_host(&options, &schedule, true);
    CHECK(weft_sim_run(sim, spawns_many, NULL), WEFT_SIM_DONE);
    CHECK(paused, 8000);
}

static void waits_beside_a_run(weft_sim *host, void *data)
{
    start_run();
    waits_for_it(host, data);
    weft_sim_stop(host);
}

// Also those who always have something to do hear of it; and it can end them.
static void outside_of_who_is_busy(void)
{
    guest_run = yields;
    guest_callback = yields_again;
    sim = make_host(&options, &schedule, true);
    weft_sim_on_idle(sim, comes_when_asked_often, NULL);
    CHECK(weft_sim_run(sim, waits_beside_a_run, NULL), WEFT_SIM_STOPPED);
}

static void forgets(void)
{
    schedule = (weft_sim_schedule){.seed = 1, .forgets = true};
    guest_run = yields;
    guest_callback = yields_again;
    sim = make_host(&options, &schedule, true);
    weft_sim_on_idle(sim, comes_when_asked_often, NULL);
    CHECK(weft_sim_run(sim, waits_beside_a_run, NULL), WEFT_SIM_STOPPED);
    CHECK(weft_sim_counted(sim).choices > 0, true);
    CHECK(schedule.choice_count, 0);
}

// ---- Time, for who polls ----

static weft_sim_call *sleeping;

// A clock: time comes to its one sleeper when all has settled.
static void wakes(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_settle(host);
    weft_sim_call_return(sleeping, &(weft_sim_value){.number = 1});
}

static void sleeps(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_call_start(call);
    sleeping = call;
}

static uint32_t polls(uint32_t event, uint32_t waitable, uint32_t code)
{
    static uint32_t taken[2];
    (void)event;
    (void)waitable;
    (void)code;
    if (!weft_sim_waitable_set_poll(guest, set, taken))
        return YIELD;
    return drops_call(1, taken[0], taken[1]);
}

static uint32_t sleeps_and_polls(const uint32_t *args)
{
    calls_work(args);
    return YIELD;
}

static uint32_t sleeps_and_yields(const uint32_t *args)
{
    calls_work(args);
    uint32_t event[2];
    while (!weft_sim_waitable_set_poll(guest, set, event))
        weft_sim_thread_yield(guest);
    return event[1];
}

static void run_beside_clock(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_spawn(host, wakes, NULL);
    CHECK(finish(start_run()), RETURNED);
}

static void call_sync_beside_clock(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_spawn(host, wakes, NULL);
    weft_sim_pause(host);
    CHECK(finish(weft_sim_call_export(guest, NULL, "sync", NULL)), RETURNED);
}

static void play_with_clock(weft_sim_script script)
{
    for (int like_wasmtime = 0; like_wasmtime < 2; like_wasmtime++) {
        event_count = set = 0;
        options = like_wasmtime ? weft_sim_options_wasmtime() : (weft_sim_options){0};
        sim = make_host(&options, &schedule, true);
        weft_sim_step_limit(sim, 100000);
        weft_sim_answer(sim, "peer", "work", sleeps, NULL);
        CHECK(play(script, true), WEFT_SIM_DONE);
        weft_sim_free(sim);
    }
    sim = NULL;
}

static void time_for_yields(void)
{
    guest_run = sleeps_and_polls;
    guest_callback = polls;
    play_with_clock(run_beside_clock);
}

static void time_for_a_sync_function(void)
{
    guest_sync = sleeps_and_yields;
    play_with_clock(call_sync_beside_clock);
}

int main(int count, char **arguments)
{
    static const struct test tests[] = {
        TEST(held_by_two),
        TEST(freed_by_another),
        TEST(serves_without_end),
        TEST(accepts_in_vain),
        TEST(two_settle),
        TEST(settles_in_vain),
        TEST(endless),
        TEST(eager_yields),
        TEST(outside),
        TEST(outside_of_who_is_busy),
        TEST(sleeps_till_woken),
        TEST(many),
        TEST(forgets),
        TEST(time_for_yields),
        TEST(time_for_a_sync_function),
    };
    return run_test(tests, sizeof tests / sizeof tests[0], count, arguments);
}
