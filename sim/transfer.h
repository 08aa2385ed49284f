// What values.c asks of the rest of the host: memory, traps, and handles that move with a value.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_TRANSFER_H
#define WEFT_SIM_TRANSFER_H

#include "stub.h"
#include "trap.h"
#include "values.h"

// Memory of the host itself, for values in transit. What is not freed goes with the run: a trap needs no
// clean-up. Never NULL; zeroed. NULL may be freed.
void *weft_sim__allocate(weft_sim_instance *instance, size_t size);
void weft_sim__release(void *memory);

// Memory in the component, by its cabi_realloc; traps if that fails or is misaligned, in wasmtime's words for
// `bounds` or misaligned values. The component may not call a built-in meanwhile.
void *weft_sim__realloc(weft_sim_instance *instance, weft_sim_trap bounds, size_t alignment, size_t size);

// Is all of it memory that the component may use: not the first page, not beyond the end of the address space,
// and, under AddressSanitizer, memory of the process, not freed, and within one object.
bool weft_sim__is_memory(const void *pointer, size_t size);

// Ends the run. `format` tells what broke the rule ("pointer 0x12 of a list<u32>"), and may be NULL.
_Noreturn void weft_sim__value_trap(weft_sim_instance *instance, weft_sim_trap trap, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// A handle (own, borrow, stream, future, error-context) leaves its table, and is no value of any component
// until it is lowered into another's. What lift gave is used up by lower or by drop, once. Both check and trap.
// `scope` is that of the context: the call that lends, the task that borrows.
void *weft_sim__lift_handle(const weft_sim_context *context, const weft_sim_type *type, uint32_t handle);
uint32_t weft_sim__lower_handle(const weft_sim_context *context, const weft_sim_type *type, void *in_transit);
void weft_sim__drop_handle(const weft_sim_type *type, void *in_transit);

// Whether two components' descriptions stand for one resource, by what the components are linked to.
bool weft_sim__same_resource(weft_sim_instance *a, const weft_sim_resource *of_a, weft_sim_instance *b,
                             const weft_sim_resource *of_b);

#endif
