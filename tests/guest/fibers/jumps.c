// setjmp and longjmp in fibers: plain C, as in any program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jumps.h"
#include <setjmp.h>
#include <string.h>
#include <weft/fiber.h>
#include <weft/weft.h>

enum { STACK = 8 * 1024, FIBERS = 5 };

#define APART __attribute__((noinline))

static int wrong; // the line of the first check that failed
#define CHECK(ok) ((ok) || wrong || (wrong = __LINE__))

static jmp_buf outer;

static void wait(void)
{
    CHECK(WEFT_FIBER_AWAIT(weft_yield(weft_fiber_co())));
}

// Calls itself so often, waits there if it is told to, and jumps.
static APART int deep(int depth, void *env, int value, bool waits)
{
    volatile int mine = depth;
    if (depth) {
        int got = deep(depth - 1, env, value, waits);
        return got + mine;
    }
    if (waits)
        wait();
    if (!wrong)
        longjmp(*(jmp_buf *)env, value);
    return 0;
}

// Locals that are volatile are as they were at the jump, and those that do not change as ever.
static APART void locals(bool waits)
{
    jmp_buf env;
    volatile int changed = 1;
    int kept = 2, argument = waits + 10;
    double number = 0.5;
    int got = setjmp(env);
    CHECK(kept == 2 && argument == waits + 10 && number == 0.5);
    if (!got) {
        CHECK(changed == 1);
        changed = 7;
        deep(10, env, 5, waits);
        CHECK(false);
    }
    CHECK(got == 5 && changed == 7);
}

static void far(void)
{
    locals(false);
    locals(true);
    locals(false);
}

static void zero_is_one(void)
{
    int got = setjmp(outer);
    if (!got)
        deep(1, outer, 0, false);
    CHECK(got == 1);
}

static APART void sets_again(void)
{
    if (!setjmp(outer)) {
        wait();
        deep(3, outer, 3, true);
    }
    wait();
}

// The last setjmp of a jmp_buf counts, and each of several is for itself.
static void twice(void)
{
    jmp_buf other;
    volatile int came = 0;
    int got = setjmp(outer);
    if (!got)
        sets_again();
    CHECK(!got);

    got = setjmp(outer);
    if (got < 3) {
        came = came + 1;
        if (!setjmp(other))
            deep(2, outer, got + 1, got == 1);
        CHECK(false);
    }
    CHECK(came == 3);
    if (!setjmp(other))
        deep(2, other, 9, true);
}

static void loop(void)
{
    volatile int count = 0;
    int got = setjmp(outer);
    CHECK(got == count);
    if (count < 10000) {
        count = count + 1;
        deep(count % 4, outer, count, !(count % 100));
    }
}

static APART int sets_and_returns(int i)
{
    jmp_buf env;
    if (setjmp(env))
        return -1;
    return i;
}

// What a function has set is forgotten when it has returned: else the stack would be full.
static void returned(void)
{
    volatile int sum = 0;
    if (!setjmp(outer)) {
        for (int i = 0; i < 10000; i++)
            sum = sum + sets_and_returns(1);
        deep(1, outer, 1, false);
    }
    CHECK(sum == 10000);
}

// A call that catches, as interpreters have it; each hands on what it caught.
static jmp_buf *handler;
static int handled;

static APART void try(int depth)
{
    jmp_buf here, *before = handler;
    handler = &here;
    int got = setjmp(here);
    if (!got) {
        if (depth % 3 == 0)
            wait();
        if (depth)
            try(depth - 1);
        else
            deep(3, handler, 1, true);
    }
    handler = before;
    CHECK(got);
    handled++;
    if (handler)
        longjmp(*handler, got + 1);
    CHECK(got == 11);
}

static void nested(void)
{
    handled = 0;
    try(10);
    CHECK(handled == 11);
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    void (*test)(void);
} runs;

WEFT_FIBER(runs)
{
    self->test();
}

// Two things at once: each fiber has its own.
typedef struct {
    weft_coro co;
    weft_fiber fiber;
    int number;
} mixed;

WEFT_FIBER(mixed)
{
    jmp_buf env;
    volatile int count = 0;
    int got = setjmp(env);
    CHECK(got == (count ? self->number + count : 0));
    if (count < 100) {
        count = count + 1;
        wait();
        deep(self->number, env, self->number + count, true);
    }
    CHECK(count == 100);
}

// What cannot be.

static APART int sets(void)
{
    volatile int frame[16];
    frame[0] = setjmp(outer);
    return frame[0];
}

static void jumps(void)
{
    longjmp(outer, 1);
}

static void gone(void)
{
    sets();
    jumps();
}

static void other_fiber(void)
{
    runs it = {0};
    if (!setjmp(outer))
        WEFT_BLOCK_ON(runs, &it, .test = jumps);
}

static void never_set(void)
{
    jmp_buf env;
    longjmp(env, 1);
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"far", far},   {"zero_is_one", zero_is_one}, {"twice", twice},
    {"loop", loop}, {"returned", returned},       {"nested", nested},
    {"gone", gone}, {"never_set", never_set},     {"other_fiber", other_fiber},
};

typedef struct {
    weft_coro co;
    jumps_string_t test;
    weft_scope scope;
    runs fiber;
    uint8_t stack[STACK];
} run;

WEFT_ASYNC(run)
{
    WEFT_BEGIN;
    if (self->test.len == 5 && !memcmp(self->test.ptr, "mixed", 5))
        for (int i = 0; i < FIBERS; i++)
            weft_detach(weft_child_of(WEFT_SPAWN_NEW(mixed, &self->scope, .number = i)));
    if (self->test.len == 7 && !memcmp(self->test.ptr, "outside", 7))
        sets();
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        if (strlen(tests[i].name) == self->test.len && !memcmp(tests[i].name, self->test.ptr, self->test.len)) {
            WEFT_CALL(runs, &self->fiber, .fiber.stack = self->stack, .fiber.stack_size = STACK,
                      .test = tests[i].run);
            break;
        }
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    jumps_result_void_string_t result = {.is_err = wrong};
    static char line[] = "line 0000";
    for (int i = 8, left = wrong; i > 4; i--, left /= 10)
        line[i] = (char)('0' + left % 10);
    if (wrong)
        jumps_string_dup(&result.val.err, line);
    WEFT_RETURN(co, exports_jumps_run, result);
    WEFT_FINALLY;
    WEFT_AWAIT(weft_scope_close(co, &self->scope));
    jumps_string_free(&self->test);
    WEFT_END;
}

WEFT_EXPORT(jumps, exports_jumps_run, run, (jumps_string_t * test), .test = *test);
