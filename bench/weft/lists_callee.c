// lists, the callee: tasks that all wait for one event.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lists_callee.h"
#include <weft/weft.h>

WEFT_STREAM(bytes, exports_bench_lists_dozers_stream_u8, uint8_t);

static weft_event dawn;

typedef struct {
    weft_coro co;
    bytes_reader until;
    uint8_t byte;
} doze;

WEFT_ASYNC(doze)
{
    WEFT_BEGIN;
    bytes_start_read(co, &self->until, &self->byte, 1);
    WEFT_AWAIT(weft_event_wait(co, &dawn));
    WEFT_RETURN_VOID(co, exports_bench_lists_dozers_doze);
    WEFT_FINALLY;
    weft_stop_blocking(&self->until);
    bytes_close_reader(&self->until);
    WEFT_END;
}

WEFT_EXPORT(lists_callee, exports_bench_lists_dozers_doze, doze, (exports_bench_lists_dozers_stream_u8_t until),
            .until = bytes_reader_of(until));

void exports_bench_lists_dozers_wake(void)
{
    weft_event_set(&dawn);
    weft_event_clear(&dawn);
}
