// The default clock of a trace: that of WASI 0.2 on wasm; natively a count, which tells only the order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/trace.h>

#ifdef __wasm__

// By hand and of 0.2, as in src/stderr: so it can't clash with a program's own bindings of 0.3.
__attribute__((import_module("wasi:clocks/monotonic-clock@0.2.12"), import_name("now"))) extern uint64_t
now(void);

// The generated object with this symbol tells `wasm-tools component new` what the import is.
extern void __component_type_object_force_link_weft_trace(void);
void (*const weft_trace_force_link)(void) = __component_type_object_force_link_weft_trace;

uint64_t weft_trace_now(void)
{
    return now();
}

#else

uint64_t weft_trace_now(void)
{
    static uint64_t events;
    return events++ * 1000;
}

#endif
