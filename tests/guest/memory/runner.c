// What the runtime does when there is no memory, what it keeps of ended tasks, and that it gives all of it
// back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_FUTURE(number, weft_memory_peer_future_u32, uint32_t);

static uint64_t peer_probe(void)
{
    return weft_memory_peer_probe();
}

static uint32_t peer_bytes(void)
{
    return (uint32_t)peer_probe();
}

static uint32_t peer_handles(void)
{
    return (uint32_t)(peer_probe() >> 32);
}

enum { MANY = 40, POOL = 32 };

typedef struct {
    weft_coro co;
    weft_subtask call;
    runner_string_t text;
    weft_memory_peer_result_string_string_t result;
    uint32_t yields;
    bool works; // what is expected
} work;

// One call of `work`, checked.
static weft_stepped work_run(weft_coro *co)
{
    work *self = weft_frame(co, work);
    WEFT_BEGIN;
    runner_string_set(&self->text, "a text");
    WEFT_AWAIT(
        weft_subtask_call(co, &self->call, weft_memory_peer_work(self->text, self->yields, &self->result)));
    runner_string_t *said = self->result.is_err ? &self->result.val.err : &self->result.val.ok;
    EXPECT(self->result.is_err, !self->works);
    EXPECT(said->len, self->works ? 6 : 9);
    EXPECT(memcmp(said->ptr, self->works ? "a text" : "no memory", said->len), 0);
    weft_memory_peer_result_string_string_free(&self->result);
    WEFT_FINALLY;
    WEFT_END;
}

typedef struct {
    weft_coro co;
    work child;
    weft_subtask busy;
    weft_memory_peer_result_string_string_t busy_result;
    runner_tuple2_u32_u32_t had;
    uint32_t i, bytes, handles;
    weft_subtask calls[MANY];
    weft_memory_peer_result_u32_string_t results[MANY];
    number_writer writers[MANY];
    number_reader unread;
} test;

// A call of work that is there until it is stopped.
static void start_busy(weft_coro *co, test *self)
{
    runner_string_t text;
    runner_string_set(&text, "never seen");
    weft_subtask_start(co, &self->busy, weft_memory_peer_work(text, UINT32_MAX, &self->busy_result));
    EXPECT(weft_subtask_state_of(&self->busy), WEFT_SUBTASK_STARTED);
}

static void start_hold(weft_coro *co, test *self, uint32_t i)
{
    weft_subtask_start(co, &self->calls[i],
                       weft_memory_peer_hold(number_new(&self->writers[i], i), &self->results[i]));
    EXPECT(weft_subtask_state_of(&self->calls[i]), WEFT_SUBTASK_STARTED);
}

// One call of each export at a time allocates nothing, also after weft_trim.
typedef test first_needs_none;

static weft_stepped first_needs_none_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->child.works = true;
    for (self->i = 0; self->i < 5; self->i++) {
        weft_memory_peer_trim();
        weft_memory_peer_fail(1);
        self->child.yields = self->i;
        WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
        start_hold(co, self, 0);
        WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
        WEFT_AWAIT(number_write(co, &self->writers[0], 8));
        WEFT_AWAIT(weft_await(co, &self->calls[0]));
        EXPECT(self->results[0].val.ok, 8);
        number_close_writer(co, &self->writers[0]);
        EXPECT(weft_memory_peer_fail(0), 1);
        EXPECT(peer_bytes(), 0);
    }
    WEFT_FINALLY;
    weft_memory_peer_fail(0);
    WEFT_END;
}

// A call whose task cannot be allocated runs the user's statement; the next one works.
typedef test without_memory;

static weft_stepped without_memory_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_memory_peer_trim();
    self->handles = peer_handles();
    EXPECT(peer_bytes(), 0);
    start_busy(co, self);
    weft_memory_peer_fail(1);
    self->child.works = false;
    WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
    EXPECT(weft_memory_peer_fail(0), 0);
    EXPECT(peer_bytes(), 0);
    self->child.works = true;
    WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
    EXPECT(peer_bytes() > 0, true);
    weft_stop_blocking(&self->busy);

    // The same for an end that comes with the call: it goes, and its writer sees that.
    start_hold(co, self, 1);
    weft_memory_peer_fail(1);
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[0],
                                 weft_memory_peer_hold(number_new(&self->writers[0], 0), &self->results[0])));
    EXPECT(self->results[0].is_err, true);
    weft_memory_peer_result_u32_string_free(&self->results[0]);
    WEFT_AWAIT(number_write(co, &self->writers[0], 5));
    EXPECT(weft_dropped(&self->writers[0]), true);
    number_close_writer(co, &self->writers[0]);
    weft_stop_blocking(&self->calls[1]);
    number_close_writer(co, &self->writers[1]);
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), 0);
    EXPECT(peer_handles(), self->handles);
    WEFT_FINALLY;
    WEFT_END;
}

