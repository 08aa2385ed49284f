// Fibers: the same tests on each back end.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#define PROBE_HOLES 12000 // so many are asleep at once
#include "sweep.h"
#include "counting_hooks.h"
#include <weft/fiber.h>
#include <weft/wasi/clock.h>

enum { FIBERS = 3, MOST = 100, STACK = 16 * 1024, DEPTH = 30, CODE = 7 };

WEFT_STREAM(bytes, weft_fibers_peer_stream_u8, uint8_t);

static uint64_t peer_probe(void)
{
    return weft_fibers_peer_probe();
}

// Plain C, which knows nothing of fibers but where it reads.

typedef struct {
    bytes_reader *from;
    uint8_t buffer[5];
    uint32_t at, length;
} input;

static int next(input *it)
{
    if (it->at == it->length) {
        it->at = it->length = 0;
        if (!WEFT_FIBER_AWAIT(bytes_read(weft_fiber_co(), it->from, it->buffer, sizeof it->buffer)))
            return -1;
        it->length = it->from->count;
        if (!it->length)
            return -1;
    }
    return it->buffer[it->at++];
}

// The value of digits and sums in brackets, such as (1(23)4); ends with what follows them.
static int value(input *it, int c, int *after)
{
    int sum = 0;
    if (c != '(') {
        *after = next(it);
        return c - '0';
    }
    c = next(it);
    while (c > 0 && c != ')')
        sum += value(it, c, &c);
    *after = next(it);
    return sum;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    bytes_reader in;
    int sum;
} parser;

WEFT_FIBER(parser)
{
    input it = {.from = &self->in};
    int after;
    self->sum = value(&it, next(&it), &after);
    bytes_close_reader(&self->in);
}

// A fiber that waits for one thing of each kind, and cleans up.

typedef struct {
    weft_coro co;
    uint32_t rounds;
} child;

WEFT_ASYNC(child)
{
    WEFT_BEGIN;
    while (self->rounds--)
        WEFT_AWAIT(weft_yield(co));
    WEFT_END;
}

typedef struct {
    weft_mutex mutex;
    weft_event event;
    weft_virtual_clock clock; // the ticker's
    uint32_t cleaned, passed, inside;
} shared;

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    shared *with;
    bytes_reader in;
    bytes_writer out;
    bool writes_first, began;
} waiter;

static bool sleeps(weft_coro *co, waiter *self)
{
    weft_timer timer = {0};
    return WEFT_FIBER_AWAIT(weft_sleep(co, &self->with->clock.clock, &timer, 2));
}

static bool selects(weft_coro *co, waiter *self)
{
    weft_case cases[2] = {0};
    weft_timer timer = {0};
    bool waited = WEFT_FIBER_AWAIT(weft_select(co, cases, weft_event_wait(of, &self->with->event),
                                               weft_sleep(of, &self->with->clock.clock, &timer, 2)));
    WEFT_FIBER_CLEANUP(weft_timer_stop(co, &timer));
    return waited && weft_chosen(cases) == 1;
}

static bool spawns(weft_coro *co)
{
    weft_scope scope = {0};
    weft_child handle = {0};
    child one = {0};
    WEFT_SPAWN(child, &one, &scope, &handle, .rounds = 3);
    bool joined = WEFT_FIBER_AWAIT(weft_join_all(co, &scope));
    WEFT_FIBER_CLEANUP(weft_scope_close(co, &scope));
    return joined && weft_outcome_of(&one.co) == WEFT_DONE;
}

static bool locks(weft_coro *co, waiter *self)
{
    weft_permit permit = {0};
    bool locked = WEFT_FIBER_AWAIT(weft_acquire(co, &self->with->mutex, &permit));
    if (locked) {
        EXPECT(self->with->inside++, 0);
        locked = WEFT_FIBER_AWAIT(weft_yield(co));
        self->with->inside--;
    }
    weft_release(&permit);
    return locked;
}

static bool writes(weft_coro *co, waiter *self)
{
    static const uint8_t byte;
    return WEFT_FIBER_AWAIT(bytes_write_all(co, &self->out, &byte, 1));
}

static bool reads(weft_coro *co, waiter *self)
{
    uint8_t byte;
    return WEFT_FIBER_AWAIT(bytes_read(co, &self->in, &byte, 1));
}

// A body that did not run closes nothing.
static void close_ends(waiter *it)
{
    bytes_close_reader(&it->in);
    bytes_close_writer(&it->out);
}

