// What the tools share: components from files, and from the command line what a host may do, and calls, as
// `wasmtime run --invoke` has them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TOOL_INVOKE_H
#define WEFT_SIM_TOOL_INVOKE_H

#include "../weft_sim.h"

// Ends the tool with the message "<tool>: <what>: <why>".
_Noreturn void stop(const char *what, const char *why);

// The number that the text is; else it stops by `why`.
uint64_t number_of(const char *text, uint64_t least, uint64_t most, const char *why);
uint64_t seed_of(const char *text);

// --always: gives the option of that name its full weight.
void always(weft_sim_options *options, const char *name);

// The component of a shared object that weft_add_component() made.
const weft_sim_component *load(const char *path);
// The same once more, with variables of its own, as they are at first.
const weft_sim_component *load_again(const char *path);

// A call, written as "name(value, ...)" or "my:package/interface.name@1.0.0(value, ...)".
typedef struct invocation {
    const char *text;
    const weft_sim_export *export;
    weft_sim_value *args;
} invocation;

// Of a function that the component exports.
invocation invocation_of(const weft_sim_component *component, const char *text);
// The values, once the component lives.
void invocation_read(invocation *it, weft_sim_instance *instance);
// In a script: calls, waits, and prints the result on a line.
void invocation_run(invocation *it, weft_sim_instance *instance);

#endif
