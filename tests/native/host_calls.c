// The native host's calls, by hand: their states and cancels, resources and errors in them, and what a run says
// at its end. Usage: host-calls <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_runs.h"

static uint32_t subtask, result, status;

// ---- Calls ----

static uint32_t calls_work(const uint32_t *args)
{
    (void)args;
    status = call_import(WORK, 20, &result);
    subtask = status >> 4;
    return watch(subtask);
}

static void answers_slowly(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    CHECK(status & 0xf, STARTING);
    weft_sim_call *call = weft_sim_accept(host, "peer", "work");
    weft_sim_value *args = weft_sim_call_start(call);
    CHECK(args[0].number, 20);
    weft_sim_settle(host);
    CHECK(event_count, 1);
    CHECK(result, 0);
    weft_sim_call_return(call, &(weft_sim_value){.number = 40});
    CHECK(finish(run), 2);
}

static void subtask_states(void)
{
    guest_run = calls_work;
    until = 2;
    // Only the import is held: the task has started by the first choice, the import takes the second.
    options.hold = WEFT_SIM_CHOICE;
    weft_sim_schedule_give(&schedule, (uint32_t[]){0, 1}, 2);
    CHECK(play(answers_slowly, true), WEFT_SIM_DONE);
    SAW(0, SUBTASK, STARTED);
    SAW(1, SUBTASK, RETURNED);
    CHECK(result, 40);
}

static void answers_in_one_go(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    weft_sim_call *call = weft_sim_accept(host, NULL, NULL);
    weft_sim_call_start(call);
    weft_sim_call_return(call, &(weft_sim_value){.number = 7});
    CHECK(finish(run), 1);
}

static void started_is_skipped(void)
{
    guest_run = calls_work;
    until = 1;
    options.hold = WEFT_SIM_CHOICE;
    weft_sim_schedule_give(&schedule, (uint32_t[]){0, 1}, 2);
    CHECK(play(answers_in_one_go, true), WEFT_SIM_DONE);
    CHECK(status & 0xf, STARTING);
    SAW(0, SUBTASK, RETURNED);
    CHECK(result, 7);
}

static uint32_t works_at_once(const uint32_t *args)
{
    weft_sim_core value = {.i32 = 2 * args[0]};
    weft_sim_task_return(other, &other_exports[WORK].func, &value);
    return EXIT;
}

static uint32_t calls_and_returns(const uint32_t *args)
{
    (void)args;
    status = call_import(WORK, 20, &result);
    guest_return(result);
    return EXIT;
}

static void returns_at_once(void)
{
    other_does[WORK] = works_at_once;
    guest_run = calls_and_returns;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status, RETURNED);
    CHECK(result, 40);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

static void told_late(void)
{
    other_does[WORK] = works_at_once;
    guest_run = calls_work;
    until = 1;
    options.late = 1000;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status & 0xf, STARTED);
    SAW(0, SUBTASK, RETURNED);
}

static void answers_now(weft_sim_call *call, void *data)
{
    weft_sim_value value = {.number = weft_sim_call_start(call)[0].number + *(uint32_t *)data};
    weft_sim_call_return(call, &value);
}

static void handler_answers(void)
{
    uint32_t more = 3;
    guest_run = calls_and_returns;
    sim = make_host(&options, &schedule, true);
    weft_sim_answer(sim, "peer", "work", answers_now, &more);
    CHECK(play(only_run, true), WEFT_SIM_DONE);
    CHECK(result, 23);
}

// ---- Cancels ----

static uint32_t cancels_work(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    status = weft_sim_subtask_cancel(guest, subtask, false);
    weft_sim_subtask_drop(guest, subtask);
    guest_return(status);
    return EXIT;
}

