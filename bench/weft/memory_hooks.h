// Weft's memory hooks on the counted heap. Included once a component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef BENCH_MEMORY_HOOKS_H
#define BENCH_MEMORY_HOOKS_H

#include "../heap.h"
#include <weft/hooks.h>

void *weft_alloc(size_t size)
{
    return heap_alloc(size);
}

void weft_free(void *memory, size_t size)
{
    heap_free(memory, size);
}

#endif
