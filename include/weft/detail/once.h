// What the lines of once.h are made of. Included by once.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_ONCE_H
#define WEFT_DETAIL_ONCE_H

#define WEFT_ONESHOT(name, T)                                                                                  \
    typedef struct name {                                                                                      \
        weft_event settled;                                                                                    \
        int32_t error;                                                                                         \
        T value;                                                                                               \
    } name;                                                                                                    \
    __attribute__((unused)) static void name##_complete(name *it, T value)                                     \
    {                                                                                                          \
        WEFT__CHECK(it->settled.is_set, settled, #name "_complete", 0);                                        \
        it->value = value;                                                                                     \
        weft_event_set(&it->settled);                                                                          \
    }                                                                                                          \
    __attribute__((unused)) static void name##_fail(name *it, int32_t code)                                    \
    {                                                                                                          \
        WEFT__CHECK(it->settled.is_set, settled, #name "_fail", 0);                                            \
        it->error = code;                                                                                      \
        weft_event_set(&it->settled);                                                                          \
    }                                                                                                          \
    __attribute__((unused, warn_unused_result)) static weft_poll name##_wait(weft_coro *co, name *it)          \
    {                                                                                                          \
        return weft_event_wait(co, &it->settled);                                                              \
    }                                                                                                          \
    WEFT__SEMICOLON

#endif
