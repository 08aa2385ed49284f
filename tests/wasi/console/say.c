// A program that prints, and no more.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
} say;

WEFT_ASYNC(say)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_printf(co, "%s %d\n", "hello", 1));
    WEFT_END;
}
WEFT_COMMAND(say);
