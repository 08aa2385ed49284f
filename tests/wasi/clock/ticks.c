// What becomes of ticks that were missed, on a clock that stands until it is advanced; and of those that a
// select left. A wrong answer is an exit code.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/wasi.h>

typedef struct {
    weft_coro co;
    weft_virtual_clock clock;
    weft_ticker ticker;
    weft_timer timer;
    weft_case cases[2];
    weft_scope scope;
    weft_child child;
    struct waiting {
        weft_coro co;
        weft_ticker *ticker;
        int ticks;
    } waiting;
} ticks;

typedef struct waiting waiting;

WEFT_ASYNC(waiting)
{
    WEFT_BEGIN;
    for (;; self->ticks++)
        WEFT_AWAIT(weft_tick(co, self->ticker));
    WEFT_END;
}

// The next wait comes back with so many ticks missed, and the one after it is due then.
#define EXPECT(missed_, next_)                                                                                 \
    do {                                                                                                       \
        WEFT_AWAIT(weft_tick(co, &self->ticker));                                                              \
        if (self->ticker.missed != (missed_) || self->ticker.next != (next_))                                  \
            WEFT_FAIL(__LINE__);                                                                               \
    } while (0)

WEFT_ASYNC(ticks)
{
    WEFT_BEGIN;
    weft_virtual_clock_init(&self->clock);
    weft_virtual_clock_advance(&self->clock, 5);

    weft_ticker_start(&self->ticker, &self->clock.clock, 10, WEFT_TICKS_SKIP);
    weft_virtual_clock_advance(&self->clock, 10);
    EXPECT(0, 25);
    weft_virtual_clock_advance(&self->clock, 35); // 50: those of 35 and 45 are missed
    EXPECT(2, 55);
    weft_virtual_clock_advance(&self->clock, 5);
    EXPECT(0, 65);

    weft_ticker_start(&self->ticker, &self->clock.clock, 10, WEFT_TICKS_CATCH_UP); // at 55
    weft_virtual_clock_advance(&self->clock, 25);
    EXPECT(0, 75);
    EXPECT(0, 85);

    weft_ticker_start(&self->ticker, &self->clock.clock, 10, WEFT_TICKS_DELAY); // at 80
    weft_virtual_clock_advance(&self->clock, 35);
    EXPECT(2, 125);

    weft_ticker_start(&self->ticker, &self->clock.clock, UINT64_MAX, WEFT_TICKS_SKIP);
    if (self->ticker.next != UINT64_MAX)
        WEFT_FAIL(__LINE__);

    // Waited for: it does not come too early, and a cancel leaves the tick to the next wait.
    weft_ticker_start(&self->ticker, &self->clock.clock, 10, WEFT_TICKS_SKIP); // at 115
    WEFT_SPAWN(waiting, &self->waiting, &self->scope, &self->child, .ticker = &self->ticker);
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&self->clock, 9);
    WEFT_AWAIT(weft_yield(co));
    if (self->waiting.ticks != 0)
        WEFT_FAIL(__LINE__);
    weft_virtual_clock_advance(&self->clock, 1);
    WEFT_AWAIT(weft_yield(co));
    if (self->waiting.ticks != 1)
        WEFT_FAIL(__LINE__);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    weft_virtual_clock_advance(&self->clock, 10);
    EXPECT(0, 145);

    // In a select.
    weft_virtual_clock_advance(&self->clock, 10);
    WEFT_AWAIT(weft_select(co, self->cases, weft_never(of),
                           weft_sleep_until(of, self->ticker.clock, &self->ticker.timer, self->ticker.next)));
    if (weft_chosen(self->cases) != 1)
        WEFT_FAIL(__LINE__);
    weft_ticker_take(&self->ticker);
    if (self->ticker.missed || self->ticker.next != 155)
        WEFT_FAIL(__LINE__);

    // Started again, when a select of the host's clock has left it.
    weft_ticker_start(&self->ticker, &weft_host_clock, WEFT_SECONDS(1000), WEFT_TICKS_SKIP);
    WEFT_AWAIT(weft_select(co, self->cases,
                           weft_sleep(of, &weft_host_clock, &self->timer, WEFT_MILLISECONDS(1)),
                           weft_sleep_until(of, self->ticker.clock, &self->ticker.timer, self->ticker.next)));
    if (weft_chosen(self->cases) != 0)
        WEFT_FAIL(__LINE__);
    weft_ticker_start(&self->ticker, &weft_host_clock, 1, WEFT_TICKS_SKIP);
    WEFT_AWAIT(weft_tick(co, &self->ticker));
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}
WEFT_COMMAND(ticks);
