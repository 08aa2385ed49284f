// Hangs: it waits for what nobody does, while a watchdog looks on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_event never;
    weft_scope scope;
    weft_watchdog watchdog;
} hang;

WEFT_ASYNC(hang)
{
    WEFT_BEGIN;
    weft_watchdog_start(co, &self->scope, &self->watchdog, &weft_host_clock, WEFT_MILLISECONDS(100));
    WEFT_AWAIT(weft_event_wait(co, &self->never));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(hang);
