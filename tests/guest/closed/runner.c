// The reader of a future is served, though its writer was closed unwritten where nobody can wait.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <weft/weft.h>

enum { MANY = 100 };

WEFT_FUTURE(number, weft_closed_peer_future_u32, uint32_t);
WEFT_FUTURE(text, weft_closed_peer_future_string, runner_string_t);

typedef struct {
    weft_coro co;
    weft_closed_peer_own_promise_t promise;
    number_reader in, more[MANY];
    text_reader text_in;
    weft_closed_peer_future_string_t handle;
    runner_string_t text;
    uint32_t number, i;
    weft_subtask call;
} frame;

static uint64_t peer_probe(void)
{
    return weft_closed_peer_probe();
}

#define READ_AND_EXPECT(in, expected)                                                                          \
    WEFT_AWAIT(number_read(co, in, &self->number));                                                            \
    EXPECT(self->number, expected);                                                                            \
    number_close_reader(in)

// Once a task has come, nothing is left.
#define EXPECT_CLEARED_UP                                                                                      \
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_closed_peer_touch()));                                  \
    EXPECT(weft_closed_peer_left(), 0)

// The task that gave it ends when it has heard that the value was taken.
#define EXPECT_ENDED                                                                                           \
    for (self->i = 0; self->i < 5; self->i++)                                                                  \
        WEFT_AWAIT(weft_yield(co));                                                                            \
    EXPECT(weft_closed_peer_left(), 0)

static void promise_by(frame *self)
{
    self->promise = weft_closed_peer_constructor_promise(7);
    self->in = number_reader_of(
        weft_closed_peer_method_promise_answer(weft_closed_peer_borrow_promise(self->promise)));
}

typedef frame destructor;

static weft_stepped destructor_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    promise_by(self);
    weft_closed_peer_promise_drop_own(self->promise);
    READ_AND_EXPECT(&self->in, 7);
    EXPECT_CLEARED_UP;
    WEFT_FINALLY;
    WEFT_END;
}

// The reader waits already.
typedef frame destructor_while_read;

static weft_stepped destructor_while_read_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    promise_by(self);
    number_start_read(co, &self->in, &self->number);
    EXPECT(weft_in_flight(&self->in), true);
    weft_closed_peer_promise_drop_own(self->promise);
    WEFT_AWAIT(weft_await(co, &self->in));
    EXPECT(self->number, 7);
    number_close_reader(&self->in);
    EXPECT(weft_closed_peer_left(), 0);
    WEFT_FINALLY;
    WEFT_END;
}

// The reader goes without having read, before or after.
typedef frame destructor_unread;

static weft_stepped destructor_unread_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    promise_by(self);
    number_close_reader(&self->in);
    weft_closed_peer_promise_drop_own(self->promise);
    EXPECT(weft_closed_peer_left(), 0);
    promise_by(self);
    weft_closed_peer_promise_drop_own(self->promise);
    number_close_reader(&self->in);
    EXPECT_CLEARED_UP;
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame function;

static weft_stepped function_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->in = number_reader_of(weft_closed_peer_give(8));
    READ_AND_EXPECT(&self->in, 8);
    EXPECT_CLEARED_UP;
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame blocking;

static weft_stepped blocking_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->in = number_reader_of(weft_closed_peer_give_blocking(9));
    READ_AND_EXPECT(&self->in, 9);
    EXPECT_CLEARED_UP;
    WEFT_FINALLY;
    WEFT_END;
}

// Many wait for their readers at a time; each close clears up after those that had theirs.
typedef frame many;

static weft_stepped many_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    for (self->i = 0; self->i < MANY; self->i++)
        self->more[self->i] = number_reader_of(weft_closed_peer_give(self->i));
    for (self->i = MANY; self->i-- > 0;) {
        READ_AND_EXPECT(&self->more[self->i], self->i);
    }
    self->in = number_reader_of(weft_closed_peer_give(8));
    EXPECT(weft_closed_peer_left() < 2000, true); // one, and the table of operations
    READ_AND_EXPECT(&self->in, 8);
    WEFT_FINALLY;
    WEFT_END;
}

static void expect_text(frame *self, const char *expected)
{
    EXPECT(self->text.len == strlen(expected) && !memcmp(self->text.ptr, expected, self->text.len), true);
    runner_string_free(&self->text);
}

typedef frame made;

static weft_stepped made_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    self->text_in = text_reader_of(weft_closed_peer_give_made());
    WEFT_AWAIT(text_read(co, &self->text_in, &self->text));
    expect_text(self, "made");
    text_close_reader(&self->text_in);
    EXPECT_CLEARED_UP;
    WEFT_FINALLY;
    WEFT_END;
}

// A write was cancelled before, and is no default.
typedef frame made_late;

static weft_stepped made_late_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_closed_peer_give_made_late(&self->handle)));
    self->text_in = text_reader_of(self->handle);
    WEFT_AWAIT(text_read(co, &self->text_in, &self->text));
    expect_text(self, "made");
    text_close_reader(&self->text_in);
    EXPECT_ENDED;
    WEFT_FINALLY;
    WEFT_END;
}

typedef frame not_made;

static weft_stepped not_made_run(weft_coro *co)
{
    frame *self = weft_frame(co, frame);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_closed_peer_give_written(&self->handle)));
    self->text_in = text_reader_of(self->handle);
    WEFT_AWAIT(text_read(co, &self->text_in, &self->text));
    expect_text(self, "written");
    text_close_reader(&self->text_in);
    EXPECT_ENDED;
    WEFT_FINALLY;
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(destructor)                                                                                           \
    TEST(destructor_while_read)                                                                                \
    TEST(destructor_unread)                                                                                    \
    TEST(function)                                                                                             \
    TEST(blocking)                                                                                             \
    TEST(many)                                                                                                 \
    TEST(made)                                                                                                 \
    TEST(made_late)                                                                                            \
    TEST(not_made)
#include "weft_runner.h"
