// Cancels of calls, in both forms, at each moment.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

#define cancel runner_subtask_cancel

PROBE(cancel_given_up)
{
    uint32_t call = held(MANNER(GIVES_UP));
    TELL(cancel(call));
    TELL(result);
    tell_log();
    runner_subtask_drop(call);
}

PROBE(cancel_returned)
{
    uint32_t call = held(MANNER(RETURNS));
    TELL(cancel(call));
    TELL(result);
    join(call);
    poll_event();
    runner_subtask_drop(call);
    runner_waitable_set_drop(the_set());
}

PROBE(cancel_insisted)
{
    TELL(cancel(held(MANNER(INSISTS))));
}

PROBE(cancel_starting)
{
    peer(backpressure)(1);
    uint32_t call = held(MANNER(GIVES_UP));
    TELL(cancel(call));
    runner_subtask_drop(call);
    tell_log();
}

PROBE(cancel_in_set)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    TELL(cancel(call));
}

PROBE(cancel_starting_in_set)
{
    peer(backpressure)(1);
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    TELL(cancel(call));
}

PROBE(cancel_after_the_end)
{
    uint32_t call = held(MANNER(GIVES_UP));
    TELL(cancel(call));
    tell_log();
    cancel(call);
}

PROBE(cancel_after_a_cancel_while_starting)
{
    peer(backpressure)(1);
    uint32_t call = held(MANNER(GIVES_UP));
    TELL(cancel(call));
    cancel(call);
}

PROBE(cancel_that_comes_too_late)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    peer(open)();
    leave(call);
    TELL(cancel(call));
    TELL(result);
    runner_subtask_drop(call);
}

PROBE(cancel_of_returned_at_the_start)
{
    held(MANNER(RETURNED));
    TELL(cancel(1));
}

PROBE(exit_after_a_cancel)
{
    cancel(held(MANNER(GIVES_UP)));
    does(ACT(WAIT_AFTER), 0);
}

// ---- While the callee yields ----

PROBE(cancel_later)
{
    uint32_t call = later(3);
    TELL(cancel(call));
    tell_log();
}

PROBE(cancel_later_and_another)
{
    uint32_t call = held(MANNER(RETURNS)), other = later(3);
    TELL(cancel(call));
    TELL(cancel(other));
}

static uint32_t starting_later(uint32_t turns)
{
    peer(backpressure)(1);
    uint32_t call = later(turns);
    peer(backpressure)(-1);
    return call;
}

PROBE(cancel_that_may_start)
{
    TELL(cancel(starting_later(0)));
    TELL(result);
    tell_log();
}

PROBE(cancel_that_has_started)
{
    uint32_t call = starting_later(3);
    runner_thread_yield();
    runner_thread_yield();
    TELL(cancel(call));
    tell_log();
}

PROBE(cancel_that_has_returned)
{
    uint32_t call = starting_later(0);
    for (int i = 0; i < 9; i++)
        runner_thread_yield();
    TELL(cancel(call));
    TELL(result);
    tell_log();
    runner_subtask_drop(call);
}

// ---- The async form ----

PROBE(async_cancel_returned)
{
    uint32_t call = held(MANNER(RETURNS));
    TELL(cancel_async(call));
    TELL(result);
    runner_subtask_drop(call);
}

PROBE(async_cancel_insisted)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    join(call);
    peer(open)();
    wait_event();
    TELL(result);
    runner_subtask_drop(call);
    tell_log();
}

PROBE(async_cancel_blocked)
{
    uint32_t call = held(MANNER(BLOCKS));
    TELL(cancel_async(call));
    join(call);
    peer(open_sync)();
    wait_event();
    TELL(result);
    tell_log();
}

PROBE(async_cancel_then_drop)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    runner_subtask_drop(call);
}

PROBE(async_cancel_in_set)
{
    uint32_t call = held(MANNER(RETURNS));
    join(call);
    TELL(cancel_async(call));
}

PROBE(async_cancel_insisted_in_set)
{
    uint32_t call = held(MANNER(INSISTS));
    join(call);
    TELL(cancel_async(call));
}

PROBE(async_cancel_in_set_with_event)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    peer(open)();
    TELL(cancel_async(call));
}

PROBE(async_cancel_starting_in_set)
{
    peer(backpressure)(1);
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    TELL(cancel_async(call));
}

PROBE(async_cancel_opened)
{
    uint32_t call = held(MANNER(RETURNS));
    join(call);
    peer(open)();
    leave(call);
    TELL(cancel_async(call));
    TELL(result);
    tell_log();
}

PROBE(async_cancel_overtakes_an_event)
{
    uint32_t call = held(MANNER(INSISTS));
    peer(open)();
    TELL(cancel_async(call));
    join(call);
    wait_event();
    tell_log();
}

ANSWER(async_cancel_then_wait)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    join(call);
    peer(open)();
    return WAIT(the_set());
}

// ---- Twice ----

PROBE(async_cancel_twice)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    TELL(cancel_async(call));
}

PROBE(async_cancel_twice_heard)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    TELL(cancel_async(call));
    peer(open)();
    join(call);
    wait_event();
    tell_log();
}

PROBE(async_cancel_twice_then_sync)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    TELL(cancel_async(call));
    TELL(cancel(call));
}

PROBE(async_cancel_again_in_set)
{
    uint32_t call = held(MANNER(INSISTS));
    TELL(cancel_async(call));
    join(call);
    peer(open)();
    TELL(cancel_async(call));
}