WEFT_FIBER(waiter)
{
    child one = {0};
    self->began = true;
    bool ok = WEFT_FIBER_AWAIT(weft_yield(co)) && sleeps(co, self) && selects(co, self) && spawns(co) &&
              locks(co, self);
    ok = ok && WEFT_FIBER_AWAIT(weft_call(co, &one.co, child__step));
    ok = ok && (self->writes_first ? writes(co, self) && reads(co, self) : reads(co, self) && writes(co, self));
    EXPECT(ok, !weft_cancelled(co));
    if (!ok)
        EXPECT(WEFT_FIBER_AWAIT(weft_yield(co)), false);
    for (int i = 0; i < 3; i++)
        WEFT_FIBER_CLEANUP(weft_yield(co));
    close_ends(self);
    self->with->cleaned++;
    self->with->passed += ok;
}

// Moves the time on, a step a round, until `count` have cleaned up.
typedef struct {
    weft_coro co;
    shared *with;
    uint32_t count;
} ticker;

WEFT_ASYNC(ticker)
{
    WEFT_BEGIN;
    while (self->with->cleaned < self->count) {
        WEFT_AWAIT(weft_yield(co));
        weft_virtual_clock_advance(&self->with->clock, 1);
    }
    WEFT_END;
}

// Stack patterns.

static uint32_t seed;

static uint32_t chance(uint32_t of)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % of;
}

__attribute__((noinline)) static bool fill(weft_coro *co, uint32_t depth, uint8_t with)
{
    volatile uint8_t bytes[40];
    for (int i = 0; i < 40; i++)
        bytes[i] = (uint8_t)(with + depth);
    bool ok = true;
    if (depth)
        ok = fill(co, depth - 1, with);
    else // some fall behind
        for (uint32_t rounds = 1 + chance(3); ok && rounds; rounds--)
            ok = WEFT_FIBER_AWAIT(weft_yield(co));
    for (int i = 0; i < 40; i++)
        ok = ok && bytes[i] == (uint8_t)(with + depth);
    return ok;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    uint32_t id, rounds, depth;
    shared *with;
    int32_t code;
} pattern;

WEFT_FIBER(pattern)
{
    for (uint32_t i = 0; i < self->rounds; i++)
        EXPECT(fill(co, self->depth ? self->depth : chance(12), (uint8_t)self->id), true);
    self->with->passed++;
    if (self->code)
        weft_step_fail(co, self->code);
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    shared *with;
} sleeper;

WEFT_FIBER(sleeper)
{
    weft_timer timer = {0};
    self->with->passed += WEFT_FIBER_AWAIT(weft_sleep(co, &weft_host_clock, &timer, WEFT_MILLISECONDS(10)));
}

// The tests.

typedef struct {
    weft_coro co;
    shared with;
    weft_scope scope;
    weft_child children[FIBERS];
    parser parsers[2];
    waiter waiters[FIBERS];
    pattern pattern;
    sleeper sleeper;
    child child;
    ticker ticker;
    weft_child ticking;
    weft_deadline deadline;
    bytes_writer out[FIBERS];
    weft_subtask calls[FIBERS];
    uint32_t lines[FIBERS];
    weft_case cases[2];
    uint32_t i, times;
    settle settle;
    _Alignas(16) uint8_t stack[STACK];
} frame;

#define END                                                                                                    \
    WEFT_FINALLY;                                                                                              \
    WEFT_AWAIT(weft_scope_close(co, &self->scope));                                                            \
    for (self->i = 0; self->i < 2; self->i++)                                                                  \
        bytes_close_reader(&self->parsers[self->i].in);                                                        \
    for (self->i = 0; self->i < FIBERS; self->i++) {                                                           \
        close_ends(&self->waiters[self->i]);                                                                   \
        bytes_close_writer(&self->out[self->i]);                                                               \
    }                                                                                                          \
    for (self->i = 0; self->i < FIBERS; self->i++)                                                             \
        WEFT_AWAIT(weft_stop(co, &self->calls[self->i]));                                                      \
    WEFT_AWAIT(end(co, &self->settle));                                                                        \
    WEFT_END

// Two parsers, fed in turns.
TEST_OF(parsers)
{
    static const char *const texts[] = {"(1(23)(4(5))6)", "((((9)8)7)6(5(4(3(2(1))))))"};
    BEGIN;
    for (self->i = 0; self->i < 2; self->i++) {
        bytes_reader in = bytes_reader_of(bytes_new(&self->out[self->i]));
        WEFT_SPAWN(parser, &self->parsers[self->i], &self->scope, &self->children[self->i], .in = in);
    }
    for (self->i = 0; self->i < 2 * 30; self->i++) {
        const char *text = texts[self->i % 2];
        if (self->i / 2 < strlen(text))
            WEFT_AWAIT(bytes_write_all(co, &self->out[self->i % 2], (const uint8_t *)text + self->i / 2, 1));
    }
    for (self->i = 0; self->i < 2; self->i++)
        bytes_close_writer(&self->out[self->i]);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->parsers[0].sum, 21);
    EXPECT(self->parsers[1].sum, 45);
    END;
}
SWEEP(parsers)

