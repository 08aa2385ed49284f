// Memory for the stacks of fibers on WebAssembly, kept for the next ones.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"

enum { KEPT = 1 << 20 }; // bytes at most

typedef struct stack {
    struct stack *next;
} stack;

// Those that are kept have one size, that of the last that came back: most programs have but one.
static stack *kept;
static size_t kept_size, count;

const bool weft__fiber_takes_memory = true;

void *weft__fiber_stack_make(size_t *size)
{
    stack *base = kept;
    if (base && kept_size == *size) {
        kept = base->next;
        count--;
    } else {
        base = weft_alloc(*size);
    }
    if (WEFT_TRACE && base)
        __builtin_memset(base, 0, *size);
    return base;
}

void weft__fiber_trim(void)
{
    for (stack *one; (one = kept);) {
        kept = one->next;
        weft_free(one, kept_size);
    }
    count = 0;
}

void weft__fiber_stack_free(void *base, size_t size)
{
    if (size != kept_size) {
        weft__fiber_trim();
        kept_size = size;
    }
    if ((count + 1) * size > KEPT) {
        weft_free(base, size);
        return;
    }
    stack *one = base;
    one->next = kept;
    kept = one;
    count++;
}
