// A test that is linked with its component answers the clocks itself, one of them by a script that blocks; the
// world answers what is left, such as standard output.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <stdio.h>
#include <stdlib.h>

// By its label, as the component's stubs define it.
extern const weft_sim_component component __asm__("weft_sim_component");

static const char monotonic[] = "wasi:clocks/monotonic-clock@0.3.2",
                  of_day[] = "wasi:clocks/system-clock@0.3.2";

static weft_sim_instance *program;
static uint64_t now;
static int sleeps;

static void answer_now(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_call_start(call);
    weft_sim_call_return(call, &(weft_sim_value){.number = now});
}

static void answer_time_of_day(weft_sim_call *call, void *data)
{
    (void)data;
    weft_sim_value instant = weft_sim_items_value(weft_sim_call_caller(call), 2);
    instant.items[0].number = 1000000000;
    instant.items[1].number = 7;
    weft_sim_call_start(call);
    weft_sim_call_return(call, &instant);
}

static void sleeps_until_cancelled(weft_sim *sim, void *data)
{
    (void)sim;
    if (weft_sim_call_wait_cancel(data))
        weft_sim_call_cancelled(data);
}

// A short sleep ends at once, and the clock with it; a long one does not end.
static void wakes(weft_sim *sim, void *data)
{
    (void)data;
    for (;; sleeps++) {
        weft_sim_call *call = weft_sim_accept(sim, monotonic, "wait-until");
        uint64_t when = weft_sim_call_start(call)->number;
        if (when > now + 1000000000) {
            weft_sim_spawn(sim, sleeps_until_cancelled, call);
            continue;
        }
        now = when > now ? when : now;
        weft_sim_call_return(call, NULL);
    }
}

static void script(weft_sim *sim, void *data)
{
    (void)data;
    weft_sim_spawn(sim, wakes, NULL);
    weft_sim_call *call = weft_sim_call_export(program, "wasi:cli/run@0.3.2", "run", NULL);
    weft_sim_call_wait(call);
    if (weft_sim_call_result(call)->which)
        puts("the program failed");
    weft_sim_call_free(call);
    weft_sim_stop(sim);
}

int main(void)
{
    weft_sim_schedule schedule = {0};
    weft_sim *sim = weft_sim_new(NULL, &schedule);
    weft_world *world = weft_world_new(sim, NULL);
    program = weft_sim_instantiate(sim, &component);
    weft_world_answer(world, &component);
    weft_sim_answer(sim, of_day, "now", answer_time_of_day, NULL);
    weft_sim_answer(sim, monotonic, "now", answer_now, NULL);
    weft_sim_answer(sim, monotonic, "wait-until", NULL, NULL);
    if (weft_sim_run(sim, script, NULL) != WEFT_SIM_STOPPED)
        puts(weft_sim_report(sim));
    printf("\n%d sleeps\n", sleeps);
    weft_world_free(world);
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    return 0;
}
