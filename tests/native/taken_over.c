// A program in the world of weft-native, whose names a script answers: each is this machine's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

#include <stdio.h>
#include <string.h>

extern const weft_sim_component component __asm__("weft_sim_component");

static const weft_sim_func *import(const char *name)
{
    const weft_sim_func *func;
    for (uint32_t i = 0; (func = weft_sim_import_at(&component, i)) && strcmp(func->name, name) != 0;)
        i++;
    return func;
}

// Ok, of a list of one ip-address.
static void resolve(weft_sim_call *call, void *data)
{
    static const uint8_t here[] = {127, 0, 0, 1};
    weft_sim_instance *instance = weft_sim_call_caller(call);
    const weft_sim_value *name = weft_sim_call_start(call);
    weft_sim_value result = {.which = 0, .payload = weft_sim_items_value(instance, 1).items};
    *result.payload = weft_sim_items_value(instance, 1);
    weft_sim_value *address = result.payload->items;
    *address = (weft_sim_value){.which = 0, .payload = weft_sim_items_value(instance, 1).items};
    *address->payload = weft_sim_items_value(instance, 4);
    for (int i = 0; i < 4; i++)
        address->payload->items[i].number = here[i];
    fprintf(data, "asked for %.*s\n", (int)name->count, (const char *)name->bytes);
    weft_sim_call_return(call, &result);
}

static void run(weft_sim *sim, void *program)
{
    weft_sim_call *call =
        weft_sim_call_export(program, weft_sim_export_at(&component, 0)->func.interface, "run", NULL);
    weft_sim_call_wait(call);
    weft_sim_call_free(call);
    weft_sim_stop(sim);
}

int main(void)
{
    weft_sim_options options = {0};
    weft_sim_schedule schedule = {.forgets = true};
    weft_sim *sim = weft_sim_new(&options, &schedule);
    weft_world *world = weft_world_new(sim, &(weft_world_options){.tcp = true});
    weft_sim_instance *program = weft_sim_instantiate(sim, &component);
    weft_world_answer(world, &component);
    weft_sim_answer(sim, import("resolve-addresses")->interface, "resolve-addresses", resolve, stderr);
    bool is_well = weft_sim_run(sim, run, program) == WEFT_SIM_STOPPED;
    fputs(weft_sim_report(sim), stderr);
    weft_world_free(world);
    weft_sim_free(sim);
    return !is_well;
}
