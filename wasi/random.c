// Random numbers of the host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi/random.h>
#include "weft_wasi_random.h"

// The most bytes of one call: each call makes a list of them. A host may give fewer than it was asked for.
enum { MOST = 65536 };

// The names of the bindings' functions begin with `get`. Of the numbers from `least` on, the remainders of a
// division by `bound` are equally frequent.
#define RANDOM(kind, get)                                                                                      \
    void weft_##kind##_bytes(void *bytes, size_t count)                                                        \
    {                                                                                                          \
        for (uint8_t *at = bytes; count;) {                                                                    \
            weft_wasi_random_list_u8_t some;                                                                   \
            get##_bytes(count < MOST ? count : MOST, &some);                                                   \
            size_t taken = some.len < count ? some.len : count;                                                \
            if (taken)                                                                                         \
                __builtin_memcpy(at, some.ptr, taken);                                                         \
            weft_wasi_random_list_u8_free(&some);                                                              \
            at += taken;                                                                                       \
            count -= taken;                                                                                    \
        }                                                                                                      \
    }                                                                                                          \
                                                                                                               \
    uint64_t weft_##kind##_u64(void)                                                                           \
    {                                                                                                          \
        return get##_u64();                                                                                    \
    }                                                                                                          \
                                                                                                               \
    uint64_t weft_##kind##_below(uint64_t bound)                                                               \
    {                                                                                                          \
        uint64_t number = get##_u64();                                                                         \
        if (!bound)                                                                                            \
            return number;                                                                                     \
        for (uint64_t least = (0 - bound) % bound;                                                             \
             number < least;) /* these would make some remainders more frequent */                             \
            number = get##_u64();                                                                              \
        return number % bound;                                                                                 \
    }

RANDOM(random, weft__wasi_random_random_get_random)
RANDOM(insecure, weft__wasi_random_insecure_get_insecure_random)
