// Lua takes a seed for its hashes from the time, and what it does would differ by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <time.h>

time_t time(time_t *at)
{
    if (at)
        *at = 0;
    return 0;
}
