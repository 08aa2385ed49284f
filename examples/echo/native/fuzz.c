// Fuzz target: the input is what the client does, and then the choices of a host, a byte each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 3, CHOICES = 512 };

// One for all inputs, as the component keeps its variables. All that a host may do is asked of the input, save
// that memory runs out, which stops this component.
static weft_sim *sim;
static weft_sim_instance *service;
static weft_sim_schedule schedule;
static const weft_sim_options options = {.block = WEFT_SIM_CHOICE,
                                         .late = WEFT_SIM_CHOICE,
                                         .hold = WEFT_SIM_CHOICE,
                                         .partial = WEFT_SIM_CHOICE,
                                         .unasked = WEFT_SIM_CHOICE,
                                         .slow_cancel = WEFT_SIM_CHOICE};

// A run that fails leaves fibers behind, and would keep what this needs of each stack.
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_stack_use_after_return=0";
}

static void check(bool so, const char *what)
{
    if (so)
        return;
    fprintf(stderr, "%s%s%sfuzz-echo: %s\n", weft_sim_transcript(sim), weft_sim_report(sim),
            weft_sim_leftovers(sim), what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char lower[] = "the body of a request", upper[] = "THE BODY OF A REQUEST";
    if (size < HEADER || size > HEADER + CHOICES)
        return -1;
    peer it = {.body = lower + data[0] % sizeof lower,
               .chunk = data[1] & 15,
               .room = data[1] >> 4,
               .reads = data[2] & 15,
               .trailers = data[2] & 16,
               .broken = data[2] & 32,
               .hangs_up = data[2] & 64};
    uint32_t taken[CHOICES];
    for (size_t i = HEADER; i < size; i++)
        taken[i - HEADER] = data[i];
    weft_sim_schedule_give(&schedule, taken, (uint32_t)(size - HEADER));
    if (!sim) {
        sim = weft_sim_new(&options, &schedule);
        service = weft_sim_instantiate(sim, &peer_component);
    }
    it.service = service;
    check(weft_sim_run(sim, peer_request, &it) == WEFT_SIM_DONE, "it did not end");
    const char *whole = upper + (it.body - lower);
    check(!strncmp(it.echoed, whole, it.echoed_count), "other bytes came back");
    check(it.hangs_up || it.echoed_count == strlen(whole), "bytes are missing");
    check(it.hangs_up || (it.came && it.error == it.broken), "other trailers came");
    check(peer_is_clean(sim), "handles are left");
    return 0;
}
