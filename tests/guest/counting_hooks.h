// Memory hooks that count live bytes, for components on Weft. Included once a component, after check.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COUNTING_HOOKS_H
#define COUNTING_HOOKS_H

#include <stdlib.h>
#include <weft/hooks.h>

// The allocation that fails, counted down from here; 0: none.
static uint32_t fail_at;
// And all after it.
__attribute__((unused)) static bool fail_for_good;
static uint32_t failures;

void *weft_alloc(size_t size)
{
    if (fail_at && --fail_at == 0) {
        fail_at = fail_for_good;
        failures++;
        return NULL;
    }
    live_bytes += (uint32_t)size;
    return malloc(size);
}

void weft_free(void *memory, size_t size)
{
    live_bytes -= (uint32_t)size;
    free(memory);
}

#endif
