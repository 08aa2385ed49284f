// Logs, and waits for its standard input: the line is out before.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    uint8_t byte;
} waits;

WEFT_ASYNC(waits)
{
    WEFT_BEGIN;
    weft_log(WEFT_LOG_INFO, "waits");
    WEFT_TRY(weft_stdin(), weft_bytes_read(co, weft_stdin(), &self->byte, 1));
    weft_log(WEFT_LOG_INFO, "has it");
    WEFT_END;
}
WEFT_COMMAND(waits);
