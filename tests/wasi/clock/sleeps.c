// sleeps HOW DURATION: sleeps so long, looks at the clock until then ("polls"), or reads a byte within that
// time
// ("reads"); and prints what time it took, in ns, and how many bytes came.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    uint8_t byte;
} reader;

WEFT_ASYNC(reader)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdin(), weft_bytes_read(co, weft_stdin(), &self->byte, 1));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint64_t from, duration;
    weft_timer timer;
    weft_deadline deadline;
    reader reader;
} sleeps;

WEFT_ASYNC(sleeps)
{
    WEFT_BEGIN;
    if (weft_text_to_duration(weft_argument(2), &self->duration))
        WEFT_FAIL(WEFT_EINVAL);
    self->from = weft_now(&weft_host_clock);
    if (weft_text_equal_z(weft_argument(1), "polls"))
        while (weft_now(&weft_host_clock) - self->from < self->duration)
            WEFT_AWAIT(weft_yield(co));
    else if (weft_text_equal_z(weft_argument(1), "reads"))
        WEFT_CALL_WITHIN(reader, &self->reader, &self->deadline, &weft_host_clock, self->duration);
    else
        WEFT_AWAIT(weft_sleep(co, &weft_host_clock, &self->timer, self->duration));
    WEFT_TRY(weft_stdout(),
             weft_printf(co, "%llu %u", (unsigned long long)(weft_now(&weft_host_clock) - self->from),
                         (unsigned)weft_stdin()->count));
    WEFT_END;
}
WEFT_COMMAND(sleeps);