static void tick(weft_coro *co, uint32_t count)
{
    frame *self = weft_frame(co, frame);
    self->scope.policy = WEFT_GO_ON;
    weft_virtual_clock_init(&self->with.clock);
    WEFT_SPAWN(ticker, &self->ticker, &self->scope, &self->ticking, .with = &self->with, .count = count);
}

// In a ring: each writes to the next.
static void spawn_waiters(weft_coro *co, uint32_t count)
{
    frame *self = weft_frame(co, frame);
    bytes_reader in[FIBERS];
    bytes_writer out[FIBERS];
    tick(co, count);
    for (uint32_t i = 0; i < count; i++)
        in[(i + 1) % count] = bytes_reader_of(bytes_new(&out[i]));
    for (uint32_t i = 0; i < count; i++)
        WEFT_SPAWN(waiter, &self->waiters[i], &self->scope, &self->children[i], .with = &self->with,
                   .in = in[i], .out = out[i], .writes_first = i);
}

// Each kind of wait, by three fibers beside a coroutine; the sweep cancels them at each.
TEST_OF(waits)
{
    BEGIN;
    spawn_waiters(co, FIBERS);
    WEFT_CALL(child, &self->child, .rounds = 5);
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.passed, FIBERS);
    EXPECT(self->with.cleaned, FIBERS);
    END;
}
SWEEP(waits)

// One is cancelled, round by round later: it alone, and its cleanup waits.
TEST_OF(cancelled)
{
    BEGIN;
    for (self->times = 0; self->times < 60; self->times++) {
        self->with.passed = self->with.cleaned = 0;
        spawn_waiters(co, 2);
        WEFT_CALL(child, &self->child, .rounds = self->times);
        weft_cancel(&self->waiters[0].co);
        if (!self->waiters[0].began) {
            close_ends(&self->waiters[0]);
            self->with.cleaned++;
        }
        WEFT_AWAIT(weft_join_all(co, &self->scope));
        weft_outcome outcome = weft_outcome_of(&self->waiters[0].co);
        EXPECT(outcome == WEFT_CANCELLED || self->with.passed == 2, true);
        EXPECT(self->with.cleaned, 2);
        EXPECT(weft_outcome_of(&self->waiters[1].co), WEFT_DONE);
        while (weft_next_ended(&self->scope)) {
        }
        if (outcome == WEFT_DONE)
            break;
    }
    EXPECT(self->times > 10, true);
    END;
}

// 100,000 switches and more, in a random order and at random depths.
TEST_OF(patterns)
{
    BEGIN;
    seed = 1;
    for (self->i = 0; self->i < MOST; self->i++) {
        pattern *it = WEFT_SPAWN_NEW(pattern, &self->scope, .id = self->i, .rounds = 500, .with = &self->with,
                                     .fiber.stack_size = 4096);
        weft_detach(weft_child_of(it));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.passed, MOST);
    END;
}

TEST_OF(deep)
{
    BEGIN;
    WEFT_CALL(pattern, &self->pattern, .rounds = 3, .depth = DEPTH, .with = &self->with);
    EXPECT(self->with.passed, 1);
    END;
}

TEST_OF(asleep)
{
    BEGIN;
    for (self->i = 0; self->i < 10000; self->i++) {
        sleeper *it = WEFT_SPAWN_NEW(sleeper, &self->scope, .with = &self->with, .fiber.stack_size = 1024);
        weft_detach(weft_child_of(it));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.passed, 10000);
    END;
}

// On the caller's memory, which is used again.
TEST_OF(own_stack)
{
    BEGIN;
    for (self->times = 0; self->times < 3; self->times++)
        WEFT_CALL(pattern, &self->pattern, .rounds = 3, .with = &self->with, .fiber.stack = self->stack + 3,
                  .fiber.stack_size = STACK - 3);
    EXPECT(self->with.passed, 3);
    END;
}

// A stack of the library's is used again: the second needs no memory.
TEST_OF(same_stack)
{
    BEGIN;
    for (self->times = 0; self->times < 2; self->times++) {
        WEFT_CALL(pattern, &self->pattern, .rounds = 1, .with = &self->with, .fiber.stack_size = 5000);
        fail_at = 1;
    }
    fail_at = 0;
    EXPECT(self->with.passed, 2);
    END;
}

TEST_OF(fails)
{
    BEGIN;
    WEFT_CALL(pattern, &self->pattern, .rounds = 1, .with = &self->with, .code = CODE);
    EXPECT(weft_outcome_of(&self->pattern.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->pattern.co), CODE);
    END;
}

