// Memory for the stacks of fibers on WebAssembly, kept for the next ones.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "backend.h"
#include "upcalls.h"

enum { KEPT = 1 << 20 }; // bytes at most

typedef struct stack {
    struct stack *next;
} stack;

// Those that are kept have one size, that of the first: most programs have but one.
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
        base = weft__alloc(*size);
    }
    if (WEFT_TRACE && base)
        __builtin_memset(base, 0, *size);
    return base;
}

void weft__fiber_trim(void)
{
    for (stack *one; (one = kept);) {
        kept = one->next;
        weft__free(one, kept_size);
    }
    count = 0;
}

void weft__fiber_stack_free(void *base, size_t size)
{
    if (!count)
        kept_size = size;
    if (size != kept_size || (count + 1) * size > KEPT) {
        weft__free(base, size);
        return;
    }
    stack *one = base;
    one->next = kept;
    kept = one;
    count++;
}
