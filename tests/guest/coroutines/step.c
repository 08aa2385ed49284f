// Coroutines without the macros of a body: one that is called, spawned, cancelled, that fails, and that runs
// another's step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "log.h"

// A little interpreter: each letter of its program is a statement, and says itself.
//   y  yields     c  calls a killer, whose victim it may be     f  fails     and the program's end ends it
// When it is cancelled, it says x, yields once in spite of the cancel, and says z.
typedef struct {
    weft_coro co;
    const char *program;
    bool cleans_up;
    weft_coro *victim;
    killer child;
} script;

static weft_stepped script_step(weft_coro *co)
{
    static const weft_place here = {__FILE__, "a script", __LINE__};
    script *self = weft_frame(co, script);
    weft_poll poll;
    if (weft_step_unwinds(co)) {
        if (!self->cleans_up) {
            say('x');
            self->cleans_up = true;
            weft_step_finalise(co);
            poll = weft_yield(co);
            return weft_step_wait(co, poll, &here);
        }
        say('z');
        return weft_step_end(co);
    }
    for (;;) {
        char statement = *self->program;
        if (!statement)
            return weft_step_end(co);
        say(statement);
        self->program++;
        if (statement == 'f') {
            weft_step_fail(co, 7);
            return weft_step_end(co);
        }
        if (statement == 'c') {
            self->child.victim = self->victim;
            poll = weft_call(co, &self->child.co, killer_run);
        } else {
            poll = weft_yield(co);
        }
        if (weft_pending(poll))
            return weft_step_wait(co, poll, NULL);
    }
}

// Runs a script's step in its own place, and says n for each, N at the end.
typedef struct {
    script script;
} wrapped;

static weft_stepped wrapped_step(weft_coro *co)
{
    weft_stepped left = script_step(co);
    say(weft_step_ended(left) ? 'N' : 'n');
    return left;
}

typedef struct {
    weft_coro co;
    script child;
    weft_scope scope;
    weft_child handle;
} test;

#define RUNS(name, program_, start, outcome, log)                                                              \
    typedef test name;                                                                                         \
    static weft_stepped name##_run(weft_coro *co)                                                              \
    {                                                                                                          \
        test *self = weft_frame(co, test);                                                                     \
        WEFT_BEGIN;                                                                                            \
        self->child.program = program_;                                                                        \
        start;                                                                                                 \
        EXPECT(weft_outcome_of(&self->child.co), outcome);                                                     \
        EXPECT(weft_failure(&self->child.co), (outcome) == WEFT_FAILED ? 7 : 0);                               \
        EXPECT_SAID(log);                                                                                      \
        WEFT_FINALLY;                                                                                          \
        WEFT_AWAIT(weft_scope_close(co, &self->scope));                                                        \
        WEFT_END;                                                                                              \
    }

#define CALLED(step) WEFT_AWAIT(weft_call(co, &self->child.co, step))
#define SPAWNED                                                                                                \
    weft_spawn(co, &self->scope, &self->handle, &self->child.co, script_step);                                 \
    WEFT_AWAIT(weft_join(co, &self->handle))

RUNS(empty, "", CALLED(script_step), WEFT_DONE, "")
RUNS(waits, "ycy", CALLED(script_step), WEFT_DONE, "yckK.y")
RUNS(spawned, "yy", SPAWNED, WEFT_DONE, "yy")
RUNS(fails, "yfy", CALLED(script_step), WEFT_FAILED, "yf")
RUNS(cancelled, "ycyy", self->child.victim = &self->child.co; CALLED(script_step), WEFT_CANCELLED, "yck.xz")
RUNS(inside_another, "yc", CALLED(wrapped_step), WEFT_DONE, "yncnkK.N")
RUNS(cancelled_inside_another, "cy", self->child.victim = &self->child.co;
     CALLED(wrapped_step), WEFT_CANCELLED, "cnk.xnzN")

#define TESTS                                                                                                  \
    TEST(empty)                                                                                                \
    TEST(waits)                                                                                                \
    TEST(spawned)                                                                                              \
    TEST(fails)                                                                                                \
    TEST(cancelled)                                                                                            \
    TEST(inside_another)                                                                                       \
    TEST(cancelled_inside_another)
#include "weft_runner.h"
