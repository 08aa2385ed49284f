// Says hello, in as few bytes as it gets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
} small;

WEFT_ASYNC(small)
{
    WEFT_BEGIN;
    WEFT_TRY(weft_stdout(), weft_write(co, weft_stdout(), WEFT_TEXT("hello\n")));
    WEFT_END;
}
WEFT_COMMAND(small);
