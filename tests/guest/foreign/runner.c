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

// CASE(name) { BEGIN_CASE; ...; END_CASE; } is a test.
#define CASE(name)                                                                                             \
    typedef frame name;                                                                                        \
    static weft_stepped name##_run(weft_coro *co)
#define BEGIN_CASE                                                                                             \
    frame *self = weft_frame(co, frame);                                                                       \
    WEFT_BEGIN;                                                                                                \
    weft_foreign_peer_codes();                                                                                 \
    weft_foreign_peer_overs();                                                                                 \
    EXPECT(weft_foreign_peer_current(), 0)
#define END_CASE                                                                                               \
    EXPECT(weft_calls_peer_held(), 0);                                                                         \
    EXPECT(weft_foreign_peer_current(), 0);                                                                    \
    WEFT_FINALLY;                                                                                              \
    WEFT_END

#define EACH_VERSION_FROM(first) for (self->version = first; self->version <= VERSIONS; self->version++)
#define START(import) weft_subtask_start(co, &self->call, weft_foreign_peer_##import)
#define TURNS(count)                                                                                           \
    for (self->i = 0; self->i < count; self->i++)                                                              \
    WEFT_AWAIT(weft_yield(co))
// What is in flight returns that, or is cancelled; or a call returns that.
#define RETURNS(value)                                                                                         \
    do {                                                                                                       \
        WEFT_AWAIT(weft_await(co, &self->call));                                                               \
        EXPECT(self->result, value);                                                                           \
    } while (0)
#define STOPS()                                                                                                \
    do {                                                                                                       \
        weft_stop_blocking(&self->call);                                                                       \
        EXPECT(weft_subtask_state_of(&self->call), WEFT_SUBTASK_RETURNED_CANCELLED);                           \
    } while (0)
#define CALL_RETURNS(import, value)                                                                            \
    do {                                                                                                       \
        START(import);                                                                                         \
        RETURNS(value);                                                                                        \
    } while (0)

// Foreign code in a Weft task.

CASE(delivered)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(wait(self->version, 5, &self->result));
        EXPECT(weft_in_flight(&self->call), true);
        EXPECT(weft_calls_peer_held(), 1);
        weft_calls_peer_open(5);
        RETURNS(16);
        EXPECT(weft_foreign_peer_codes(), 2);
    }
    END_CASE;
}

// STARTED is delivered as it is, and the foreign code registers again.
CASE(delivered_raw)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        weft_calls_peer_block();
        START(wait(self->version, 5, &self->result));
        EXPECT(weft_calls_peer_held(), 0);
        weft_calls_peer_unblock();
        while (!weft_calls_peer_held())
            WEFT_AWAIT(weft_yield(co));
        TURNS(3);
        weft_calls_peer_open(5);
        RETURNS(16);
        EXPECT(weft_foreign_peer_codes(), 12);
    }
    END_CASE;
}

CASE(blocking)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(wait_blocking(self->version, 5, &self->result));
        EXPECT(weft_calls_peer_held(), 1);
        weft_calls_peer_open(5);
        RETURNS(16);
    }
    END_CASE;
}

// A cancel of the Weft task: its finaliser drops the foreign code, which unregisters.
CASE(cancelled)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(wait(self->version, 5, &self->result));
        WEFT_AWAIT(weft_yield(co));
        STOPS();
        EXPECT(weft_foreign_peer_codes(), 0);
    }
    END_CASE;
}

// From inside another task, while the first is asleep in the host.
CASE(unregistered_elsewhere)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(2)
    {
        self->result = 1;
        START(wait(self->version, 5, &self->result));
        WEFT_AWAIT(weft_yield(co));
        WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_drop(5)));
        RETURNS(0);
        EXPECT(weft_foreign_peer_codes(), 0);
    }
    END_CASE;
}

// The root has ended; the task lives on for what foreign code has registered.
CASE(registered_last)
{
    BEGIN_CASE;
    WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_start(2, 5)));
    TURNS(3);
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(5);
    TURNS(10);
    EXPECT(weft_foreign_peer_codes(), 2);
    END_CASE;
}

CASE(again)
{
    BEGIN_CASE;
    START(again(5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(5);
    RETURNS(1000);
    EXPECT(weft_foreign_peer_codes(), 2);
    END_CASE;
}

CASE(unasked)
{
    BEGIN_CASE;
    CALL_RETURNS(unasked(&self->result), 1);
    EXPECT(weft_foreign_peer_codes(), 16);
    END_CASE;
}

// An even number: two blocks take turns, and one is the export's own.
CASE(clone_outlives)
{
    BEGIN_CASE;
    for (self->i = 0; self->i < 6; self->i++) {
        WEFT_AWAIT(weft_subtask_call(co, &self->call, weft_foreign_peer_outlive(&self->yes)));
        EXPECT(self->yes, true);
    }
    END_CASE;
}

// A Weft coroutine in a foreign task.

CASE(call)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(run(self->version, WHAT(CALL), 5, &self->result));
        EXPECT(weft_calls_peer_held(), 1);
        WEFT_AWAIT(weft_yield(co));
        weft_calls_peer_open(5);
        RETURNS(16);
    }
    END_CASE;
}

