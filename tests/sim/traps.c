// weft-traps: raw misuse under seeds. A component made by hand calls the built-ins at random, rightly and
// wrongly, and a small model of its own says before each call which rule that breaks, if any, or what it
// answers. Each run goes on to its first trap, and ends there. Usage: weft-traps [--seeds <n>] [--seed <n>]
// [--first <n>]
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "traps_calls.h"

enum { STEPS = 200 };

static void (*const steps[])(void) = {
    new_set,        drop_set,      join,       poll,         new_ends,    read_or_write, new_ends,
    read_or_write,  read_or_write, join,       drop_end,     cancel_copy, give_end,      call_work,
    cancel_subtask, press,         use_slot,   drop_subtask, call_work,   make_thing,    use_thing,
    use_thing,      use_error,     pass_value, call_back,    task_return};

static uint32_t acts(const uint32_t *args)
{
    (void)args;
    for (uint32_t left = pick(STEPS); left; left--)
        steps[pick(sizeof steps / sizeof steps[0])]();
    if (!returned && pick(4))
        task_return();
    uint32_t handle, how = pick(4);
    switch (how) {
    case 0:
        must_break("the callback's answer", TRAP(CALLBACK_CODE));
        return 3 + pick(13);
    case 1:
        handle = any_handle(STREAM_IN);
        if (at(handle) && at(handle)->kind == SET)
            break;
        must_break("WAIT", wrong_handle(handle, SET, NULL));
        return WAIT(handle);
    default:
        break;
    }
    must_break("EXIT", IF(!returned, NO_RESULT));
    return EXIT;
}

// What is not async: it must not wait, for no task of its component can go on.
static uint32_t acts_at_once(const uint32_t *args)
{
    (void)args;
    static uint32_t event[2];
    static uint8_t byte;
    uint32_t in, out, set = weft_sim_waitable_set_new(guest);
    weft_sim_core one = {.i32 = 1};
    switch (pick(4)) {
    case 0:
        must_break("waitable-set.wait", TRAP(SYNC_BLOCKED));
        weft_sim_waitable_set_wait(guest, set, event);
        break;
    case 1:
        must_break("stream.read", TRAP(SYNC_BLOCKED));
        new_stream(&bytes_stream, &in, &out);
        weft_sim_stream_read(guest, &bytes_stream, in, &byte, 1, false);
        break;
    case 2:
        must_break("task.return", TRAP(RETURN_WRONG));
        weft_sim_task_return(guest, &guest_exports[SYNC].func, &one);
        break;
    default:
        must_break("waitable-set.drop", NONE_BROKEN);
        weft_sim_waitable_set_drop(guest, set);
    }
    made();
    return 0;
}

// A task waits, for a set or in a read, and another part of the component meddles with what it waits for.
static uint32_t waited_for;

static uint32_t waits_in_set(const uint32_t *args)
{
    (void)args;
    waited_for = weft_sim_waitable_set_new(guest);
    return WAIT(waited_for);
}

static uint32_t waits_in_read(const uint32_t *args)
{
    (void)args;
    static uint8_t byte;
    uint32_t out;
    new_stream(&bytes_stream, &waited_for, &out);
    weft_sim_stream_read(guest, &bytes_stream, waited_for, &byte, 1, false);
    return EXIT;
}

static uint32_t drops_that(const uint32_t *args)
{
    (void)args;
    must_break("waitable-set.drop", TRAP(SET_WAITERS));
    weft_sim_waitable_set_drop(guest, waited_for);
    made();
    return 0;
}

static uint32_t joins_that(const uint32_t *args)
{
    (void)args;
    bool cancels = pick(2);
    must_break("waitable.join, stream.cancel-read", TRAP(SYNC_WAITER));
    if (cancels)
        weft_sim_stream_cancel_read(guest, &bytes_stream, waited_for, true);
    else
        weft_sim_waitable_join(guest, waited_for, 0);
    made();
    return 0;
}

