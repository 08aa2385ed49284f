// The switch between machine stacks: of the native host, and of fibers in it (fiber/native.c).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_SWITCH_H
#define WEFT_SIM_SWITCH_H

// Saves the registers that a function must keep, and the stack pointer; takes those of the other.
void weft_sim__switch(void **save, void *to);

// What to switch to at first on a stack that ends at `top`, aligned to 16. It calls `main`, which never
// returns.
void *weft_sim__switch_new(void *top, void (*main)(void));

#endif
