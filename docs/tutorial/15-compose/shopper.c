// Asks the market what something costs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "shopper.h"

#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_text goods;
    shopper_string_t name;
    tutorial_market_prices_result_u32_string_t price;
    weft_subtask call;
} shopper;

WEFT_ASYNC(shopper)
{
    WEFT_BEGIN;
    self->goods = weft_argument(1);
    self->name = (shopper_string_t){(uint8_t *)(uintptr_t)self->goods.at, self->goods.length};
    WEFT_AWAIT(weft_subtask_call(co, &self->call, tutorial_market_prices_price_of(self->name, &self->price)));
    if (self->price.is_err)
        WEFT_TRY(weft_stdout(),
                 weft_printf(co, "%.*s\n", (int)self->price.val.err.len, self->price.val.err.ptr));
    else
        WEFT_TRY(weft_stdout(), weft_printf(co, "%u coins\n", (unsigned)self->price.val.ok));

    WEFT_FINALLY;
    tutorial_market_prices_result_u32_string_free(&self->price);
    WEFT_END;
}
WEFT_COMMAND(shopper);
