// A key, longer than what a host gives in one call.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
} key;

static uint8_t bytes[(64 << 20) + 32];

WEFT_ASYNC(key)
{
    WEFT_BEGIN;
    weft_random_bytes(bytes, sizeof bytes);
    if (__builtin_memcmp(bytes, bytes + (64 << 20), 32) == 0 ||
        __builtin_memcmp(bytes + (64 << 20), (uint8_t[32]){0}, 32) == 0)
        WEFT_FAIL(1);
    WEFT_END;
}
WEFT_COMMAND(key);