static void cancel_before_start(void)
{
    guest_run = cancels_work;
    options.hold = WEFT_SIM_CHOICE;
    weft_sim_schedule_give(&schedule, (uint32_t[]){0, 1}, 2);
    CHECK(play(only_run, true), WEFT_SIM_DONE);
    CHECK(status, STARTED_CANCELLED);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// By hand, so that the script sees the call before it is cancelled.
static uint32_t cancels_later(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    status = weft_sim_subtask_cancel(guest, subtask, false);
    weft_sim_subtask_drop(guest, subtask);
    guest_return(status);
    return EXIT;
}

static uint32_t calls_then_yields(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    return YIELD;
}

static void obeys(weft_sim *host, void *data)
{
    bool *value_wins = data;
    weft_sim_call *call = weft_sim_accept(host, "peer", "work");
    weft_sim_call_start(call);
    CHECK(weft_sim_call_wait_cancel(call), true);
    if (*value_wins)
        weft_sim_call_return(call, &(weft_sim_value){.number = 1});
    else
        weft_sim_call_cancelled(call);
}

static bool value_wins;

static void run_beside_obeying(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_spawn(host, obeys, &value_wins);
    finish(start_run());
}

static void cancel_after_start(void)
{
    guest_run = calls_then_yields;
    guest_callback = cancels_later;
    CHECK(play(run_beside_obeying, true), WEFT_SIM_DONE);
    CHECK(status, RETURNED_CANCELLED);
    CHECK(result, 0);
}

static void cancel_loses(void)
{
    value_wins = true;
    guest_run = calls_then_yields;
    guest_callback = cancels_later;
    CHECK(play(run_beside_obeying, true), WEFT_SIM_DONE);
    CHECK(status, RETURNED);
    CHECK(result, 1);
}

static uint32_t other_set, cancels_seen;

static uint32_t stays(const uint32_t *args)
{
    (void)args;
    return WAIT(other_set = weft_sim_waitable_set_new(other));
}

static uint32_t gives_in(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)waitable;
    (void)code;
    CHECK(event, CANCEL);
    weft_sim_waitable_set_drop(other, other_set);
    weft_sim_task_cancel(other);
    return EXIT;
}

static void callee_runs_inside_cancel(void)
{
    other_does[WORK] = stays;
    other_callback[WORK] = gives_in;
    guest_run = cancels_work;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status, RETURNED_CANCELLED);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

static uint32_t counts_cancels(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)waitable;
    (void)code;
    cancels_seen += event == CANCEL;
    if (cancels_seen < 2)
        return WAIT(other_set);
    weft_sim_waitable_set_drop(other, other_set);
    weft_sim_task_cancel(other);
    return EXIT;
}

static uint32_t cancels_twice(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    CHECK(weft_sim_subtask_cancel(guest, subtask, true), BLOCKED);
    status = weft_sim_subtask_cancel(guest, subtask, true);
    guest_return(status);
    return EXIT;
}

static void second_cancel(void)
{
    options.cancel_again = true;
    other_does[WORK] = stays;
    other_callback[WORK] = counts_cancels;
    guest_run = cancels_twice;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(cancels_seen, 2);
    CHECK(status, RETURNED_CANCELLED);
}

static uint32_t cancels_in_the_background(const uint32_t *args)
{
    (void)args;
    subtask = call_import(WORK, 20, &result) >> 4;
    status = weft_sim_subtask_cancel(guest, subtask, true);
    return watch(subtask);
}

static void slow_cancel(void)
{
    options.slow_cancel = 1000;
    until = 1;
    other_does[WORK] = stays;
    other_callback[WORK] = gives_in;
    guest_run = cancels_in_the_background;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(status, BLOCKED);
    SAW(0, SUBTASK, RETURNED_CANCELLED);
}

// ---- Resources and error contexts ----

static uint32_t makes_thing(const uint32_t *args)
{
    return weft_sim_resource_new(other, &exported_thing, args[0]);
}

static uint32_t lent_rep;

static uint32_t is_lent(const uint32_t *args)
{
    lent_rep = args[0];
    weft_sim_task_return(other, &other_exports[LEND].func, NULL);
    return EXIT;
}

static uint32_t is_given(const uint32_t *args)
{
    CHECK(weft_sim_resource_rep(other, &exported_thing, args[0]), 6);
    weft_sim_resource_drop(other, &exported_thing, args[0]);
    return 0;
}

