// Figures of what runs, steps that take long, and the watchdog: what they come to, and what is reported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <stdio.h>
#include <weft/weft.h>

WEFT_CLOCK(host_clock, wasi_clocks_monotonic_clock);
WEFT_FUTURE(number, runner_future_u32, uint32_t);

void exports_runner_types(runner_future_u32_t future)
{
    runner_future_u32_drop_readable(future);
}

enum { MS = 1000000, CHILDREN = 3, DEFAULTS = 40 };

// What was reported since the last time.
static char said[4096];

void weft_report(const char *text, size_t length)
{
    size_t had = strlen(said);
    length = length < sizeof said - 1 - had ? length : sizeof said - 1 - had;
    memcpy(said + had, text, length);
    said[had + length] = 0;
}

static bool says(const char *text)
{
    return strstr(said, text);
}

static bool says_line(const char *before, int line, const char *behind)
{
    char text[128];
    snprintf(text, sizeof text, "%s%d%s", before, line, behind);
    return says(text);
}

typedef struct {
    weft_coro co;
    weft_event *event;
} waits;

WEFT_ASYNC(waits)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait(co, self->event));
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_scope scope;
    weft_event event;
    weft_stats before, now;
    number_reader in[DEFAULTS];
    number_writer out[DEFAULTS];
    uint32_t values[DEFAULTS];
} figures;

WEFT_ASYNC(figures)
{
    WEFT_BEGIN;
    self->before = weft_stats_now();
    EXPECT(self->before.tasks, 1);
    EXPECT(self->before.coroutines, 2);
    EXPECT(self->before.operations, 0);
    EXPECT(self->before.longest_step, 0);
    for (uint32_t i = 0; i < CHILDREN; i++)
        EXPECT(WEFT_SPAWN_NEW(waits, &self->scope, .event = &self->event) != NULL, true);
    EXPECT(weft_stats_now().coroutines, 2);
    WEFT_AWAIT(weft_yield(co));
    self->now = weft_stats_now();
    EXPECT(self->now.coroutines, 2 + CHILDREN);
    EXPECT(self->now.turns, self->before.turns + 1);
    EXPECT(self->now.steps, self->before.steps + CHILDREN + 1);
    EXPECT(self->now.bytes, live_bytes);
    EXPECT(self->now.bytes - self->before.bytes >= CHILDREN * sizeof(waits), true);

    // More operations than the table is made for, and defaults of closed futures.
    for (uint32_t i = 0; i < DEFAULTS; i++) {
        self->in[i] = number_reader_of(number_new(&self->out[i], i));
        number_start_read(co, &self->in[i], &self->values[i]);
        EXPECT(weft_stats_now().operations, i + 1);
    }
    for (uint32_t i = 0; i < DEFAULTS; i++) {
        weft_stop_blocking(&self->in[i]);
        EXPECT(number_close_writer(co, &self->out[i]), true);
    }
    EXPECT(weft_stats_now().operations, DEFAULTS);
    EXPECT(weft_stats_now().bytes, live_bytes);
    weft_event_set(&self->event);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(weft_stats_now().coroutines, 2);
    WEFT_FINALLY;
    for (uint32_t i = 0; i < DEFAULTS; i++) {
        number_close_reader(&self->in[i]);
        EXPECT(number_close_writer(co, &self->out[i]), true);
    }
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_AWAIT(weft_yield(co));
    weft_trim();
    EXPECT(weft_stats_now().operations, 0);
    EXPECT(weft_stats_now().bytes, live_bytes);
    WEFT_END;
}

typedef struct {
    weft_coro co;
    weft_virtual_clock time;
    int line;
} slow;

WEFT_ASYNC(slow)
{
    WEFT_BEGIN;
    weft_virtual_clock_init(&self->time);
    weft_watch_steps(&self->time.clock, 10 * MS);
    said[0] = 0;
    self->line = __LINE__ + 1;
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&self->time, 9 * MS);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(said[0], 0);
    EXPECT(weft_stats_now().longest_step, 9 * MS);
    weft_virtual_clock_advance(&self->time, 12 * MS);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(says_line("weft: a step took 12000 us: from line ", self->line + 2, " to the wait, "), true);
    EXPECT(says_line("", self->line + 6, "\n"), true);
    EXPECT(weft_stats_now().longest_step, 12 * MS);
    said[0] = 0;
    weft_virtual_clock_advance(&self->time, 10 * MS);
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    slow slow;
} steps;

WEFT_ASYNC(steps)
{
    WEFT_BEGIN;
    WEFT_CALL(slow, &self->slow);
    EXPECT(says_line("weft: a step took 10000 us: from line ", self->slow.line + 6, " to its end, "), true);
    weft_watch_steps(&self->slow.time.clock, 0);
    said[0] = 0;
    WEFT_AWAIT(weft_yield(co));
    weft_virtual_clock_advance(&self->slow.time, 20 * MS);
    WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_stats_now().longest_step, 20 * MS);
    EXPECT(said[0], 0);
    WEFT_FINALLY;
    weft_watch_steps(NULL, 0);
    WEFT_END;
}

static uint32_t barks(void)
{
    uint32_t count = 0;
    for (const char *at = said; (at = strstr(at, "weft: nothing has moved for 20 ms:\n")); at++)
        count++;
    return count;
}

typedef struct {
    weft_coro co;
    weft_scope scope, guarded;
    weft_event event;
    weft_watchdog dog;
    waits waits;
    weft_child child;
    weft_timer timer;
    uint32_t sleeps;
} watchdog;

WEFT_ASYNC(watchdog)
{
    WEFT_BEGIN;
    said[0] = 0;
    WEFT_SPAWN(waits, &self->waits, &self->scope, &self->child, .event = &self->event);
    weft_watchdog_start(co, &self->guarded, &self->dog, &host_clock, 20 * MS);
    // As long as something moves, it says nothing.
    for (self->sleeps = 0; self->sleeps < 100; self->sleeps++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(barks(), 0);
    // Then it does, once a sleep.
    for (self->sleeps = 0; barks() < 2; self->sleeps++) {
        said[0] = barks() ? said[0] : 0;
        WEFT_AWAIT(weft_sleep(co, &host_clock, &self->timer, 200 * MS));
    }
    EXPECT(barks() <= self->sleeps, true);
    EXPECT(says("call ") || says("weft_sleep"), true); // the dump
    EXPECT(!WEFT_TRACE || says("weft_event_wait"), true);
    weft_event_set(&self->event);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->guarded));
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    WEFT_END;
}

static uint64_t peer_probe(void)
{
    return 0;
}

#define TEST_STEP(name) name##__step
#define TESTS                                                                                                  \
    TEST(figures)                                                                                              \
    TEST(steps)                                                                                                \
    TEST(watchdog)
#include "weft_runner.h"
