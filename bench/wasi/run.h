// What the runners on Weft share: with the library, and with bindings of one's own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef BENCH_WASI_RUN_H
#define BENCH_WASI_RUN_H

#include "../weft/memory_hooks.h"
#include "lines.h"

#define RUN(T, name) WEFT_EXPORT(wasi_runner, exports_wasi_runner_run_##name, T, (uint32_t n), .n = n)

static uint64_t most; // memory.size << 32 | live heap, when that was the most

static void look_at_memory(void)
{
    if (heap_live > (uint32_t)most)
        most = (uint64_t)heap_pages() << 48 | heap_live;
}

#endif
