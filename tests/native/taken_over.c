// A program in the world of weft-native, whose names a script answers: each is this machine's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

extern const weft_sim_component component __asm__("weft_sim_component");

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

static void script(weft_world_test *test)
{
    weft_sim_answer(test->sim, weft_world_import(&component, "resolve-addresses")->interface,
                    "resolve-addresses", resolve, stderr);
    test->failed = !weft_world_run(test->instance, &component);
}

int main(void)
{
    return weft_world_test_run(&(weft_world_test){&component, {.tcp = true}, .script = script});
}
