// What the workloads share: choices, the phases of a run, the component's memory, and the table for the driver.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "observe.h"
#include "workload.h"
#include "workloads.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../src/internal.h"
#include <weft/weft.h>

run_state run;
int32_t owed;
static int32_t live;
static fault due;

// Those of call_and_wait; one that has just been made is not known yet.
enum { OPEN = 32 };
static weft_sim_call *open_calls[OPEN];
static bool starting, cancel_started;
static void (*failed)(const char *message);

void fail(const char *format, ...)
{
    static char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    failed(message);
    abort();
}

uint32_t pick(uint32_t count)
{
    return weft_sim_choose(run.sim, WEFT_SIM_CHOOSE_SCRIPT, count);
}

bool maybe(uint32_t weight)
{
    return !run.calm && weft_sim_chance(run.sim, WEFT_SIM_CHOOSE_SCRIPT, weight);
}

void *weft_alloc(size_t size)
{
    due.allocations++;
    if (!run.memory_lasts && (weft_sim_allocation_fails(run.guest) || due.allocations == due.fail_at ||
                              (due.for_good && !run.calm && due.allocations > due.fail_at)))
        return NULL;
    live += (int32_t)size;
    return malloc(size);
}

void weft_free(void *memory, size_t size)
{
    live -= (int32_t)size;
    free(memory);
}

void linger(void)
{
    while (maybe(400))
        weft_sim_pause(run.sim);
}

void calm_down(weft_sim *sim, void *data)
{
    (void)data;
    for (uint32_t left = pick(60); left; left--)
        weft_sim_pause(sim);
    run.calm = true;
    weft_sim_end_faults(sim);
}

static void see_host_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    if (++due.host_calls != due.cancel_at)
        return;
    cancel_started = starting;
    for (uint32_t i = 0; i < OPEN; i++)
        if (open_calls[i])
            weft_sim_call_cancel(open_calls[i]);
}

static weft_sim_call *open_call(const char *name, const weft_sim_value *args, uint32_t *at)
{
    starting = true;
    weft_sim_call *call = weft_sim_call_export(run.guest, NULL, name, args);
    starting = false;
    if (cancel_started)
        weft_sim_call_cancel(call);
    cancel_started = false;
    for (*at = 0; open_calls[*at]; ++*at)
        EXPECT(*at + 1 < OPEN, "more calls at a time than there is room for");
    return open_calls[*at] = call;
}

weft_sim_call_state call_and_wait(const char *name, const weft_sim_value *args, uint32_t *result)
{
    uint32_t at;
    weft_sim_call *call = open_call(name, args, &at);
    linger();
    if (maybe(300)) {
        weft_sim_call_cancel(call);
        linger();
        if (maybe(300))
            weft_sim_call_cancel(call); // does nothing, or, where the host may, sends CANCEL again
    }
    weft_sim_call_state state = weft_sim_call_wait(call);
    if (state == WEFT_SIM_RETURNED && result)
        *result = (uint32_t)weft_sim_call_result(call)->number;
    open_calls[at] = NULL;
    weft_sim_call_free(call);
    return state;
}

const weft_sim_type *param_type(const char *export)
{
    for (uint32_t i = 0;; i++)
        if (!strcmp(component_of_stubs.exports[i].func.name, export))
            return component_of_stubs.exports[i].func.params[0].type;
}

static void spawn_body(weft_sim_call *call, void *data)
{
    if (maybe(500))
        weft_sim_call_start(call); // the caller learns of it at once
    weft_sim_spawn(run.sim, *(weft_sim_script *)data, call);
}

void answer_by_script(const char *import, weft_sim_script body)
{
    static weft_sim_script bodies[16];
    static uint32_t next;
    weft_sim_script *kept = &bodies[next++ % 16];
    *kept = body;
    weft_sim_answer(run.sim, NULL, import, spawn_body, kept);
}

bool never_starts(weft_sim_call *call)
{
    if (weft_sim_call_status(call) != WEFT_SIM_STARTING || !weft_sim_call_cancel_asked(call) || !pick(2))
        return false;
    weft_sim_call_cancelled(call);
    return true;
}

void add(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_call *call = data;
    linger();
    if (never_starts(call))
        return;
    const weft_sim_value *args = weft_sim_call_start(call);
    uint64_t sum = args[0].number + args[1].number;
    linger();
    if (weft_sim_call_cancel_asked(call) && pick(2))
        weft_sim_call_cancelled(call);
    else
        weft_sim_call_return(call, &(weft_sim_value){.number = sum});
}

weft_sim_end *take_end(weft_sim_call *call)
{
    linger();
    if (never_starts(call))
        return NULL;
    return weft_sim_value_end(&weft_sim_call_start(call)[0]);
}

uint32_t copy_items(weft_sim_end *end, void *items, uint32_t count)
{
    weft_sim_end_start(end, items, count);
    linger();
    return maybe(300) ? weft_sim_end_cancel(end) : weft_sim_end_wait(end);
}

void exports_workloads_trim(void)
{
    weft_trim();
}

static void begin(weft_sim *sim, weft_sim_instance *guest, uint64_t seed)
{
    run = (run_state){.sim = sim, .guest = guest};
    owed = live = 0;
    due = (fault){0};
    memset(open_calls, 0, sizeof open_calls);
    starting = cancel_started = false;
    weft_sim_on_call(sim, see_host_call, NULL);
    weft__unwind_call = NULL;
#ifdef WEFT_HOSTILE_H
    weft_hostile_seed(seed);
    weft_hostile_to_seeds = true;
#endif
    weft__breath = WEFT__STEPS; // what the last run left would make the next another
    if (seed % 3 == 1)
        weft_cancel_without_blocking();
}

static uint32_t live_bytes(void)
{
    return (uint32_t)live + (uint32_t)owed;
}

static workload list[48];

extern __attribute__((visibility("default"))) workloads weft_workloads;
workloads weft_workloads = {.component = observed_component,
                            .list = list,
                            .begin = begin,
                            .live_bytes = live_bytes,
                            .fault = &due,
                            .pairs = pairs,
                            .pair = pair_of,
                            .failed = &failed};

__attribute__((constructor)) static void make_list(void)
{
    uint32_t count = 0;
    list[count++] = call_workload;
    for (int i = 0; i < 4; i++)
        list[count++] = read_workloads[i];
    for (int i = 0; i < 4; i++)
        list[count++] = write_workloads[i];
    for (int i = 0; i < 4; i++)
        list[count++] = future_workloads[i];
    list[count++] = scope_workload;
    list[count++] = cancel_workload;
    list[count++] = lock_workload;
    list[count++] = channel_workload;
    for (int i = 0; i < 2; i++)
        list[count++] = echo_workloads[i];
    list[count++] = crowd_workload;
    list[count++] = doze_workload;
    list[count++] = share_workload;
    for (int i = 0; i < 3; i++)
        list[count++] = flow_workloads[i];
    list[count++] = local_workload;
    list[count++] = foreign_workload;
    list[count++] = block_workload;
    list[count++] = busy_workload;
    list[count++] = promise_workload;
    list[count++] = select_workload;
    list[count++] = together_workload;
    list[count++] = fiber_workload;
    weft_workloads.count = count;
    for (int i = 0; i < SMALL; i++)
        list[count++] = small_workloads[i];
    weft_workloads.small_count = SMALL;
    weft_workloads.pair_count = pair_count;
}
