// Traps: it takes a lock that it holds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_mutex mutex;
    weft_permit lock;
} trap;

WEFT_ASYNC(trap)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_acquire(co, &self->mutex, &self->lock));
    WEFT_AWAIT(weft_acquire(co, &self->mutex, &self->lock));
    WEFT_FINALLY;
    weft_release(&self->lock);
    WEFT_END;
}
WEFT_COMMAND(trap);
