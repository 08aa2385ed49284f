// What all targets on the native host share: what a host may do, and how a run ends that has found something.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef FUZZ_FOUND_H
#define FUZZ_FOUND_H

#include <weft_sim.h>

// All that a host may do is asked of the input, save that memory runs out, which stops a service.
extern const weft_sim_options fuzz_asks_input;

// Prints the run and this, and ends the process as one that found something.
_Noreturn void fuzz_found(weft_sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same, with what the host still holds, unless `so`.
void fuzz_check(weft_sim *sim, bool so, const char *what);

#endif
