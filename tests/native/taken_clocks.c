// A test that is linked with its component answers the clocks itself, one of them by a script that blocks; the
// world answers what is left, such as standard output.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "weft_world.h"

// By its label, as the component's stubs define it.
extern const weft_sim_component component __asm__("weft_sim_component");

static const char monotonic[] = "wasi:clocks/monotonic-clock@0.3.2",
                  of_day[] = "wasi:clocks/system-clock@0.3.2";

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

static void script(weft_world_test *test)
{
    weft_sim_answer(test->sim, of_day, "now", answer_time_of_day, NULL);
    weft_sim_answer(test->sim, monotonic, "now", answer_now, NULL);
    weft_sim_spawn(test->sim, wakes, NULL);
    test->failed = !weft_world_run(test->instance, &component);
}

int main(void)
{
    int code = weft_world_test_run(
        &(weft_world_test){&component, .takes = "wasi:clocks/monotonic-clock", .script = script});
    printf("\n%d sleeps\n", sleeps);
    return code;
}
