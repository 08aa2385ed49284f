// The foreign tests: what Weft does beside other runtimes, seen from outside.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runner.h"
#include "check.h"
#include <weft/weft.h>

#define WHAT(what) WEFT_FOREIGN_PEER_WHAT_##what

enum { VERSIONS = 3 };

typedef struct {
    weft_coro co;
    weft_subtask call, other;
    uint32_t version, result, more;
    int i;
    bool yes;
} frame;

static uint64_t peer_probe(void)
{
    return weft_foreign_peer_probe() + weft_calls_peer_probe();
}

#define BEGIN(name)                                                                                            \
    typedef frame name;                                                                                        \
    static weft_poll name##_run(weft_coro *co)                                                                 \
    {                                                                                                          \
        frame *self = weft_frame(co, frame);                                                                   \
        WEFT_BEGIN(co);                                                                                        \
        weft_foreign_peer_codes();                                                                             \
        weft_foreign_peer_overs();                                                                             \
        EXPECT(weft_foreign_peer_current(), 0);
#define END                                                                                                    \
    EXPECT(weft_calls_peer_held(), 0);                                                                         \
    EXPECT(weft_foreign_peer_current(), 0);                                                                    \
    WEFT_FINALLY(co);                                                                                          \
    WEFT_END(co);                                                                                              \
    }

// Foreign code in a Weft task.

BEGIN(delivered)
for (self->version = 1; self->version <= VERSIONS; self->version++) {
    weft_subtask_start(co, &self->call, weft_foreign_peer_wait(self->version, 5, &self->result));
    EXPECT(weft_in_flight(&self->call), true);
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
    EXPECT(weft_foreign_peer_codes(), 2);
}
END

// STARTED is delivered as it is, and the foreign code registers again.
BEGIN(delivered_raw) for (self -> version = 1; self->version <= VERSIONS; self->version++)
{
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_foreign_peer_wait(self->version, 5, &self->result));
    EXPECT(weft_calls_peer_held(), 0);
    weft_calls_peer_unblock();
    while (!weft_calls_peer_held())
        WEFT_AWAIT(weft_yield(co));
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
    EXPECT(weft_foreign_peer_codes(), 12);
}
END

BEGIN(blocking)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    weft_subtask_start(co, &self->call, weft_foreign_peer_wait_blocking(self->version, 5, &self->result));
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
}
END

// A cancel of the Weft task: its finaliser drops the foreign code, which unregisters.
BEGIN(cancelled) for (self -> version = 1; self->version <= VERSIONS; self->version++)
{
    weft_subtask_start(co, &self->call, weft_foreign_peer_wait(self->version, 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_foreign_peer_codes(), 0);
}
END

// From inside another task, while the first is asleep in the host.
BEGIN(unregistered_elsewhere) for (self -> version = 2; self->version <= VERSIONS; self->version++)
{
    self->result = 1;
    weft_subtask_start(co, &self->call, weft_foreign_peer_wait(self->version, 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_drop(5)));
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 0);
    EXPECT(weft_foreign_peer_codes(), 0);
}
END

    // The root has ended; the task lives on for what foreign code has registered.
    BEGIN(registered_last) WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_start(2, 5)));
for (self->i = 0; self->i < 3; self->i++)
    WEFT_AWAIT(weft_yield(co));
EXPECT(weft_calls_peer_held(), 1);
weft_calls_peer_open(5);
for (self->i = 0; self->i < 10; self->i++)
    WEFT_AWAIT(weft_yield(co));
EXPECT(weft_foreign_peer_codes(), 2);
END

    BEGIN(again) weft_subtask_start(co, &self->call, weft_foreign_peer_again(5, &self->result));
WEFT_AWAIT(weft_yield(co));
weft_calls_peer_open(5);
WEFT_AWAIT(weft_await(co, &self->call));
EXPECT(self->result, 1000);
EXPECT(weft_foreign_peer_codes(), 2);
END

    BEGIN(unasked) WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_unasked(&self->result)));
EXPECT(self->result, 1);
EXPECT(weft_foreign_peer_codes(), 16);
END

// An even number: two blocks take turns, and one is the export's own.
BEGIN(clone_outlives) for (self -> i = 0; self->i < 6; self->i++)
{
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_outlive(&self->yes)));
    EXPECT(self->yes, true);
}
END

// A Weft coroutine in a foreign task.

BEGIN(call) for (self -> version = 1; self->version <= VERSIONS; self->version++)
{
    weft_subtask_start(co, &self->call, weft_foreign_peer_run(self->version, WHAT(CALL), 5, &self->result));
    EXPECT(weft_calls_peer_held(), 1);
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
}
END

BEGIN(call_started_later)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    weft_calls_peer_block();
    weft_subtask_start(co, &self->call, weft_foreign_peer_run(self->version, WHAT(CALL), 5, &self->result));
    EXPECT(weft_calls_peer_held(), 0);
    weft_calls_peer_unblock();
    while (!weft_calls_peer_held())
        WEFT_AWAIT(weft_yield(co));
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 16);
}
END

BEGIN(streams)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                 weft_foreign_peer_run(self->version, WHAT(STREAMS), 5, &self->result)));
    EXPECT(self->result, 4950);
}
END

