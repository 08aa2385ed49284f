// A component in C++: the macros and functions of weft.h, in code that C does not know.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cxx.h"

#include <numeric>
#include <vector>
#include <weft/weft.h>

WEFT_STREAM(bytes, cxx_stream_u8, uint8_t);
WEFT_FLOW(bytes, uint8_t);
WEFT_CLOCK(host_clock, wasi_clocks_monotonic_clock);

namespace
{

constexpr uint64_t millisecond = 1000000;

template <int first, int last> struct count {
    bytes_feed feed;
    weft_timer timer;
    uint8_t next;

    static weft_stepped run(weft_coro *co)
    {
        count &self = *weft_frame(co, count);
        WEFT_BEGIN;
        for (self.next = first; self.next <= last && !weft_dropped(&self.feed.out); self.next++) {
            WEFT_AWAIT(weft_sleep(co, &host_clock, &self.timer, millisecond));
            WEFT_AWAIT(bytes_write_all(co, &self.feed.out, &self.next, 1));
        }
        WEFT_FINALLY;
        WEFT_END;
    }
};

using one_to_ten = count<1, 10>;

struct numbers {
    weft_coro co;

    static weft_stepped run(weft_coro *co)
    {
        WEFT_BEGIN;
        {
            uint32_t handle = 0;
            if (!bytes_feed_new(co, nullptr, sizeof(one_to_ten), one_to_ten::run, &handle))
                WEFT_FINISH;
            WEFT_RETURN(co, exports_cxx_numbers, handle);
        }
        WEFT_FINALLY;
        WEFT_END;
    }
};

struct total {
    weft_coro co;
    weft_scope scope;
    weft_child child;
    one_to_ten numbers;
    bytes_reader in;
    uint32_t sum;
    uint8_t buffer[4];

    // What a frame must not own, a function may.
    void add(const uint8_t *items, size_t length)
    {
        std::vector<uint32_t> wide(items, items + length);
        sum = std::accumulate(wide.begin(), wide.end(), sum, [](uint32_t a, uint32_t b) { return a + b; });
    }
};

WEFT_UNZEROED(total, buffer);

WEFT_ASYNC(total)
{
    WEFT_BEGIN;
    self->in =
        bytes_reader_of(bytes_feed_spawn(co, &self->scope, &self->child, &self->numbers.feed, one_to_ten::run));
    do {
        WEFT_AWAIT(bytes_read(co, &self->in, self->buffer, sizeof self->buffer));
        self->add(self->buffer, self->in.count);
    } while (!weft_dropped(&self->in));
    WEFT_RETURN(co, exports_cxx_total, self->sum);
    WEFT_FINALLY;
    bytes_close_reader(&self->in);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

extern "C" uint8_t exports_cxx_beyond(void)
{
    return std::vector<uint8_t>().at(3);
}

WEFT_EXPORT(cxx, exports_cxx_total, total, (void));
WEFT_EXPORT_STEP(cxx, exports_cxx_numbers, numbers, numbers::run, (void), );

} // namespace
