// Figures of what runs, and the watchdog. Its functions take the place of those that do not count.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/trace.h>
#include <weft/watch.h>
#include "inspect.h"
#include "internal.h"

static weft_stats stats;
static weft_clock *step_clock;
static uint64_t step_limit; // ns

void *weft__alloc(size_t size)
{
    void *memory = weft_alloc(size);
    if (memory)
        stats.bytes += size;
    return memory;
}

void weft__free(void *memory, size_t size)
{
    stats.bytes -= size;
    weft_free(memory, size);
}

void weft__turn_begins(void)
{
    stats.turns++;
}

static void count(const weft_coro *co, uint32_t by)
{
    stats.coroutines += by;
    if (!co->up) // a root: it has no parent, nor a binding when it begins or ends
        stats.tasks += by;
}

static void add_line(weft__text *to, uint32_t line)
{
    weft__add(to, line ? "line " : "its beginning");
    if (line)
        weft__add_number(to, line);
}

// A step of `co` took `duration` ns. It began at `line`, or if that is 0, at the beginning of `co`.
static void timed(const weft_coro *co, uint32_t line, bool ended, uint64_t duration)
{
    if (duration > stats.longest_step)
        stats.longest_step = duration;
    if (!step_limit || duration < step_limit)
        return;
    weft__text text;
    text.length = 0;
    weft__add(&text, "weft: a step took ");
    weft__add_number(&text, duration / 1000);
    weft__add(&text, " us: from ");
    add_line(&text, line);
    weft__add(&text, ended ? " to its end, " : " to the wait, ");
    weft__add_place(&text, co);
    weft__report_line(&text);
}

uint32_t weft__run(weft_coro *co, weft_step *run)
{
    uint32_t line = co->line;
    bool begins = !line;
    weft_clock *clock = step_clock;
    uint64_t start = clock ? weft_now(clock) : 0;
    stats.steps++;
    if (begins)
        count(co, 1);
    uint32_t how = run(co).how;
    bool ended = how < WEFT__AT_AWAIT;
    if (clock && clock == step_clock)
        timed(co, line, ended, weft_now(clock) - start);
    if (ended)
        count(co, (uint32_t)-1);
    return how;
}

weft_stats weft_stats_now(void)
{
    weft_stats now = stats;
    for (const weft_op *op = weft__op_next(NULL); op; op = weft__op_next(op))
        now.operations++;
#if WEFT_TRACE
    for (const weft_task *task = weft__trace_newest; task; task = task->older)
        now.operations += task->alone != NULL;
#endif
    return now;
}

void weft_watch_steps(weft_clock *clock, uint64_t limit)
{
    step_clock = clock;
    step_limit = limit;
    stats.longest_step = 0;
}

static void bark(const weft_watchdog *self)
{
    weft__text text;
    text.length = 0;
    weft__add(&text, "weft: nothing has moved for ");
    weft__add_number(&text, self->quiet / 1000000);
    weft__add(&text, " ms:");
    weft__report_line(&text);
    weft_dump();
}

static weft_stepped watchdog_run(weft_coro *co)
{
    weft_watchdog *self = weft_frame(co, weft_watchdog);
    WEFT_BEGIN;
    for (;;) {
        self->steps = stats.steps;
        WEFT_AWAIT(weft_sleep(co, self->clock, &self->timer, self->quiet));
        bool moved = stats.steps > self->steps + 1; // by more than this step
        if (!moved && !self->barked)
            bark(self);
        self->barked = !moved;
    }
    WEFT_FINALLY;
    WEFT_END;
}

void weft_watchdog_start(weft_coro *co, weft_scope *scope, weft_watchdog *it, weft_clock *clock, uint64_t quiet)
{
    it->clock = clock;
    it->quiet = quiet;
    it->barked = false;
    weft_spawn(co, scope, &it->child, &it->co, watchdog_run);
}
