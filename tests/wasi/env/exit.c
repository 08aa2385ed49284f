// Ends with the code that is its argument, while a write is out and finalisers are due.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
} leave;

WEFT_ASYNC(leave)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_printf(co, "before"));
    uint64_t code = 0;
    if (weft_text_to_u64(weft_argument(1), &code))
        WEFT_FAIL(WEFT_EINVAL);
    weft_exit((uint8_t)code);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_printf(co, "after"));
    WEFT_END;
}
WEFT_COMMAND(leave);