CASE(call_started_later)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        weft_calls_peer_block();
        START(run(self->version, WHAT(CALL), 5, &self->result));
        EXPECT(weft_calls_peer_held(), 0);
        weft_calls_peer_unblock();
        while (!weft_calls_peer_held())
            WEFT_AWAIT(weft_yield(co));
        TURNS(3);
        weft_calls_peer_open(5);
        RETURNS(16);
    }
    END_CASE;
}

CASE(streams)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        CALL_RETURNS(run(self->version, WHAT(STREAMS), 5, &self->result), 4950);
    }
    END_CASE;
}

CASE(yields)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        CALL_RETURNS(run(self->version, WHAT(YIELDS), 5, &self->result), 5);
    }
    END_CASE;
}

CASE(background)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        CALL_RETURNS(run(self->version, WHAT(BACKGROUND), 5, &self->result), 5);
    }
    END_CASE;
}

CASE(event)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(run(self->version, WHAT(EVENT), 5, &self->result));
        TURNS(3);
        EXPECT(weft_in_flight(&self->call), true);
        WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_set()));
        RETURNS(5);
    }
    END_CASE;
}

CASE(dropped)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(run(self->version, WHAT(CALL), 5, &self->result));
        WEFT_AWAIT(weft_yield(co));
        STOPS();
        START(run(self->version, WHAT(EVENT), 5, &self->result));
        WEFT_AWAIT(weft_yield(co));
        STOPS();
        EXPECT(weft_foreign_peer_overs(), 0);
    }
    END_CASE;
}

// The caller has its answer while the finaliser goes on: a call, yields, and an event of another task.
CASE(dropped_waits)
{
    BEGIN_CASE;
    EACH_VERSION_FROM(1)
    {
        START(run(self->version, WHAT(FINALISER), 5, &self->result));
        WEFT_AWAIT(weft_yield(co));
        STOPS();
        TURNS(10);
        EXPECT(weft_calls_peer_held(), 1);
        weft_calls_peer_open(6);
        TURNS(10);
        EXPECT(weft_calls_peer_held(), 0);
        EXPECT(weft_foreign_peer_overs(), 0);
        WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_set()));
        TURNS(10);
        EXPECT(weft_foreign_peer_overs(), 1);
    }
    END_CASE;
}

CASE(moved)
{
    BEGIN_CASE;
    START(move_from(5, &self->yes));
    for (self->i = 6; self->i < 12; self->i++)
        weft_calls_peer_open((uint32_t)self->i);
    TURNS(20);
    weft_subtask_start(co, &self->other, weft_foreign_peer_finish(&self->result));
    TURNS(3);
    weft_calls_peer_open(5);
    WEFT_AWAIT(weft_await(co, &self->other));
    EXPECT(self->result, 3 * (5 + 6 + 7 + 8 + 9 + 10 + 11) + 7);
    WEFT_AWAIT(weft_await(co, &self->call));
    EXPECT(self->yes, true);
    END_CASE;
}

CASE(nested)
{
    BEGIN_CASE;
    START(nest(WHAT(CALL), 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    weft_calls_peer_open(5);
    RETURNS(16);
    CALL_RETURNS(nest(WHAT(STREAMS), 5, &self->result), 4950);
    CALL_RETURNS(nest(WHAT(YIELDS), 5, &self->result), 5);
    CALL_RETURNS(nest(WHAT(BACKGROUND), 5, &self->result), 5);
    START(nest(WHAT(EVENT), 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    WEFT_AWAIT(weft_subtask_call(co, &self->other, weft_foreign_peer_set()));
    RETURNS(5);
    START(nest(WHAT(CALL), 5, &self->result));
    WEFT_AWAIT(weft_yield(co));
    STOPS();
    END_CASE;
}

CASE(lent)
{
    BEGIN_CASE;
    START(lend(5, &self->result));
    TURNS(5);
    EXPECT(weft_calls_peer_held(), 1);
    weft_calls_peer_open(5);
    while (!weft_calls_peer_held())
        WEFT_AWAIT(weft_yield(co));
    TURNS(5);
    weft_calls_peer_open(6);
    RETURNS(16 + 19);
    END_CASE;
}

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
