// The worlds of cxx.wit in C++: each child's frame of weft_alloc, or, with ROOM, in a room of the caller's.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cxx.h"
#include <weft/weft.hpp>

static weft::task<uint64_t> awaits(uint32_t n)
{
    weft_coro *co = co_await weft::self;
    for (uint32_t i = 0; i < n; i++)
        co_await weft_yield(co);
    co_return n;
}

WEFT_TASK_EXPORT(cxx, exports_cxx_run_awaits, awaits, (uint32_t n), n);

#ifdef ROOM
static weft::task<uint32_t> same(weft::memory &, uint32_t n)
#define SAME(n) same(room, n)
#else
static weft::task<uint32_t> same(uint32_t n)
#define SAME(n) same(n)
#endif
{
    co_return n;
}

static weft::task<uint64_t> calls(uint32_t n)
{
    [[maybe_unused]] weft::room<256> room;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += co_await SAME(1);
    co_return sum;
}

WEFT_TASK_EXPORT(cxx, exports_cxx_run_calls, calls, (uint32_t n), n);
