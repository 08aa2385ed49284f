// A limit on the concurrent calls of an export: backpressure goes up at it and down below it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/abi.h>
#include "internal.h"

static void changed(weft_export *it)
{
    bool full = it->limit && it->active >= it->limit;
    if (full == it->full)
        return;
    it->full = full;
    if (full)
        __backpressure_inc();
    else
        __backpressure_dec();
}

// Calls are counted whatever the limit is, since it may be set while they run.
void weft__count_call(weft_export *from, int by)
{
    from->active += (uint32_t)by;
    changed(from);
}

void weft_limit_calls(weft_export *it, uint32_t limit)
{
    it->limit = limit;
    changed(it);
}
