// A test that is linked with its component: it calls exports as a caller outside would, one that waits and one
// that does not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_sim.h"

#include <stdio.h>

// By its label, as the component's stubs define it.
extern const weft_sim_component component __asm__("weft_sim_component");

static weft_sim_instance *callee;
static int failures;

static void expect(const char *what, uint64_t actual, uint64_t expected)
{
    if (actual == expected)
        return;
    printf("%s is %llu, expected %llu\n", what, (unsigned long long)actual, (unsigned long long)expected);
    failures++;
}

static weft_sim_call *start(const char *name, uint64_t first, uint64_t second)
{
    weft_sim_value args[] = {{.number = first}, {.number = second}};
    return weft_sim_call_export(callee, "weft:calls/peer", name, args);
}

static void script(weft_sim *sim, void *data)
{
    (void)data;
    weft_sim_call *add = start("add-later", 40, 2), *hold = start("hold", 7, 0);
    expect("add-later", weft_sim_call_wait(add), WEFT_SIM_RETURNED);
    expect("its result", weft_sim_call_result(add)->number, 42);
    weft_sim_settle(sim);
    expect("hold", weft_sim_call_status(hold), WEFT_SIM_STARTED);
    weft_sim_call_free(add);

    weft_sim_call *open = start("open", 7, 0);
    expect("open", weft_sim_call_wait(open), WEFT_SIM_RETURNED);
    weft_sim_call_free(open);
    expect("hold, opened", weft_sim_call_wait(hold), WEFT_SIM_RETURNED);
    expect("its result", weft_sim_call_result(hold)->number, 22);
    weft_sim_call_free(hold);

    hold = start("hold", 8, 0);
    weft_sim_settle(sim);
    weft_sim_call_cancel(hold);
    expect("hold, cancelled", weft_sim_call_wait(hold), WEFT_SIM_RETURNED_CANCELLED);
    weft_sim_call_free(hold);
}

int main(void)
{
    weft_sim_options options = {0};
    weft_sim_schedule schedule = {0};
    weft_sim *sim = weft_sim_new(&options, &schedule);
    callee = weft_sim_instantiate(sim, &component);
    expect("the run", weft_sim_run(sim, script, NULL), WEFT_SIM_DONE);
    fputs(weft_sim_report(sim), stdout);
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    return failures != 0;
}
