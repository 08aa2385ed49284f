// Workload: fibers of several tasks, which wait at random depths, call each other, and are cancelled. Model:
// each finds its stack as it was, comes out of what it went into, and is refused after a cancel only.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <string.h>
#include <weft/fiber.h>
#include <weft/weft.h>

enum { SIZE = 40 };

static weft_mutex gate;
static uint32_t living, in_gate;

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t depth; // of fibers that call fibers
} diver;

WEFT_ASYNC_DECLARE(diver);

// With `cleanup`, no cancel ends it.
static bool adds(bool cleanup)
{
    weft_subtask call = {0};
    weft_coro *co = weft_fiber_co();
    uint32_t result = 0, one = pick(100), two = pick(100);
    if (cleanup)
        WEFT_FIBER_CLEANUP(weft_subtask_call(co, &call, workloads_add(one, two, &result)));
    else if (!WEFT_FIBER_AWAIT(weft_subtask_call(co, &call, workloads_add(one, two, &result))))
        return false;
    EXPECT(result == one + two, "%u and %u are %u", one, two, result);
    return true;
}

static bool passes(void)
{
    weft_permit permit = {0};
    bool inside = WEFT_FIBER_AWAIT(weft_acquire(weft_fiber_co(), &gate, &permit));
    if (inside) {
        EXPECT(!in_gate++, "two are inside of a mutex");
        inside = adds(pick(2));
        in_gate--;
    }
    weft_release(&permit);
    return inside;
}

static bool calls(diver *self)
{
    diver below = {.depth = self->depth + 1};
    if (!WEFT_FIBER_AWAIT(weft_call(weft_fiber_co(), &below.co, diver__step)))
        return false;
    weft_outcome outcome = weft_outcome_of(&below.co);
    EXPECT(outcome == WEFT_DONE || outcome == WEFT_FAILED, "a fiber that was not cancelled is %s",
           weft_outcome_name(outcome));
    return true;
}

static bool spawns(void)
{
    weft_scope scope = {.policy = WEFT_GO_ON};
    weft_coro *co = weft_fiber_co();
    diver *it = NULL;
    for (uint32_t i = 1 + pick(2); i; i--)
        if ((it = WEFT_SPAWN_NEW(diver, &scope, .depth = 2)))
            weft_detach(weft_child_of(it));
    if (it && pick(3) == 0)
        weft_cancel(&it->co);
    bool joined = WEFT_FIBER_AWAIT(weft_join_all(co, &scope));
    WEFT_FIBER_CLEANUP(weft_scope_close(co, &scope));
    return joined;
}

static bool acts(diver *self)
{
    switch (pick(self->depth < 2 ? 5 : 3)) {
    case 0:
        return WEFT_FIBER_AWAIT(weft_yield(weft_fiber_co()));
    case 1:
        return adds(pick(4) == 0);
    case 2:
        return passes();
    case 3:
        return calls(self);
    default:
        return spawns();
    }
}

// Acts at the bottom of so many frames, each of which must be as it was.
__attribute__((noinline)) static bool dives(diver *self, uint32_t depth)
{
    uint8_t with = (uint8_t)pick(256);
    volatile uint8_t bytes[SIZE];
    for (uint32_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(with + i);
    bool goes_on = depth ? dives(self, depth - 1) : acts(self);
    for (uint32_t i = 0; i < SIZE; i++)
        EXPECT(bytes[i] == (uint8_t)(with + i), "a byte of a fiber's stack was %u, and is %u",
               (uint8_t)(with + i), bytes[i]);
    return goes_on;
}

WEFT_FIBER(diver)
{
    bool goes_on = true, begun = false;
    EXPECT(!weft_step_unwinds(co), "a fiber runs that was cancelled before");
    living++;
    for (uint32_t rounds = 1 + pick(3); goes_on && rounds; rounds--)
        goes_on = dives(self, pick(6));
    EXPECT(goes_on || weft_cancelled(co), "a wait was refused without a cancel");
    EXPECT(weft_fiber_co() == co, "another fiber is said to run");
    if (!goes_on) {
        EXPECT(!WEFT_FIBER_AWAIT((begun = true, weft_yield(co))) && !begun, "a cancelled fiber begins a wait");
        adds(true);
    }
    living--;
}

typedef struct {
    weft_coro co;
    diver diver;
} calls_diver;

WEFT_ASYNC(calls_diver)
{
    WEFT_BEGIN;
    if (pick(2))
        WEFT_RETURN(co, exports_workloads_fiber, 7);
    WEFT_CALL(diver, &self->diver);
    EXPECT(!weft_fiber_co(), "a fiber is said to run, and none does");
    if (!weft_returned(co))
        WEFT_RETURN(co, exports_workloads_fiber, 7);
    WEFT_END;
}

WEFT_EXPORT_OR(workloads, exports_workloads_fiber, calls_diver, (void),
               exports_workloads_fiber_return(NO_MEMORY));

static uint32_t left;
static bool all_over;

static void one_call(weft_sim *sim, void *data)
{
    (void)sim;
    (void)data;
    linger();
    call_and_wait("fiber", NULL, NULL);
    all_over = --left == 0;
}

static void play(weft_sim *sim, void *data)
{
    (void)data;
    gate = (weft_mutex){0};
    living = in_gate = 0;
    all_over = false;
    answer_by_script("add", add);
    weft_sim_spawn(sim, calm_down, NULL);
    left = 1 + pick(4);
    for (uint32_t i = left; i; i--)
        weft_sim_spawn(sim, one_call, NULL);
    while (!all_over)
        weft_sim_pause(sim);
}

static void check(void)
{
    EXPECT(!living && !in_gate && !gate.taken && !gate.waiters, "%u fibers live, and %u are inside", living,
           in_gate);
}

const workload fiber_workload = {"fibers", play, check};
