// The tests without a heap at the peer: what still works, and what says that it does not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include "counting_hooks.h"
#include <weft/weft.h>

WEFT_FUTURE(number, weft_heapless_peer_future_u32, uint32_t);

static uint64_t peer_probe(void)
{
    return weft_heapless_peer_probe();
}

enum { CALLS = 3 };

typedef struct {
    weft_coro co;
    weft_subtask calls[CALLS];
    number_writer writers[CALLS];
    uint32_t results[CALLS];
    runner_option_u32_t held[CALLS];
    int i;
} test;

// Each finds the memory that the one before has left. Which of those that wait is next is the host's choice.
typedef test one_at_a_time;

static weft_stepped one_at_a_time_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    peer_probe(); // which sets the limit
    for (uint32_t i = 0; i < CALLS; i++) {
        weft_subtask_start(co, &self->calls[i],
                           weft_heapless_peer_limited(number_new(&self->writers[i], 0), &self->results[i]));
        EXPECT(weft_subtask_state_of(&self->calls[i]), i ? WEFT_SUBTASK_STARTING : WEFT_SUBTASK_STARTED);
    }
    for (uint32_t i = 0; i < CALLS; i++)
        number_start_write(co, &self->writers[i], 7 + i);
    for (self->i = 0; self->i < CALLS; self->i++) {
        WEFT_AWAIT(weft_await(co, &self->calls[self->i]));
        WEFT_AWAIT(weft_await(co, &self->writers[self->i]));
        EXPECT(self->results[self->i], 7 + (uint32_t)self->i);
        number_close_writer(co, &self->writers[self->i]);
    }
    WEFT_FINALLY;
    WEFT_END;
}

// The second at a time finds none.
typedef test second_has_none;

static weft_stepped second_has_none_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    for (uint32_t i = 0; i < 2; i++)
        weft_subtask_start(co, &self->calls[i],
                           weft_heapless_peer_hold(number_new(&self->writers[i], 0), &self->held[i]));
    WEFT_AWAIT(weft_await(co, &self->calls[1]));
    EXPECT(self->held[1].is_some, false);
    WEFT_AWAIT(number_write(co, &self->writers[1], 5));
    EXPECT(weft_dropped(&self->writers[1]), true);
    WEFT_AWAIT(number_write(co, &self->writers[0], 5));
    WEFT_AWAIT(weft_await(co, &self->calls[0]));
    EXPECT(self->held[0].is_some && self->held[0].val == 5, true);
    WEFT_FINALLY;
    for (uint32_t i = 0; i < 2; i++)
        number_close_writer(co, &self->writers[i]);
    WEFT_END;
}

// Traps in a function that is named for it.
typedef test string;

static weft_stepped string_run(weft_coro *co)
{
    test *self = weft_frame(co, test);
    WEFT_BEGIN;
    runner_string_t name;
    runner_string_set(&name, "a name");
    WEFT_AWAIT(weft_subtask_call(co, &self->calls[0], weft_heapless_peer_greet(name)));
    WEFT_FINALLY;
    WEFT_END;
}

#define TESTS                                                                                                  \
    TEST(one_at_a_time)                                                                                        \
    TEST(second_has_none)                                                                                      \
    TEST(string)
#include "weft_runner.h"
