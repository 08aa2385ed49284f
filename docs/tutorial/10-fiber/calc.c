// A calculator: reads sums, and writes their values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sum.h"

#include <weft/fiber.h>
#include <weft/wasi.h>

typedef struct {
    uint8_t buffer[256];
    size_t at, length;
} input;

// Waits for the next character.
static int next(void *data)
{
    input *it = data;
    if (it->at == it->length) {
        it->at = it->length = 0;
        if (WEFT_FIBER_AWAIT(weft_bytes_read(weft_fiber_co(), weft_stdin(), it->buffer, sizeof it->buffer)))
            it->length = weft_stdin()->count;
        if (!it->length)
            return -1;
    }
    return it->buffer[it->at++];
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
} calc;

WEFT_FIBER(calc)
{
    input in = {0};
    sum_source source = {.next = next, .data = &in};
    int value;
    while (sum_line(&source, &value)) {
        weft_poll print = source.wrong ? weft_printf(co, "not a sum\n") : weft_printf(co, "%d\n", value);
        if (!WEFT_FIBER_AWAIT(print) || weft_stdout()->error)
            break;
    }
    if (weft_stdin()->error || weft_stdout()->error)
        weft_step_fail(co, weft_stdin()->error ? weft_stdin()->error : weft_stdout()->error);
}
WEFT_COMMAND(calc);
