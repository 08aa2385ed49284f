// Who has to wait, in the native host: backpressure, the lock of an instance, who barges in, and a cancel
// meanwhile. Usage: host-locks <test>
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_runs.h"

static uint32_t result;

// The task waits for `second` to let go of the lock; CANCEL comes as soon as it has, with no other event.
static uint32_t just_waits(const uint32_t *args)
{
    (void)args;
    return WAIT(set = weft_sim_waitable_set_new(guest));
}

static uint32_t blocks_on_call(const uint32_t *args)
{
    (void)args;
    uint32_t event[2];
    uint32_t own = weft_sim_waitable_set_new(guest);
    weft_sim_waitable_join(guest, call_import(WORK, 1, &result) >> 4, own);
    CHECK(weft_sim_waitable_set_wait(guest, own, event), SUBTASK);
    CHECK(event[1], RETURNED);
    weft_sim_task_return(guest, &guest_exports[SECOND].func, NULL);
    return EXIT;
}

static uint32_t ends_by_cancel(uint32_t event, uint32_t waitable, uint32_t code)
{
    saw(event, waitable, code);
    weft_sim_task_cancel(guest);
    return EXIT;
}

static void cancels_while_locked(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *run = start_run();
    weft_sim_call *second = weft_sim_call_export(guest, NULL, "second", NULL);
    weft_sim_call_cancel(run);
    weft_sim_settle(host);
    CHECK(event_count, 0);
    weft_sim_call *work = weft_sim_accept(host, NULL, NULL);
    weft_sim_call_start(work);
    weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    CHECK(weft_sim_call_wait(run), WEFT_SIM_RETURNED_CANCELLED);
    CHECK(weft_sim_call_wait(second), WEFT_SIM_RETURNED);
    weft_sim_call_free(run);
    weft_sim_call_free(second);
}

static void cancel_waits_for_the_lock(void)
{
    guest_run = just_waits;
    guest_callback = ends_by_cancel;
    guest_second = blocks_on_call;
    CHECK(play(cancels_while_locked, true), WEFT_SIM_DONE);
    SAW(0, CANCEL, 0);
}

static uint32_t pressure(const uint32_t *args)
{
    (void)args;
    static bool up;
    up = !up;
    if (up)
        weft_sim_backpressure_inc(guest);
    else
        weft_sim_backpressure_dec(guest);
    return 0;
}

static uint32_t returns_one(const uint32_t *args)
{
    (void)args;
    guest_return(1);
    return EXIT;
}

static void under_pressure(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call_free(weft_sim_call_export(guest, NULL, "sync", NULL));
    weft_sim_call *run = start_run(), *cancelled = start_run();
    weft_sim_settle(host);
    CHECK(weft_sim_call_status(run), WEFT_SIM_STARTING);
    weft_sim_call_cancel(cancelled);
    CHECK(weft_sim_call_status(cancelled), WEFT_SIM_STARTED_CANCELLED);
    weft_sim_call_free(cancelled);
    weft_sim_call_free(weft_sim_call_export(guest, NULL, "sync", NULL));
    CHECK(finish(run), 1);
}

static void backpressure(void)
{
    guest_run = returns_one;
    guest_sync = pressure;
    CHECK(play(under_pressure, true), WEFT_SIM_DONE);
}

static uint32_t called_back, slot;

static void what_may_be_called(void)
{
    called_back++;
    CHECK(weft_sim_context_get(guest, 0), slot);
    weft_sim_context_set(guest, 0, 6);
    CHECK(weft_sim_context_get(guest, 0), 6);
    weft_sim_backpressure_inc(guest);
    weft_sim_backpressure_dec(guest);
    CHECK(weft_sim_resource_rep(guest, &own_thing, 1), 3);
}

static uint32_t makes_realloc_work(const uint32_t *args)
{
    (void)args;
    uint32_t text_and_length[2];
    weft_sim_context_set(guest, 0, 5);
    CHECK(weft_sim_resource_new(guest, &own_thing, 3), 1);
    on_realloc = what_may_be_called;
    weft_sim_error_context_debug_message(guest, weft_sim_error_context_new(guest, "x", 1), text_and_length);
    free((void *)(uintptr_t)text_and_length[0]);
    CHECK(weft_sim_context_get(guest, 0), 5);
    on_realloc = NULL;
    on_post_return = what_may_be_called;
    slot = 5;
    return 1;
}

static void calls_sync(weft_sim *host, void *data)
{
    (void)host;
    (void)data;
    weft_sim_call_free(weft_sim_call_export(guest, NULL, "sync", NULL));
}

static void called_where_little_may_be(void)
{
    guest_sync = makes_realloc_work;
    CHECK(play(calls_sync, true), WEFT_SIM_DONE);
    CHECK(called_back, 2);
}

static uint32_t barges_in(const uint32_t *args)
{
    (void)args;
    CHECK(weft_sim_context_get(guest, 0), 0);
    weft_sim_context_set(guest, 0, 99);
    weft_sim_thread_yield(guest);
    return 5;
}