static char *heard;

static uint32_t takes_error(const uint32_t *args)
{
    uint32_t message[2];
    weft_sim_error_context_debug_message(other, args[0], message);
    heard = (char *)(uintptr_t)message[0];
    CHECK(message[1], 4);
    weft_sim_error_context_drop(other, args[0]);
    return 0;
}

static uint32_t uses_things(const uint32_t *args)
{
    (void)args;
    uint32_t first = call_import(MAKE, 5, NULL), second = call_import(MAKE, 6, NULL);
    CHECK(call_import(LEND, first, NULL), RETURNED);
    CHECK(lent_rep, 5);
    weft_sim_resource_drop(guest, &imported_thing, first);
    CHECK(destroyed, 5);
    call_import(GIVE, second, NULL);
    CHECK(destroyed, 11);
    uint32_t error = weft_sim_error_context_new(guest, "oops", 4);
    call_import(TAKE_ERROR, error, NULL);
    CHECK(memcmp(heard, "oops", 4), 0);
    free(heard);
    weft_sim_error_context_drop(guest, error);
    guest_return(0);
    return EXIT;
}

static void resources_and_errors(void)
{
    other_does[MAKE] = makes_thing;
    other_does[LEND] = is_lent;
    other_does[GIVE] = is_given;
    other_does[TAKE_ERROR] = takes_error;
    guest_run = uses_things;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(strlen(weft_sim_leftovers(sim)), 0);
}

// ---- Ends of runs ----

static void check_text(const char *text, const char *part, int line)
{
    if (!strstr(text, part)) {
        fprintf(stderr, "line %d: expected \"%s\" in\n%s", line, part, text);
        failures++;
    }
}
#define CHECK_TEXT(text, part) check_text(text, part, __LINE__)

static void deadlock(void)
{
    other_does[WORK] = stays;
    guest_run = calls_work;
    sim = make_host(&options, &schedule, false);
    CHECK(weft_sim_run(sim, only_run, NULL), WEFT_SIM_DEADLOCK);
    const char *report = weft_sim_report(sim);
    CHECK_TEXT(report, "deadlock: nothing can go on\n");
    CHECK_TEXT(report, "the script: waits: waits for a call's result\n");
    CHECK_TEXT(report, "instance 1 (guest), task 1 (run): waits for set 2\n"
                       "    subtask 1 of work, STARTED, in task 2\n");
    CHECK_TEXT(report, "instance 2 (other), task 2 (work): waits for set 1, which is empty\n");
    CHECK_TEXT(weft_sim_leftovers(sim), "instance 1 (guest): subtask 1 of work, STARTED, in task 2\n");
}

static void transcript(void)
{
    other_does[WORK] = works_at_once;
    guest_run = calls_and_returns;
    CHECK(play(only_run, false), WEFT_SIM_DONE);
    CHECK(strcmp(weft_sim_transcript(sim), "host calls run (1)\n"
                                           "1.1 task starts run\n"
                                           "1.1 call work\n"
                                           "2.2 task starts work\n"
                                           "2.2 task.return work\n"
                                           "2.2 task ends work\n"
                                           "1.1 call answers work -> 2\n"
                                           "1.1 task.return run\n"
                                           "1.1 task ends run\n"),
          0);
    if (failures)
        fputs(weft_sim_transcript(sim), stderr);
}

static const struct test tests[] = {
    TEST(subtask_states),     TEST(started_is_skipped), TEST(returns_at_once),
    TEST(told_late),          TEST(handler_answers),    TEST(cancel_before_start),
    TEST(cancel_after_start), TEST(cancel_loses),       TEST(callee_runs_inside_cancel),
    TEST(second_cancel),      TEST(slow_cancel),        TEST(resources_and_errors),
    TEST(deadlock),           TEST(transcript),
};

int main(int count, char **arguments)
{
    return run_test(tests, sizeof tests / sizeof *tests, count, arguments);
}
