// Counts which event the host delivers into which state of the runtime, from outside of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef OBSERVE_H
#define OBSERVE_H

#include "workload.h"

extern uint64_t pairs[PAIRS_MAX];
extern const uint32_t pair_count;
pair_name pair_of(uint32_t at);
// What the stubs define, whose name is that of its type.
extern const weft_sim_component component_of_stubs __asm__("weft_sim_component");
// The same, with callbacks that look before they go on.
weft_sim_component observed_component(void);

#endif
