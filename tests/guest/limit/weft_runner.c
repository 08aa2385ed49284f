// The tests of limits: more calls at a time than an export takes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define PROBE_HOLES 4096
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include "sweep.h"
#include <weft/weft.h>

enum { CALLS = PLENTY / 5, MANY = CALLS / 2 };

typedef struct {
    weft_coro co;
    uint32_t count, at, until, pages, other;
    int i;
    settle settle;
    weft_subtask another;
    uint32_t results[CALLS];
    weft_subtask calls[CALLS];
} load;

static void start(weft_coro *co, load *self, uint32_t count, uint32_t turns)
{
    for (uint32_t i = 0; i < count; i++)
        weft_subtask_start(co, &self->calls[self->count + i],
                           weft_limit_peer_work(turns, &self->results[self->count + i]));
    self->count += count;
}

static void stop_all(load *self)
{
    for (uint32_t i = 0; i < self->count; i++)
        weft_stop_blocking(&self->calls[i]);
}

static uint32_t in_state(load *self, weft_subtask_state state)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->count; i++)
        count += weft_subtask_state_of(&self->calls[i]) == state;
    return count;
}

static weft_stepped load_with(weft_coro *co, uint32_t limit)
{
    load *self = weft_frame(co, load);
    WEFT_BEGIN;
    weft_limit_peer_set_limit(limit);
    weft_limit_peer_highest();
    self->pages = weft_limit_peer_pages();
    start(co, self, CALLS, 3);
    EXPECT(in_state(self, WEFT_SUBTASK_STARTED), limit ? limit : CALLS);
    for (; self->at < CALLS; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    EXPECT(in_state(self, WEFT_SUBTASK_RETURNED), CALLS);
    EXPECT(weft_limit_peer_highest(), limit ? limit : CALLS);
    EXPECT(weft_limit_peer_inside(), 0);
    if (limit) // of 8 KiB each, of which a page takes 7
        EXPECT(weft_limit_peer_pages() - self->pages <= limit / 7 + 2, true);
    WEFT_FINALLY;
    stop_all(self);
    weft_limit_peer_set_limit(0);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

typedef load one_at_a_time;
static weft_stepped one_at_a_time_run(weft_coro *co)
{
    return load_with(co, 1);
}

typedef load sixteen;
static weft_stepped sixteen_run(weft_coro *co)
{
    return load_with(co, 16);
}

// For comparison: without a limit memory is as large as the load.
typedef load unlimited;
static weft_stepped unlimited_run(weft_coro *co)
{
    weft_stepped left = load_with(co, 0);
    EXPECT(weft_limit_peer_pages() > CALLS * 8192 / 65536, true);
    return left;
}

// Calls that began without a limit count when one is set.
typedef load late;
static weft_stepped late_run(weft_coro *co)
{
    load *self = weft_frame(co, load);
    WEFT_BEGIN;
    start(co, self, 6, 5);
    weft_limit_peer_set_limit(4);
    start(co, self, 10, 1);
    EXPECT(in_state(self, WEFT_SUBTASK_STARTED), 6);
    EXPECT(in_state(self, WEFT_SUBTASK_STARTING), 10);
    for (; self->at < 6; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    weft_limit_peer_highest();
    for (; self->at < 16; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    EXPECT(weft_limit_peer_highest() <= 4, true);
    WEFT_FINALLY;
    stop_all(self);
    weft_limit_peer_set_limit(0);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Raised, lowered and lifted while the calls wait.
typedef load changed;
static weft_stepped changed_run(weft_coro *co)
{
    load *self = weft_frame(co, load);
    WEFT_BEGIN;
    weft_limit_peer_set_limit(4);
    weft_limit_peer_highest();
    start(co, self, MANY, 2);
    while (in_state(self, WEFT_SUBTASK_RETURNED) < MANY / 10) // the host does not start them in order
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_limit_peer_highest(), 4);
    weft_limit_peer_set_limit(MANY / 20);
    while (in_state(self, WEFT_SUBTASK_RETURNED) < MANY * 4 / 10)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_limit_peer_highest(), MANY / 20);
    weft_limit_peer_set_limit(2);
    while (weft_limit_peer_inside() > 2) // what runs, runs on
        WEFT_AWAIT(weft_yield(co));
    weft_limit_peer_highest();
    EXPECT(in_state(self, WEFT_SUBTASK_STARTING) > MANY * 4 / 10, true);
    while (in_state(self, WEFT_SUBTASK_RETURNED) < MANY * 6 / 10)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_limit_peer_highest(), 2);
    weft_limit_peer_set_limit(0);
    for (; self->at < MANY; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    EXPECT(weft_limit_peer_highest() > MANY / 20, true);
    EXPECT(in_state(self, WEFT_SUBTASK_RETURNED), MANY);
    WEFT_FINALLY;
    stop_all(self);
    weft_limit_peer_set_limit(0);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// Every second call is cancelled, whether it waits or runs; the others all return.
typedef load cancelled;
static weft_stepped cancelled_run(weft_coro *co)
{
    load *self = weft_frame(co, load);
    WEFT_BEGIN;
    weft_limit_peer_set_limit(4);
    weft_limit_peer_highest();
    start(co, self, 100, 5);
    WEFT_AWAIT(weft_yield(co));
    for (uint32_t i = 0; i < 100; i += 2)
        weft_stop_blocking(&self->calls[i]);
    EXPECT(in_state(self, WEFT_SUBTASK_RETURNED_CANCELLED) >= 2, true);
    EXPECT(in_state(self, WEFT_SUBTASK_STARTED_CANCELLED) > 30, true);
    for (; self->at < 100; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    EXPECT(in_state(self, WEFT_SUBTASK_RETURNED) >= 50, true);
    EXPECT(weft_limit_peer_highest(), 4);
    EXPECT(weft_limit_peer_inside(), 0);
    start(co, self, 20, 1);
    for (; self->at < 120; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    EXPECT(weft_limit_peer_highest(), 4);
    WEFT_FINALLY;
    stop_all(self);
    weft_limit_peer_set_limit(0);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// At the limit the whole component takes no call; below it, other exports do.
typedef load others_wait;
static weft_stepped others_wait_run(weft_coro *co)
{
    load *self = weft_frame(co, load);
    WEFT_BEGIN;
    weft_limit_peer_set_limit(2);
    start(co, self, 1, 5);
    WEFT_AWAIT(weft_subtask_call(co, &self->another, weft_limit_peer_other(&self->other)));
    start(co, self, 1, 5);
    weft_subtask_start(co, &self->another, weft_limit_peer_other(&self->other));
    EXPECT(weft_subtask_state_of(&self->another), WEFT_SUBTASK_STARTING);
    WEFT_AWAIT(weft_await(co, &self->another));
    EXPECT(weft_limit_peer_inside() < 2, true);
    WEFT_FINALLY;
    weft_stop_blocking(&self->another);
    stop_all(self);
    weft_limit_peer_set_limit(0);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

// A few, for the sweep: the caller is cancelled, and all its calls.
typedef load few;
static weft_stepped few_run(weft_coro *co)
{
    load *self = weft_frame(co, load);
    WEFT_BEGIN;
    weft_limit_peer_set_limit(3);
    start(co, self, 20, 2);
    for (; self->at < 20; self->at++)
        WEFT_AWAIT(weft_await(co, &self->calls[self->at]));
    EXPECT(in_state(self, WEFT_SUBTASK_RETURNED), 20);
    WEFT_FINALLY;
    stop_all(self);
    EXPECT(weft_limit_peer_inside(), 0);
    weft_limit_peer_set_limit(0);
    WEFT_AWAIT(end(co, &self->settle));
    WEFT_END;
}

SWEEP(few)

static uint64_t peer_probe(void)
{
    return weft_limit_peer_probe();
}

#define TESTS                                                                                                  \
    TEST(one_at_a_time)                                                                                        \
    TEST(sixteen)                                                                                              \
    TEST(unlimited)                                                                                            \
    TEST(late)                                                                                                 \
    TEST(changed)                                                                                              \
    TEST(cancelled)                                                                                            \
    TEST(others_wait)                                                                                          \
    TEST(few)                                                                                                  \
    TEST(sweep_few)
#include "weft_runner.h"
