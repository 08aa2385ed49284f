// Tasks of C++: the runner of tests.cpp, and what of C they call.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "tests.h"

#include "log.h"
#include "sweep.h"
#include "counting_hooks.h"

static uint64_t peer_probe(void)
{
    return (uint64_t)alive;
}

uint32_t live(void)
{
    return live_bytes;
}

void expect_(int line, const char *what, uint64_t actual, uint64_t expected)
{
    check(actual == expected, "tests.cpp", line, what, actual, expected);
}

void say_(char what)
{
    say(what);
}

void expect_said(int line, const char *expected)
{
    check_said("tests.cpp", line, expected);
}

WEFT_ASYNC_EXTERN(add)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_yield(co));
    self->sum = self->a + self->b;
    if (self->sum > 100)
        WEFT_FAIL(WEFT_ELIMIT);
    WEFT_END;
}

WEFT_ASYNC_EXTERN(twice)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(add_in_cxx, &self->child, .a = self->n, .b = self->n);
    self->n = self->child.sum;
    WEFT_END;
}

WEFT_FIBER(in_fiber)
{
    twice child = {.n = self->n};
    (void)WEFT_FIBER_AWAIT(weft_call(co, &child.co, twice__step));
    if (weft_failure(&child.co))
        weft_step_fail(co, weft_failure(&child.co));
    self->n = after_pauses(child.n);
}

weft_stepped in_fiber_step(weft_coro *co)
{
    return in_fiber__step(co);
}

// Denies a test its Nth allocation, and in another run all from there on, for N = 1, 2, ... until it asks for
// no more. It fails by WEFT_ENOMEM, or does without.
typedef struct {
    weft_coro co;
    weft_step *run;
    weft_coro frame_co;
    weft_cxx frame_cxx;
    settle settle;
    uint32_t n;
    uint32_t bytes;
} starve;

static weft_stepped starve_step(weft_coro *co)
{
    starve *self = weft_frame(co, starve);
    WEFT_BEGIN;
    for (self->n = 1; !check_text[0]; self->n++) {
        EXPECT(self->n < 500, true);
        self->bytes = live_bytes;
        self->frame_co = (weft_coro){0};
        failures = 0;
        fail_at = (self->n + 1) / 2;
        fail_for_good = self->n % 2;
        WEFT_AWAIT(weft_call(co, &self->frame_co, self->run));
        fail_at = 0;
        fail_for_good = false;
        if (weft_outcome_of(&self->frame_co) == WEFT_FAILED)
            EXPECT((uint32_t)weft_failure(&self->frame_co), (uint32_t)WEFT_ENOMEM);
        EXPECT(alive, 0);
        weft_trim(); // a fiber's stack is kept for the next one
        EXPECT(live_bytes, self->bytes);
        WEFT_AWAIT(end(co, &self->settle));
        if (!failures)
            break;
    }
    EXPECT(self->n > 2, true);
    WEFT_END;
}

// The sweep over cancels of sweep.h, and that.
#define CALLED(test)                                                                                           \
    typedef test test##_whole;                                                                                 \
    static weft_stepped test##_whole_run(weft_coro *co)                                                        \
    {                                                                                                          \
        return test##__step(co);                                                                               \
    }
#define SWEEPS(test)                                                                                           \
    CALLED(test)                                                                                               \
    SWEEP(test##_whole)                                                                                        \
    typedef starve starve_##test;                                                                              \
    static weft_stepped starve_##test##_run(weft_coro *co)                                                     \
    {                                                                                                          \
        weft_frame(co, starve)->run = test##__step;                                                            \
        return starve_step(co);                                                                                \
    }
SWEPT_TESTS(SWEEPS)
PLAIN_TESTS(CALLED)

#define OF_SWEPT(test) TEST(test##_whole) TEST(sweep_##test##_whole) TEST(starve_##test)
#define OF_PLAIN(test) TEST(test##_whole)
#define TESTS SWEPT_TESTS(OF_SWEPT) PLAIN_TESTS(OF_PLAIN)
#include "weft_runner.h"
