// Bytes to a workload and its schedule.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz.h"

enum { HEADER = 4, CHOICES = 4096 };

// Two bits an option: never, sometimes, always.
static uint16_t weight(uint32_t bits)
{
    static const uint16_t weights[] = {0, WEFT_SIM_CHOICE, WEFT_SIM_CHOICE, 1000};
    return weights[bits & 3];
}

bool fuzz_decode(const uint8_t *data, size_t size, fuzz_input *input)
{
    if (size < HEADER || size > HEADER + CHOICES)
        return false;
    *input = (fuzz_input){
        .workload = data[0] % weft_fuzzed.all->count,
        .without_blocking = data[3] & 16,
        .options = {.block = weight(data[1]),
                    .eager_yield = weight(data[1] >> 2) % 1000, // always: nobody else comes to run
                    .late = weight(data[1] >> 4),
                    .hold = weight(data[1] >> 6),
                    .partial = weight(data[2]),
                    .unasked = weight(data[2] >> 2),
                    .slow_cancel = weight(data[2] >> 4),
                    .no_memory = weight(data[2] >> 6) % 1000, // always: nothing else is seen
                    .cancel_in_set = data[3] & 1,
                    .cancel_counts = data[3] & 2,
                    .cancel_again = data[3] & 4,
                    .fresh_handles = data[3] & 8},
    };
    static uint32_t taken[CHOICES];
    for (size_t i = HEADER; i < size; i++)
        taken[i - HEADER] = data[i];
    weft_sim_schedule_give(&input->schedule, taken, (uint32_t)(size - HEADER));
    return true;
}
