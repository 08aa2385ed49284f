// The default memory hooks. Replaced as a pair by a program that defines both.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/hooks.h>

// Declared here, so that a freestanding build needs no libc headers.
extern void *malloc(size_t size);
extern void free(void *memory);

void *weft_alloc(size_t size)
{
    return malloc(size);
}

void weft_free(void *memory, size_t size)
{
    (void)size;
    free(memory);
}