BEGIN(yields)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                 weft_foreign_peer_run(self->version, WHAT(YIELDS), 5, &self->result)));
    EXPECT(self->result, 5);
}
END

BEGIN(background)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    WEFT_AWAIT(weft_subtask_call(co, &self->call,
                                 weft_foreign_peer_run(self->version, WHAT(BACKGROUND), 5, &self->result)));
    EXPECT(self->result, 5);
}
END

BEGIN(event)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    weft_subtask_start(co, &self->call, weft_foreign_peer_run(self->version, WHAT(EVENT), 5, &self->result));
    for (self->i = 0; self->i < 3; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_in_flight(&self->call), true);
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_set()));
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->result, 5);
}
END

BEGIN(dropped)
for (self->version = 1; self->version <= VERSIONS; self->version++)
{
    weft_subtask_start(co, &self->call, weft_foreign_peer_run(self->version, WHAT(CALL), 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    weft_subtask_start(co, &self->call, weft_foreign_peer_run(self->version, WHAT(EVENT), 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_foreign_peer_overs(), 0);
}
END

// The caller has its answer while the finaliser goes on: a call, yields, and an event of another task.
BEGIN(dropped_waits) for (self -> version = 1; self->version <= VERSIONS; self->version++)
{
    weft_subtask_start(co, &self->call,
                       weft_foreign_peer_run(self->version, WHAT(FINALISER), 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_stop(&self->call);
    EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
    for (self->i = 0; self->i < 10; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(6);
    for (self->i = 0; self->i < 10; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(weft_foreign_peer_overs(), 0);
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_set()));
    for (self->i = 0; self->i < 10; self->i++)
        WEFT_AWAIT(weft_yield(co));
    EXPECT(weft_foreign_peer_overs(), 1);
}
END

    BEGIN(moved) weft_subtask_start(co, &self->call, weft_foreign_peer_move_from(5, &self->yes));
for (self->i = 6; self->i < 12; self->i++)
    weft_calls_peer_open((uint32_t)self->i);
for (self->i = 0; self->i < 20; self->i++)
    WEFT_AWAIT(weft_yield(co));
weft_subtask_start(co, &self->other, weft_foreign_peer_finish(&self->result));
for (self->i = 0; self->i < 3; self->i++)
    WEFT_AWAIT(weft_yield(co));
weft_calls_peer_open(5);
WEFT_AWAIT(weft_await(co, &self->other));
EXPECT(self->result, 3 * (5 + 6 + 7 + 8 + 9 + 10 + 11) + 7);
WEFT_AWAIT(weft_await(co, &self->call));
EXPECT(self->yes, true);
END

    BEGIN(nested) weft_subtask_start(co, &self->call, weft_foreign_peer_nest(WHAT(CALL), 5, &self->result));
WEFT_AWAIT(weft_yield(co));
weft_calls_peer_open(5);
WEFT_AWAIT(weft_await(co, &self->call));
EXPECT(self->result, 16);
WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_nest(WHAT(STREAMS), 5, &self->result)));
EXPECT(self->result, 4950);
WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_nest(WHAT(YIELDS), 5, &self->result)));
EXPECT(self->result, 5);
WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_nest(WHAT(BACKGROUND), 5, &self->result)));
EXPECT(self->result, 5);
weft_subtask_start(co, &self->call, weft_foreign_peer_nest(WHAT(EVENT), 5, &self->result));
WEFT_AWAIT(weft_yield(co));
WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_set()));
WEFT_AWAIT(weft_await(co, &self->call));
EXPECT(self->result, 5);
weft_subtask_start(co, &self->call, weft_foreign_peer_nest(WHAT(CALL), 5, &self->result));
WEFT_AWAIT(weft_yield(co));
weft_stop(&self->call);
EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);
END

    BEGIN(lent) weft_subtask_start(co, &self->call, weft_foreign_peer_lend(5, &self->result));
for (self->i = 0; self->i < 5; self->i++)
    WEFT_AWAIT(weft_yield(co));
EXPECT(weft_calls_peer_held(), 1);
weft_calls_peer_open(5);
while (!weft_calls_peer_held())
    WEFT_AWAIT(weft_yield(co));
for (self->i = 0; self->i < 5; self->i++)
    WEFT_AWAIT(weft_yield(co));
weft_calls_peer_open(6);
WEFT_AWAIT(weft_await(co, &self->call));
EXPECT(self->result, 16 + 19);
END

#define TESTS                                                                                                  \
    TEST(delivered)                                                                                            \
    TEST(delivered_raw)                                                                                        \
    TEST(blocking)                                                                                             \
    TEST(cancelled)                                                                                            \
    TEST(unregistered_elsewhere)                                                                               \
    TEST(registered_last)                                                                                      \
    TEST(again)                                                                                                \
    TEST(unasked)                                                                                              \
    TEST(clone_outlives)                                                                                       \
    TEST(call)                                                                                                 \
    TEST(call_started_later)                                                                                   \
    TEST(streams)                                                                                              \
    TEST(yields)                                                                                               \
    TEST(background)                                                                                           \
    TEST(event)                                                                                                \
    TEST(dropped)                                                                                              \
    TEST(dropped_waits)                                                                                        \
    TEST(moved)                                                                                                \
    TEST(nested)                                                                                               \
    TEST(lent)
#include "weft_runner.h"