static uint32_t blocks_with_context(const uint32_t *args)
{
    weft_sim_context_set(guest, 0, 11);
    blocks_on_call(args);
    CHECK(weft_sim_context_get(guest, 0), 11);
    return EXIT;
}

static void calls_beside_a_blocked_task(weft_sim *host, void *data)
{
    (void)data;
    weft_sim_call *second = weft_sim_call_export(guest, NULL, "second", NULL);
    weft_sim_call *run = start_run();
    weft_sim_settle(host);
    CHECK(weft_sim_call_status(run), WEFT_SIM_STARTING);
    weft_sim_call *sync = weft_sim_call_export(guest, NULL, "sync", NULL);
    CHECK(weft_sim_call_result(sync)->number, 5);
    weft_sim_call_free(sync);
    weft_sim_call *work = weft_sim_accept(host, NULL, NULL);
    weft_sim_call_start(work);
    weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    CHECK(finish(run), 1);
    CHECK(weft_sim_call_wait(second), WEFT_SIM_RETURNED);
    weft_sim_call_free(second);
}

static void barge_in(void)
{
    guest_run = returns_one;
    guest_second = blocks_with_context;
    guest_sync = barges_in;
    CHECK(play(calls_beside_a_blocked_task, true), WEFT_SIM_DONE);
}

// `sync` waits for what `second` does after some turns: on top of it, for nothing else of this component runs.
static uint32_t reader, writer, turns;
static bool blocks_then;

static uint32_t yields(const uint32_t *args)
{
    (void)args;
    new_stream(&number_future, &reader, &writer);
    weft_sim_task_return(guest, &guest_exports[SECOND].func, NULL);
    return YIELD;
}

static uint32_t yields_and_writes(uint32_t event, uint32_t waitable, uint32_t code)
{
    (void)event;
    (void)waitable;
    (void)code;
    static uint32_t value = 7;
    if (--turns)
        return YIELD;
    CHECK(weft_sim_future_write(guest, &number_future, writer, &value, true), COMPLETED);
    weft_sim_future_drop_writable(guest, &number_future, writer);
    if (blocks_then) {
        uint32_t its_event[2], its_set = weft_sim_waitable_set_new(guest);
        weft_sim_waitable_join(guest, call_import(WORK, 1, &result) >> 4, its_set);
        CHECK(weft_sim_waitable_set_wait(guest, its_set, its_event), SUBTASK);
    }
    return EXIT;
}

static void reads(void)
{
    result = 0;
    CHECK(weft_sim_future_read(guest, &number_future, reader, &result, false), COMPLETED);
    weft_sim_future_drop_readable(guest, &number_future, reader);
}

static uint32_t waits(const uint32_t *args)
{
    (void)args;
    if (on_destroy)
        weft_sim_resource_drop(guest, &own_thing, weft_sim_resource_new(guest, &own_thing, 1));
    else
        reads();
    return result;
}

static void starts_and_waits(weft_sim *host, void *data)
{
    (void)host;
    (void)data;
    weft_sim_call *second = weft_sim_call_export(guest, NULL, "second", NULL);
    CHECK(weft_sim_call_status(second), WEFT_SIM_RETURNED);
    weft_sim_call *sync = weft_sim_call_export(guest, NULL, "sync", NULL);
    CHECK(weft_sim_call_result(sync)->number, 7);
    weft_sim_call_free(second);
    weft_sim_call_free(sync);
    if (blocks_then) {
        weft_sim_call *work = weft_sim_accept(host, NULL, NULL);
        weft_sim_call_start(work);
        weft_sim_call_return(work, &(weft_sim_value){.number = 1});
    }
}

static weft_sim_outcome waits_for_second(uint32_t turns_of_second)
{
    guest_second = yields;
    guest_second_callback = yields_and_writes;
    guest_sync = waits;
    turns = turns_of_second;
    return play(starts_and_waits, true);
}

static void sync_waits(void)
{
    for (uint32_t n = 1; n < 5; n++)
        CHECK(waits_for_second(n), WEFT_SIM_DONE);
}

static void destructor_waits(void)
{
    on_destroy = reads;
    CHECK(waits_for_second(3), WEFT_SIM_DONE);
    CHECK(destroyed, 1);
}

// What ran on top of it may stay when it goes on.
static void sync_goes_on_before(void)
{
    blocks_then = true;
    CHECK(waits_for_second(1), WEFT_SIM_DONE);
}

static void sync_waits_for_ever(void)
{
    sim = make_host(&options, &schedule, true);
    weft_sim_step_limit(sim, 1000);
    CHECK(waits_for_second(2000), WEFT_SIM_ENDLESS);
    CHECK(strstr(weft_sim_report(sim), "task 2 (sync): blocks its caller: waits for ") != NULL, true);
}

static const struct test tests[] = {
    TEST(cancel_waits_for_the_lock),
    TEST(backpressure),
    TEST(called_where_little_may_be),
    TEST(barge_in),
    TEST(sync_waits),
    TEST(destructor_waits),
    TEST(sync_goes_on_before),
    TEST(sync_waits_for_ever),
};

int main(int count, char **arguments)
{
    return run_test(tests, sizeof tests / sizeof *tests, count, arguments);
}
