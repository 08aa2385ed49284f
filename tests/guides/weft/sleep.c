// Sleeps, then prints.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_timer timer;
} nap;

WEFT_ASYNC(nap)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(20)));
    WEFT_TRY(weft_stdout(), weft_printf(co, "awake\n"));
    WEFT_END;
}
WEFT_COMMAND(nap);
