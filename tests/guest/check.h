// What the runners of the guest suite share: EXPECT, the table of tests, and a probe for leaks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each process runs one test, named by the argument of the export `run`, several times over: the peer's and the
// runner's probe must read the same after each round but the first, which warms pools up.
#ifndef CHECK_H
#define CHECK_H

#include "plenty.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <weft/abi.h>

enum { ROUNDS = 4 };

// The first expectation that failed; empty if none did.
static char check_text[400];

__attribute__((unused)) static void check_add(const char *text)
{
    size_t length = strlen(check_text);
    while (*text && length < sizeof check_text - 1)
        check_text[length++] = *text++;
}

__attribute__((unused)) static void check_add_number(uint64_t number)
{
    char digits[21];
    char *at = digits + sizeof digits - 1;
    *at = 0;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    check_add(at);
}

__attribute__((unused)) static bool check(bool holds, const char *file, int line, const char *what,
                                          uint64_t actual, uint64_t expected)
{
    if (holds || check_text[0])
        return holds;
    check_add(strrchr(file, '/') ? strrchr(file, '/') + 1 : file);
    check_add(":");
    check_add_number((uint64_t)line);
    check_add(": ");
    check_add(what);
    check_add(" is ");
    check_add_number(actual);
    check_add(", expected ");
    check_add_number(expected);
    return false;
}

// Records the first mismatch; the test goes on. For integers.
#define EXPECT(actual, expected)                                                                               \
    do {                                                                                                       \
        uint64_t check_actual = (uint64_t)(actual), check_expected = (uint64_t)(expected);                     \
        check(check_actual == check_expected, __FILE__, __LINE__, #actual, check_actual, check_expected);      \
    } while (0)

// Live bytes of weft_alloc, where counting_hooks.h is included.
static uint32_t live_bytes;

// More holes than a test may leave among the handles.
#ifndef PROBE_HOLES
#define PROBE_HOLES 128
#endif

// Live handles, in effect, << 32 | live bytes. Handles are dense: with the holes filled, the highest tells.
__attribute__((unused)) static uint64_t probe(void)
{
    enum { HOLES = PROBE_HOLES };
    uint32_t sets[HOLES], highest = 0;
    for (int i = 0; i < HOLES; i++) {
        sets[i] = __waitable_set_new();
        if (sets[i] > highest)
            highest = sets[i];
    }
    for (int i = HOLES; i-- > 0;) // backwards: the host's list of free handles is as before
        __waitable_set_drop(sets[i]);
    return (uint64_t)(highest - HOLES) << 32 | live_bytes;
}

#endif
