// What both callees and both runners of the calls' tests share: the tickets, and handles back in order after a
// crowd.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef CROWD_H
#define CROWD_H

#include "plenty.h"
#include <stdint.h>
#include <weft/abi.h>

// Tickets that a caller may use: 0 to TICKETS - 1.
enum { TICKETS = PLENTY };

// The host reuses handles last in, first out, so the order of the drops decides which handles probe() sees.
// Takes more handles than a crowd had and drops the highest first.
static void settle_handles(void)
{
    enum { HANDLES = 4 * TICKETS, LIMIT = 2 * HANDLES };
    static uint8_t mine[LIMIT];
    for (int i = 0; i < HANDLES; i++) {
        uint32_t set = __waitable_set_new();
        if (set >= LIMIT)
            __builtin_trap();
        mine[set] = 1;
    }
    for (uint32_t set = LIMIT - 1; set > 0; set--) {
        if (mine[set])
            __waitable_set_drop(set);
        mine[set] = 0;
    }
}

#endif
