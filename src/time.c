// Sleeps, the virtual clock, and deadlines. A deadline is a scope of two: the work and the alarm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <weft/task.h>
#include <weft/time.h>
#include "internal.h"

weft_poll weft_sleep(weft_coro *co, weft_clock *clock, weft_timer *timer, uint64_t duration)
{
    return weft_sleep_until(co, clock, timer, weft__later(weft_now(clock), duration));
}

weft_poll weft_sleep_until(weft_coro *co, weft_clock *clock, weft_timer *timer, uint64_t when)
{
    weft_poll poll = clock->sleep_until(clock, co, timer, when);
    return poll.pending ? poll : weft__nap(co);
}

bool weft__sleep_goes_on(weft_timer *timer, uint64_t when)
{
    weft_op *op = &timer->call.op;
    if (op->task)
        weft__op_enlist(op->task);
    WEFT__CHECK(op->waiter, awaited, "weft_sleep", op->handle);
    if (timer->when == when)
        return true;
    weft_stop_blocking(&timer->call);
    return false;
}

static uint64_t virtual_now(weft_clock *clock)
{
    return ((weft_virtual_clock *)clock)->time;
}

// The timers of a virtual clock are a skew heap, chained through themselves: each comes before those below it.
// To sleep, to wake and to be cancelled takes O(log n) on average, in whatever order.
static bool is_before(const weft_timer *a, const weft_timer *b)
{
    return a->when < b->when || (a->when == b->when && a->sleep.number < b->sleep.number);
}

static void put(weft_timer **at, weft_timer *timer)
{
    *at = timer;
    if (timer)
        timer->sleep.at = at;
}

// Merges both heaps, and stores the result at `at`.
static void put_both(weft_timer **at, weft_timer *a, weft_timer *b)
{
    while (a && b) {
        weft_timer *first = is_before(b, a) ? b : a;
        b = first == a ? b : a;
        a = first->sleep.right;
        put(at, first);
        put(&first->sleep.right, first->sleep.left); // what grows is on the left, so the other grows next
        at = &first->sleep.left;
    }
    put(at, a ? a : b);
}

// The timer is zero again: a host's clock may use it next.
void weft__timer_remove(weft_timer *timer)
{
    put_both(timer->sleep.at, timer->sleep.left, timer->sleep.right);
    *timer = (weft_timer){0};
}

static weft_poll virtual_sleep_until(weft_clock *clock, weft_coro *co, weft_timer *timer, uint64_t when)
{
    weft_virtual_clock *it = (weft_virtual_clock *)clock;
    if (when <= it->time)
        return weft__ready();
    WEFT__TRACE_STAYS(timer, "weft_sleep");
    weft_poll poll = weft__park(co, WEFT__ON_TIMER, "weft_sleep");
    co->on.timer = timer;
    co->task->sleepers++;
    *timer = (weft_timer){.sleep = {.co = co, .number = it->sleeps++}, .when = when};
    put_both(&it->first, it->first, timer);
    return poll;
}

void weft_virtual_clock_init(weft_virtual_clock *it)
{
    *it = (weft_virtual_clock){.clock = {virtual_now, virtual_sleep_until}};
}

void weft_virtual_clock_advance(weft_virtual_clock *it, uint64_t duration)
{
    it->time = weft__later(it->time, duration);
    for (weft_timer *timer; (timer = it->first) && timer->when <= it->time;) {
        weft_coro *sleeper = timer->sleep.co;
        weft__timer_remove(timer);
        weft__wake(sleeper);
    }
}

static weft_stepped sleeper_run(weft_coro *co)
{
    weft__sleeper *self = weft_frame(co, weft__sleeper);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_sleep_until(co, self->clock, &self->timer, self->when));
    WEFT_FINALLY;
    WEFT_END;
}

static weft_stepped deadline_run(weft_coro *co)
{
    weft_deadline *self = weft_frame(co, weft_deadline);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_join_any(co, &self->scope));
    self->expired = weft_next_ended(&self->scope) == &self->alarm;
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    self->expired = self->expired && weft_outcome_of(self->frame) == WEFT_CANCELLED;
    WEFT_END;
}

weft_poll weft_call_until(weft_coro *co, weft_deadline *deadline, weft_clock *clock, uint64_t when,
                          weft_coro *child, weft_step *run)
{
    WEFT__CHECK(deadline->co.state > WEFT__ENDED, child_busy, "weft_call_until", 0);
    deadline->expired = false;
    deadline->scope = (weft_scope){.policy = WEFT_GO_ON};
    deadline->frame = child;
    deadline->run = run;
    deadline->sleeper = (weft__sleeper){.clock = clock, .when = when};
    weft_spawn(co, &deadline->scope, &deadline->child, child, run);
    weft_spawn(co, &deadline->scope, &deadline->alarm, &deadline->sleeper.co, sleeper_run);
    return weft_call(co, &deadline->co, deadline_run);
}

weft_poll weft_call_within(weft_coro *co, weft_deadline *deadline, weft_clock *clock, uint64_t duration,
                           weft_coro *child, weft_step *run)
{
    return weft_call_until(co, deadline, clock, weft__later(weft_now(clock), duration), child, run);
}
