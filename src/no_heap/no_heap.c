// weft_no_heap: a heap that has nothing, in place of libc's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdlib.h>

void *malloc(size_t size)
{
    (void)size;
    return NULL;
}

void *calloc(size_t count, size_t size)
{
    (void)count;
    (void)size;
    return NULL;
}

// Only the backtrace tells: while the host hands something to a component, it lets no message out.
__attribute__((noinline, noreturn)) static void weft_misuse_no_heap(void)
{
    __builtin_trap();
}

// The bindings call it for what the host hands to the component.
void *realloc(void *memory, size_t size)
{
    (void)memory;
    (void)size;
    weft_misuse_no_heap();
}

void free(void *memory)
{
    (void)memory;
}
