// A date whose century the time of day decides.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_instant when;
} old;

WEFT_ASYNC(old)
{
    WEFT_BEGIN;
    if (weft_instant_from_http(WEFT_TEXT("Sunday, 06-Nov-94 08:49:37 GMT"), &self->when) ||
        self->when.seconds != 784111777)
        WEFT_FAIL(WEFT_EINVAL);
    WEFT_END;
}
WEFT_COMMAND(old);