// An ended task is used again: a call, pending or not, needs no memory then, and no new set.
typedef test pooled;

static weft_stepped pooled_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->child.works = true;
    WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
    self->bytes = peer_bytes();
    weft_memory_peer_fail(1); // one more would fail
    for (self->i = 0; self->i < 1000; self->i++) {
        self->child.yields = self->i % 3;
        WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
    }
    EXPECT(weft_memory_peer_fail(0), 1);
    EXPECT(peer_bytes(), self->bytes);
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), 0);
    WEFT_FINALLY;
    weft_memory_peer_fail(0);
    WEFT_END;
}

// 40 tasks at once: the first stays, and a megabyte of the others, each with its set, until weft_trim.
typedef test pool_limit;

static weft_stepped pool_limit_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), 0);
    self->handles = peer_handles();
    start_hold(co, self, 0);
    EXPECT(peer_bytes(), 0);
    start_hold(co, self, 1);
    self->bytes = peer_bytes(); // of each task but the first
    EXPECT(self->bytes > 0, true);
    for (self->i = 2; self->i < MANY; self->i++)
        start_hold(co, self, self->i);
    EXPECT(peer_handles() - self->handles, 2 * MANY); // a set and an end each
    for (self->i = 0; self->i < MANY; self->i++) {
        WEFT_AWAIT(number_write(co, &self->writers[self->i], 100 + self->i));
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i].val.ok, 100 + self->i);
        number_close_writer(co, &self->writers[self->i]);
    }
    EXPECT(peer_handles() - self->handles, POOL);
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), 0);
    EXPECT(peer_handles(), self->handles);

    // The same again, for the memory. The table of operations has a part in it, of less than four tasks.
    start_hold(co, self, 0);
    WEFT_AWAIT(number_write(co, &self->writers[0], 1));
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    number_close_writer(co, &self->writers[0]);
    EXPECT(peer_bytes(), 0);
    EXPECT(peer_handles() - self->handles, 1);
    for (self->i = 0; self->i < MANY; self->i++)
        start_hold(co, self, self->i);
    for (self->i = 0; self->i < MANY; self->i++) {
        WEFT_AWAIT(number_write(co, &self->writers[self->i], 1));
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        number_close_writer(co, &self->writers[self->i]);
    }
    EXPECT(peer_bytes() >= (POOL - 1) * self->bytes && peer_bytes() < (POOL + 3) * self->bytes, true);
    EXPECT(peer_handles() - self->handles, POOL);
    // As many again need only eight more tasks, of which the first is not to be had.
    weft_memory_peer_fail(1);
    for (self->i = 0; self->i < POOL; self->i++)
        start_hold(co, self, self->i);
    EXPECT(weft_memory_peer_fail(1), 1);
    WEFT_AWAIT(
        weft_subtask_call(co, &self->calls[POOL],
                          weft_memory_peer_hold(number_new(&self->writers[POOL], 0), &self->results[POOL])));
    EXPECT(self->results[POOL].is_err, true);
    weft_memory_peer_result_u32_string_free(&self->results[POOL]);
    number_close_writer(co, &self->writers[POOL]);
    EXPECT(weft_memory_peer_fail(0), 0);
    for (self->i = 0; self->i < POOL; self->i++) {
        WEFT_AWAIT(number_write(co, &self->writers[self->i], 1));
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        number_close_writer(co, &self->writers[self->i]);
    }
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), 0);
    EXPECT(peer_handles(), self->handles);
    WEFT_FINALLY;
    WEFT_END;
}

// Trim with tasks in flight takes only what is idle.
typedef test trim_in_flight;