static void play(weft_sim *of, void *data)
{
    guest_run = acts;
    guest_sync = acts_at_once;
    switch (pick(16)) {
    case 3:
        must_break("a borrowed resource, kept", TRAP(BORROWS_REMAIN));
        lend_to_keep(of, data);
        break;
    case 4:
        must_break("a borrowed resource, given away", TRAP(RESOURCE_NOT_OWNED));
        lend_to_give_away(of, data);
        break;
    case 5:
        must_break("error-context.debug-message", TRAP(REALLOC));
        no_memory(of, data);
        break;
    case 0:
        must_break("a built-in without a task", TRAP(NO_TASK));
        weft_sim_waitable_set_new(guest);
        made();
        break;
    case 1:
        weft_sim_call_export(guest, NULL, "sync", NULL);
        break;
    case 2:
        guest_run = pick(2) ? waits_in_set : waits_in_read;
        guest_sync = guest_run == waits_in_set ? drops_that : joins_that;
        weft_sim_call_export(guest, NULL, "run", NULL);
        weft_sim_settle(of);
        weft_sim_call_export(guest, NULL, "sync", NULL);
        break;
    default:
        weft_sim_call_export(guest, NULL, "run", NULL);
    }
}

static void run_seed(void)
{
    weft_sim_schedule schedule = {.seed = seed};
    uint64_t bits = (seed + 1) * 0x9e3779b97f4a7c15u >> 40;
    options = (weft_sim_options){.cancel_in_set = bits & 1,
                                 .cancel_counts = bits & 2,
                                 .cancel_again = bits & 4,
                                 .max_handles = bits & 24 ? 0 : 4 + (bits >> 5) % 8,
                                 .fresh_handles = bits & 1024};
    sim = make_host(&options, &schedule, false);
    weft_sim_instantiate(sim, &borrower_component);
    weft_sim_instantiate(sim, &poor_component);
    weft_sim_link(borrower, other);
    memset(table, 0, sizeof table);
    memset(other_does, 0, sizeof other_does);
    memset(other_callback, 0, sizeof other_callback);
    live = others = others_set = pressure = 0;
    tasks = 1;
    returned = false;
    on_realloc = NULL;
    expected = NONE_BROKEN;
    doing = "nothing";
    weft_sim_outcome outcome = weft_sim_run(sim, play, NULL);
    weft_sim_trap trap = weft_sim_trapped(sim);
    if (trap != expected)
        fail("expected %s", expected ? weft_sim_trap_name(expected) : "no trap");
    if (outcome == WEFT_SIM_ENDLESS)
        fail("it does not end");
    counts[trap]++;
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
}

int main(int count, char **arguments)
{
    uint64_t first = 1, seeds = 100000;
    for (int i = 1; i + 1 < count; i += 2) {
        uint64_t value = strtoull(arguments[i + 1], NULL, 0);
        if (!strcmp(arguments[i], "--seeds"))
            seeds = value;
        else if (!strcmp(arguments[i], "--first"))
            first = value;
        else if (!strcmp(arguments[i], "--seed"))
            first = value, seeds = 1;
    }
    for (seed = first; seed < first + seeds; seed++)
        run_seed();
    uint32_t provoked = 0;
    for (uint32_t trap = 1; trap < WEFT_SIM_TRAP_COUNT; trap++)
        provoked += counts[trap] != 0;
    printf("weft-traps: %llu seeds, %llu calls, %llu runs without a trap; %u of %u traps provoked:\n",
           (unsigned long long)seeds, (unsigned long long)calls_made, (unsigned long long)counts[0],
           (unsigned)provoked, (unsigned)WEFT_SIM_TRAP_COUNT - 1);
    for (uint32_t trap = 1; trap < WEFT_SIM_TRAP_COUNT; trap++)
        printf("  %-20s %8llu%s\n", weft_sim_trap_name((weft_sim_trap)trap), (unsigned long long)counts[trap],
               counts[trap] ? "" : "  never");
    return 0;
}
