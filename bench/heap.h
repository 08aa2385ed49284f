// Memory whose live bytes are counted, for the world `memory`. Included once a component.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static uint32_t heap_live; // bytes asked for and not given back

static inline void *heap_alloc(size_t size)
{
    heap_live += (uint32_t)size;
    void *memory = malloc(size);
    if (!memory)
        __builtin_trap();
    return memory;
}

static inline void heap_free(void *memory, size_t size)
{
    heap_live -= (uint32_t)size;
    free(memory);
}

static inline uint32_t heap_pages(void)
{
    return (uint32_t)__builtin_wasm_memory_size(0);
}

#endif