static weft_stepped trim_in_flight_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    self->child.works = true;
    weft_memory_peer_trim();
    start_hold(co, self, 0);
    start_hold(co, self, 1);
    self->bytes = peer_bytes();
    EXPECT(self->bytes > 0, true);
    start_busy(co, self);
    WEFT_AWAIT(weft_call(co, &self->child.co, work_run));
    EXPECT(peer_bytes() > self->bytes, true);
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), self->bytes);
    weft_stop_blocking(&self->busy);
    for (self->i = 0; self->i < 2; self->i++) {
        WEFT_AWAIT(number_write(co, &self->writers[self->i], 77));
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i].val.ok, 77);
        number_close_writer(co, &self->writers[self->i]);
    }
    EXPECT(peer_bytes(), self->bytes);
    weft_memory_peer_trim();
    EXPECT(peer_bytes(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// The table of operations does without the memory to grow, here and at the peer.
typedef test table_without_memory;

static weft_stepped table_without_memory_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_trim();
    weft_memory_peer_trim();
    for (self->i = 0; self->i < MANY; self->i++) {
        fail_at = 1; // each growth fails
        start_hold(co, self, self->i);
    }
    EXPECT(fail_at, 0); // it was tried
    for (self->i = MANY; self->i-- > 0;) {
        WEFT_AWAIT(number_write(co, &self->writers[self->i], self->i));
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        EXPECT(self->results[self->i].val.ok, self->i);
        number_close_writer(co, &self->writers[self->i]);
    }
    WEFT_FINALLY;
    fail_at = 0;
    weft_memory_peer_trim();
    weft_trim();
    WEFT_END;
}

// A future's writer that finds no memory to leave its default behind stays open, and closes later.
typedef test close_without_memory;

static weft_stepped close_without_memory_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    start_hold(co, self, 0);
    self->unread = number_reader_of(number_new(&self->writers[1], 9));
    fail_at = 1;
    EXPECT(number_close_writer(co, &self->writers[1]), false);
    EXPECT(fail_at, 0);
    EXPECT(self->writers[1].op.handle != 0, true);
    fail_at = 1;
    EXPECT(number_close_writer(co, &self->writers[0]), false);
    EXPECT(number_close_writer(co, &self->writers[0]), true);
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->results[0].val.ok, 0); // the default
    number_close_reader(&self->unread);
    EXPECT(number_close_writer(co, &self->writers[1]), true);
    WEFT_FINALLY;
    fail_at = 0;
    weft_memory_peer_trim();
    WEFT_END;
}

// Not zeroed is not zero in the second call of a frame, whatever it is: a hostile build fills what is kept.
typedef test unzeroed;

static weft_stepped unzeroed_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    for (self->i = 0; self->i < 2; self->i++) {
        WEFT_AWAIT(weft_subtask_call(co, &self->calls[0], weft_memory_peer_reuse(7, &self->had)));
        EXPECT(self->had.f0, 0);
        EXPECT(self->had.f1 != 0 || self->i == 0, true);
    }
    WEFT_FINALLY;
    WEFT_END;
}

static uint32_t steps;

static weft_stepped counts_run(weft_coro *co)
{
    WEFT_BEGIN;
    steps++;
    WEFT_FINALLY;
    WEFT_END;
}

// weft_block_on in another says so, and has not begun.
static weft_stepped blocks_again_run(weft_coro *co)
{
    static weft_coro inner;
    WEFT_BEGIN;
    fail_at = 1;
    EXPECT(weft_block_on(&inner, counts_run), WEFT_UNFINISHED);
    EXPECT(fail_at, 0);
    EXPECT(steps, 0);
    EXPECT(weft_block_on(&inner, counts_run), WEFT_DONE);
    EXPECT(steps, 1);
    fail_at = 1;
    EXPECT(weft_block_on(&inner, counts_run), WEFT_DONE); // from the pool
    EXPECT(fail_at, 1);
    WEFT_FINALLY;
    WEFT_END;
}

typedef test block_on_without_memory;

static weft_stepped block_on_without_memory_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    weft_trim();
    steps = 0;
    fail_at = 1;
    EXPECT(weft_block_on(&self->child.co, blocks_again_run), WEFT_DONE); // the first needs none
    EXPECT(steps, 2);
    WEFT_FINALLY;
    fail_at = 0;
    weft_trim();
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(first_needs_none)                                                                                     \
    TEST(without_memory)                                                                                       \
    TEST(pooled)                                                                                               \
    TEST(pool_limit)                                                                                           \
    TEST(trim_in_flight)                                                                                       \
    TEST(table_without_memory)                                                                                 \
    TEST(close_without_memory)                                                                                 \
    TEST(unzeroed)                                                                                             \
    TEST(block_on_without_memory)
#include "weft_runner.h"
