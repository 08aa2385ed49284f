// Sleeps, deadlines and races on the host's clock. No time limit is tight: only the order and the least count.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <weft/weft.h>

WEFT_CLOCK(host_clock, wasi_clocks_monotonic_clock);

// Short, and yet no machine is so slow that it is over before the host hears of it: the transcripts tell.
enum { MS = 1000000, SHORT = 50 * MS, FOR_EVER = 3600 }; // ns; s

typedef struct {
    weft_coro co;
    uint64_t duration; // ns
    weft_timer timer;
    bool woke;
} nap;

static weft_stepped nap_run(weft_coro *co)
{
    nap *self = weft_frame(co, nap);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep(co, &host_clock, &self->timer, self->duration));
    self->woke = true;
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    uint64_t start;
    weft_timer timer;
    weft_scope scope;
    weft_child handles[2];
    nap naps[2];
    weft_deadline deadline;
} frame;

typedef frame sleeps;

static weft_stepped sleeps_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->start = weft_now(&host_clock);
    WEFT_AWAIT(weft_sleep(co, &host_clock, &self->timer, SHORT));
    EXPECT(weft_now(&host_clock) - self->start >= SHORT, true);
    WEFT_AWAIT(weft_sleep_until(co, &host_clock, &self->timer, self->start)); // has been
    WEFT_AWAIT(weft_sleep(co, &host_clock, &self->timer, 0));
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame race;

static weft_stepped race_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->naps[0].duration = FOR_EVER * 1000ull * MS;
    self->naps[1].duration = SHORT;
    for (int i = 0; i < 2; i++)
        weft_spawn(co, &self->scope, &self->handles[i], &self->naps[i].co, nap_run);
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    EXPECT(weft_next_ended(&self->scope) - self->handles, 1);
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    EXPECT(self->naps[1].woke, true);
    EXPECT(self->naps[0].woke, false);
    EXPECT(weft_outcome_of(&self->naps[0].co), WEFT_CANCELLED);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

typedef frame deadlines;

static weft_stepped deadlines_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->naps[0].duration = FOR_EVER * 1000ull * MS;
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &host_clock, SHORT, &self->naps[0].co, nap_run));
    EXPECT(self->deadline.expired, true);
    EXPECT(self->naps[0].woke, false);
    self->naps[1].duration = SHORT;
    WEFT_AWAIT(weft_call_within(co, &self->deadline, &host_clock, FOR_EVER * 1000ull * MS, &self->naps[1].co,
                                nap_run));
    EXPECT(self->deadline.expired, false);
    EXPECT(self->naps[1].woke, true);
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame polls;

// Time passes for those who do not sleep, too: by turns, and by looks at the clock alone.
static weft_stepped polls_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->start = weft_now(&host_clock);
    while (weft_now(&host_clock) - self->start < MS)
        WEFT_AWAIT(weft_yield(co));
    self->start = weft_now(&host_clock);
    while (weft_now(&host_clock) - self->start < MS)
        continue;
    WEFT_FINALLY;
    WEFT_END;
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TESTS                                                                                                  \
    TEST(sleeps)                                                                                               \
    TEST(race)                                                                                                 \
    TEST(deadlines)                                                                                            \
    TEST(polls)
#include "weft_runner.h"
