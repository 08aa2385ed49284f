// A program that says hello.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
} hello;

WEFT_ASYNC(hello)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_printf(co, "hello\n"));
    WEFT_END;
}
WEFT_COMMAND(hello);
