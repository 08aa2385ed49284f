// A user's native test of the component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <weft_world.h>

extern const weft_sim_component component __asm__("weft_sim_component"); // as the component's stubs name it

static void count(weft_world_test *test)
{
    weft_sim_value text = weft_sim_text_value(test->instance, "weft 1");
    weft_sim_call *call = weft_sim_call_export(test->instance, NULL, "letters", &text);
    weft_sim_call_wait(call);
    printf("%u\n", (unsigned)weft_sim_call_result(call)->number);
    weft_sim_call_free(call);
}

int main(void)
{
    return weft_world_test_run(&(weft_world_test){&component, .script = count});
}
