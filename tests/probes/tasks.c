// What a task answers to its host, how it returns, and when it may yield.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

static runner_string_t nothing;

ANSWER(task_returns_twice)
{
    exports_runner_run_return(nothing);
    exports_runner_run_return(nothing);
    return RUNNER_CALLBACK_CODE_EXIT;
}

ANSWER(task_does_not_return)
{
    return RUNNER_CALLBACK_CODE_EXIT;
}

ANSWER(task_answers_code_7)
{
    exports_runner_run_return(nothing);
    return 7;
}

ANSWER(task_answers_code_3)
{
    return 3;
}

PROBE(task_returns_from_another)
{
    exports_runner_other_return(1);
}

ANSWER(task_cancels_after_return)
{
    exports_runner_run_return(nothing);
    runner_task_cancel();
    return RUNNER_CALLBACK_CODE_EXIT;
}

PROBE(task_cancels_unasked)
{
    runner_task_cancel();
}

PROBE(task_yields)
{
    runner_thread_yield();
}

PROBE(peer_yields)
{
    does(ACT(YIELD), 0);
    tell_log();
}

ANSWER(task_waits_on_none)
{
    return WAIT(0);
}

ANSWER(task_waits_on_unknown)
{
    return WAIT(1000);
}

ANSWER(task_waits_on_stream)
{
    return WAIT(peers_numbers());
}

PROBE(peer_waits_on_none)
{
    does(ACT(WAIT_ON_NONE), 0);
}

PROBE(peer_waits_after_its_return)
{
    TELL(does(ACT(WAIT_AFTER), 0));
}

PROBE(peer_blocks)
{
    uint32_t status = peer(does)(ACT(BLOCK), 0, &result);
    TELL(status);
    join(status >> 4);
    wait_event();
}

ANSWER(task_yields_with_event)
{
    uint32_t reader = peers_numbers();
    TELL(numbers(read)(reader, items, 4));
    join(reader);
    does(ACT(WRITE), 2);
    before_return = poll_event;
    return RUNNER_CALLBACK_CODE_YIELD;
}

ANSWER(task_waits_with_event)
{
    uint32_t reader = peers_numbers();
    TELL(numbers(read)(reader, items, 4));
    join(reader);
    does(ACT(WRITE), 2);
    return WAIT(the_set());
}

ANSWER(task_waits_for_held)
{
    join(held(MANNER(GIVES_UP)));
    return WAIT(the_set());
}

PROBE(task_ends_with_peer_in_wait)
{
    uint32_t call = held(MANNER(INSISTS));
    join(call);
    does(ACT(WAIT_AFTER), 0);
    runner_subtask_drop(call);
}
