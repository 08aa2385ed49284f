// A coroutine that calls libc by a library alone, and then misuses Weft.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "said.h"
#include <weft/libc.h>
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_mutex mutex;
    weft_permit permit;
} misuse;

WEFT_ASYNC(misuse)
{
    WEFT_BEGIN;
    said();
    for (int i = 0; i < 2; i++)
        weft_try_acquire(&self->mutex, &self->permit);
    WEFT_END;
}
WEFT_COMMAND(misuse);
