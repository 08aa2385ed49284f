// Fuzz target: what a host could send. The input is the host's and the peers' choices in a seeded workload, so
// that coverage finds the schedules that seeds find by chance; the workload's model says what must come of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz.h"

#include <stdio.h>

static weft_sim *sim;

static void failed(const char *message)
{
    fuzz_found(sim, "%s", message);
}

static void trim(weft_sim *of, void *guest)
{
    (void)of;
    weft_sim_call *call = weft_sim_call_export(guest, NULL, "trim", NULL);
    weft_sim_call_wait(call);
    weft_sim_call_free(call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const workloads *all = weft_fuzzed.all;
    fuzz_input input;
    if (!fuzz_decode(data, size, &input))
        return -1;
    *all->failed = failed;
    const workload *it = &all->list[input.workload];
    sim = weft_sim_new(&input.options, &input.schedule);
    weft_sim_step_limit(sim, 200000);
    weft_sim_instance *guest = weft_sim_instantiate(sim, weft_fuzzed.component);
    all->begin(sim, guest, input.without_blocking);
    if (weft_sim_run(sim, it->script, NULL) != WEFT_SIM_DONE)
        failed(weft_sim_report(sim));
    it->check();
    weft_sim_end_faults(sim);
    if (weft_sim_run(sim, trim, guest) != WEFT_SIM_DONE)
        failed(weft_sim_report(sim));
    if (*weft_sim_leftovers(sim))
        failed(weft_sim_leftovers(sim));
    if (all->live_bytes())
        failed("memory is left");
    weft_sim_free(sim);
    weft_sim_schedule_free(&input.schedule);
    return 0;
}
