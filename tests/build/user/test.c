// A user's native test of the component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <stdio.h>
#include <weft_world.h>

extern const weft_sim_component component __asm__("weft_sim_component"); // as the component's stubs name it

static void count(weft_sim *sim, void *data)
{
    (void)sim;
    weft_sim_instance *mine = data;
    weft_sim_value text = weft_sim_text_value(mine, "weft 1");
    weft_sim_call *call = weft_sim_call_export(mine, NULL, "letters", &text);
    weft_sim_call_wait(call);
    printf("%u\n", (unsigned)weft_sim_call_result(call)->number);
    weft_sim_call_free(call);
}

int main(void)
{
    weft_sim_options options = {0};
    weft_sim_schedule schedule = {0};
    weft_sim *sim = weft_sim_new(&options, &schedule);
    weft_world *world = weft_world_new(sim, NULL);
    weft_sim_instance *mine = weft_sim_instantiate(sim, &component);
    weft_world_answer(world, &component);
    weft_sim_outcome outcome = weft_sim_run(sim, count, mine);
    if (outcome != WEFT_SIM_DONE)
        fprintf(stderr, "%s\n", weft_sim_report(sim));
    weft_world_free(world);
    weft_sim_free(sim);
    weft_sim_schedule_free(&schedule);
    return outcome != WEFT_SIM_DONE;
}
