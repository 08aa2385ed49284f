// Is slow: a step computes for long, and nothing else runs meanwhile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    uint64_t end;
} slow;

WEFT_ASYNC(slow)
{
    WEFT_BEGIN;
    weft_watch_steps(&weft_host_clock, WEFT_MILLISECONDS(5));
    WEFT_AWAIT(weft_yield(co));
    self->end = weft_now(&weft_host_clock) + WEFT_MILLISECONDS(20);
    while (weft_now(&weft_host_clock) < self->end)
        ;
    WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}
WEFT_COMMAND(slow);
