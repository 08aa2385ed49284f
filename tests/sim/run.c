// What the workloads share: choices, the phases of a run, the component's memory, and the table for the driver.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "observe.h"
#include "workload.h"
#include "workloads.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

run_state run;
int32_t owed;
static int32_t live;
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
    if (weft_sim_allocation_fails(run.guest))
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

weft_sim_call_state call_and_wait(const char *name, const weft_sim_value *args, uint32_t *result)
{
    weft_sim_call *call = weft_sim_call_export(run.guest, NULL, name, args);
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

void exports_workloads_trim(void)
{
    weft_trim();
}

static void begin(weft_sim *sim, weft_sim_instance *guest, uint64_t seed)
{
    run = (run_state){.sim = sim, .guest = guest};
    owed = live = 0;
    weft__unwind_call = NULL;
    if (seed % 3 == 1)
        weft_cancel_without_blocking();
}

static uint32_t live_bytes(void)
{
    return (uint32_t)live + (uint32_t)owed;
}

static workload list[32];

extern __attribute__((visibility("default"))) workloads weft_workloads;
workloads weft_workloads = {.component = observed_component,
                            .list = list,
                            .begin = begin,
                            .live_bytes = live_bytes,
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
    list[count++] = echo_workload;
    weft_workloads.count = count;
    for (int i = 0; i < SMALL; i++)
        list[count++] = small_workloads[i];
    weft_workloads.small_count = SMALL;
    weft_workloads.pair_count = pair_count;
}
