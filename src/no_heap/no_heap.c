// weft_no_heap: in place of libc's heap, one that has nothing.
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

// Only the backtrace can tell: the host lets no message out of a component that it hands something to.
__attribute__((noinline, noreturn)) static void weft_misuse_no_heap(void)
{
    __builtin_trap();
}

// The bindings call it for what the host has to hand over.
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
