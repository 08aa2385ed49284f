// wasi:clocks/monotonic-clock for components in the native host: time stands still while anything can happen,
// and then jumps to the next one that sleeps. For those that poll, by yields or by looking at the clock all the
// time, it goes on by a millisecond at first, and by twice as much each time.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TOOL_CLOCK_H
#define WEFT_SIM_TOOL_CLOCK_H

#include "../weft_sim.h"

typedef struct clock_sleeper clock_sleeper;

// Zero-initialised is valid, and the time is 0.
typedef struct clock_state {
    uint64_t now;   // ns
    uint64_t pace;  // by which it went on last for those that poll; 0 at first
    uint32_t looks; // at the clock, since it went on
    clock_sleeper *sleepers;
} clock_state;

// Answers the component's imports of the clock, of whatever version, if it has any.
void clock_answer(weft_sim *sim, const weft_sim_component *component, clock_state *clock);
// The script that moves time on. It ends when nothing sleeps and nothing else can happen.
void clock_script(weft_sim *sim, void *clock);

#endif