TEST_OF(no_memory)
{
    BEGIN;
    fail_at = 1;
    WEFT_CALL(pattern, &self->pattern, .rounds = 1, .with = &self->with, .fiber.stack_size = 3u << 30);
    fail_at = 0; // natively, a stack is no memory of the hooks
    EXPECT(weft_outcome_of(&self->pattern.co), WEFT_FAILED);
    EXPECT(weft_failure(&self->pattern.co), WEFT_ENOMEM);
    EXPECT(self->with.passed, 0);
    END;
}

TEST_OF(within)
{
    BEGIN;
    WEFT_CALL_WITHIN(sleeper, &self->sleeper, &self->deadline, &weft_host_clock, 1000, .with = &self->with);
    EXPECT(self->deadline.expired, true);
    EXPECT(self->with.passed, 0);
    END;
}

// A fiber runs another one on the machine stack, and so a task in its task; and a coroutine, which is in no
// fiber.
typedef struct {
    weft_coro co;
    weft_fiber fiber;
    shared *with;
} nest;

typedef struct {
    weft_coro co;
    uint32_t turns;
} outside;

WEFT_ASYNC(outside)
{
    WEFT_BEGIN;
    for (; self->turns < 3; self->turns++) {
        EXPECT(weft_fiber_co() == NULL, true);
        WEFT_AWAIT(weft_yield(co));
    }
    WEFT_END;
}

WEFT_FIBER(nest)
{
    pattern inner = {0};
    outside other = {0};
    for (int i = 0; i < 3; i++) {
        EXPECT(WEFT_BLOCK_ON(outside, &other), WEFT_DONE);
        EXPECT(WEFT_BLOCK_ON(pattern, &inner, .rounds = 3, .depth = 3, .with = self->with), WEFT_DONE);
        EXPECT(weft_fiber_co() == co, true);
        EXPECT(fill(co, 5, 1), true);
    }
}

TEST_OF(nested)
{
    BEGIN;
    EXPECT(weft_fiber_co() == NULL, true);
    for (self->i = 0; self->i < 5; self->i++) {
        nest *it = WEFT_SPAWN_NEW(nest, &self->scope, .with = &self->with, .fiber.stack_size = 4096);
        weft_detach(weft_child_of(it));
    }
    WEFT_AWAIT(weft_join_all(co, &self->scope));
    EXPECT(self->with.passed, 15);
    END;
}

// The peer's fibers: in three tasks at once, by each way.
TEST_OF(tasks)
{
    BEGIN;
    for (self->i = 0; self->i < FIBERS; self->i++) {
        weft_fibers_peer_stream_u8_t text = bytes_new(&self->out[self->i]);
        uint32_t *lines = &self->lines[self->i];
        weft_subtask_start(co, &self->calls[self->i],
                           self->i == 1 ? weft_fibers_peer_count_called(text, lines)
                                        : weft_fibers_peer_count(text, lines));
    }
    for (self->times = 0; self->times < 10; self->times++)
        for (self->i = 0; self->i < FIBERS; self->i++)
            WEFT_AWAIT(bytes_write_all(co, &self->out[self->i], (const uint8_t *)"a\nb", 3));
    for (self->i = 0; self->i < FIBERS; self->i++)
        bytes_close_writer(&self->out[self->i]);
    for (self->i = 0; self->i < FIBERS; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->lines[self->i], 10);
    }
    END;
}
SWEEP(tasks)

TEST_OF(blocking)
{
    BEGIN;
    EXPECT(weft_fibers_peer_yield_blocking(10), 10);
    weft_subtask_start(co, &self->calls[0],
                       weft_fibers_peer_count_blocking(bytes_new(&self->out[0]), &self->lines[0]));
    for (self->times = 0; self->times < 10; self->times++)
        WEFT_AWAIT(bytes_write_all(co, &self->out[0], (const uint8_t *)"a\nb", 3));
    bytes_close_writer(&self->out[0]);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->lines[0], 10);
    END;
}

#define TESTS                                                                                                  \
    TEST(parsers)                                                                                              \
    TEST(sweep_parsers)                                                                                        \
    TEST(waits)                                                                                                \
    TEST(sweep_waits)                                                                                          \
    TEST(cancelled)                                                                                            \
    TEST(patterns)                                                                                             \
    TEST(deep)                                                                                                 \
    TEST(asleep)                                                                                               \
    TEST(own_stack)                                                                                            \
    TEST(same_stack)                                                                                           \
    TEST(fails)                                                                                                \
    TEST(no_memory)                                                                                            \
    TEST(within)                                                                                               \
    TEST(nested)                                                                                               \
    TEST(tasks)                                                                                                \
    TEST(sweep_tasks)                                                                                          \
    TEST(blocking)
#include "weft_runner.h"
