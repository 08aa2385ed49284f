// How a run ends that has found something.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "found.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const weft_sim_options fuzz_asks_input = {.block = WEFT_SIM_CHOICE,
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

void fuzz_found(weft_sim *sim, const char *format, ...)
{
    fputs(weft_sim_transcript(sim), stderr);
    va_list arguments;
    va_start(arguments, format);
    fputs("weft fuzz: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    abort();
}

void fuzz_check(weft_sim *sim, bool so, const char *what)
{
    if (!so)
        fuzz_found(sim, "%s\n%s%s", what, weft_sim_report(sim), weft_sim_leftovers(sim));
}
