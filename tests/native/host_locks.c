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

static const struct test tests[] = {
    TEST(cancel_waits_for_the_lock),
    TEST(backpressure),
    TEST(barge_in),
};

int main(int count, char **arguments)
{
    return run_test(tests, sizeof tests / sizeof *tests, count, arguments);
}
