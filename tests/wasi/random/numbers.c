// Whether random numbers look so, and bytes fill their room and no more; then it prints some. A wrong answer is
// an exit code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

enum { DRAWS = 3000, BYTES = 200001 };

typedef struct {
    weft_coro co;
} numbers;

static uint8_t bytes[BYTES + 1];

// True if all values come up in about as many bytes as the others.
static bool fills(void (*get)(void *at, size_t count))
{
    uint32_t counts[256] = {0};
    __builtin_memset(bytes, 0, sizeof bytes);
    bytes[BYTES] = 77;
    get(bytes, BYTES);
    for (size_t i = 0; i < BYTES; i++)
        counts[bytes[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i] < BYTES / 256 / 2 || counts[i] > BYTES / 256 * 2)
            return false;
    get(bytes, 0);
    return bytes[BYTES] == 77;
}

// True if a third of the draws is in each third of the bound. Without care, it would be half of them in the
// first.
static bool is_fair(uint64_t (*below)(uint64_t bound))
{
    uint32_t counts[3] = {0};
    for (int i = 0; i < DRAWS; i++) {
        uint64_t third = below(UINT64_C(3) << 62) >> 62;
        if (third > 2)
            return false;
        counts[third]++;
    }
    for (int i = 0; i < 3; i++)
        if (counts[i] < DRAWS / 4 || counts[i] > DRAWS / 12 * 5)
            return false;
    uint32_t seen = 0;
    for (int i = 0; i < 1000; i++)
        seen |= 1u << below(6);
    return seen == (1 << 6) - 1 && below(1) == 0 && below(0) != below(0);
}

WEFT_ASYNC(numbers)
{
    WEFT_BEGIN;
    if (!fills(weft_random_bytes) || !fills(weft_insecure_bytes))
        WEFT_FAIL(1);
    if (!is_fair(weft_random_below) || !is_fair(weft_insecure_below))
        WEFT_FAIL(2);
    WEFT_TRY(weft_stdout(), weft_printf(co, "%llu %llu", (unsigned long long)weft_random_u64(),
                                        (unsigned long long)weft_insecure_u64()));
    WEFT_END;
}
WEFT_COMMAND(numbers);
