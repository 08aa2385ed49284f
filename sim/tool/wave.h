// WAVE, the notation for values that `wasmtime run --invoke` reads and prints, for the values of this host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TOOL_WAVE_H
#define WEFT_SIM_TOOL_WAVE_H

#include "../values.h"

#include <stdio.h>

typedef struct wave_reader {
    weft_sim_instance *instance; // whose host the values' memory is of
    const char *text, *at;       // all of it, ended by a 0, and what is left to read
    char wrong[200];             // what was wrong with it, and where; "" if nothing was
} wave_reader;

wave_reader wave_reader_of(weft_sim_instance *instance, const char *text);
// One value of that type. False if there is none, and then `value` is zero.
bool wave_read(wave_reader *reader, const weft_sim_type *type, weft_sim_value *value);
// All that is left: the arguments in parentheses. Trailing options may be left out. False if that is wrong, and
// then all of `args` are zero.
bool wave_read_arguments(wave_reader *reader, const weft_sim_func *func, weft_sim_value *args);

// The value stays the caller's. A handle is printed as the name of its type.
void wave_print(FILE *to, weft_sim_instance *instance, const weft_sim_type *type, const weft_sim_value *value);

// A character in UTF-8: writes its bytes, at most 4, and returns their number.
uint32_t wave_encode(uint32_t code, char *to);

#endif
