// Calls of async functions: what they answer, when arguments are read, and what their subtasks may be used for.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"
#include <string.h>

PROBE(at_once)
{
    TELL(peer(at_once)(4, &result));
    TELL(result);
}

PROBE(drop_started)
{
    runner_subtask_drop(held(MANNER(GIVES_UP)));
}

PROBE(drop_starting)
{
    peer(backpressure)(1);
    runner_subtask_drop(held(MANNER(GIVES_UP)));
}

PROBE(drop_undelivered)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    peer(open)();
    runner_subtask_drop(call);
}

PROBE(drop_delivered)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    peer(open)();
    wait_event();
    runner_subtask_drop(call);
    runner_waitable_set_drop(the_set());
    TELL(result);
}

PROBE(handle_reused)
{
    uint32_t call = held(MANNER(GIVES_UP));
    TELL(runner_subtask_cancel(call));
    runner_subtask_drop(call);
    TELL(held(MANNER(GIVES_UP)) == call);
}

PROBE(returned_at_the_start)
{
    held(MANNER(RETURNED));
    TELL(result);
    peer(open)();
    tell_log();
}

PROBE(end_with_call_in_flight)
{
    held(MANNER(GIVES_UP));
}

// ---- Turns and backpressure ----

PROBE(later_call)
{
    join(later(3));
    poll_event();
    wait_event();
    tell_log();
}

PROBE(three_later_calls)
{
    for (int i = 0; i < 3; i++)
        join(later(2));
    for (int i = 0; i < 3; i++)
        wait_event();
}

PROBE(starting_then_later)
{
    peer(backpressure)(1);
    join(later(3));
    poll_event();
    peer(backpressure)(-1);
    wait_event();
    wait_event();
    TELL(result);
    tell_log();
}

PROBE(starting_then_at_once)
{
    peer(backpressure)(1);
    join(later(0));
    peer(backpressure)(-1);
    wait_event();
    TELL(result);
}

PROBE(backpressure_spares_sync)
{
    peer(backpressure)(1);
    TELL(peer(open)());
    TELL(peer(at_once_sync)(3));
}

PROBE(backpressure_spares_events)
{
    join(held(MANNER(INSISTS)));
    peer(backpressure)(1);
    peer(open_sync)();
    wait_event();
}

PROBE(backpressure_holds_the_opener)
{
    join(held(MANNER(INSISTS)));
    peer(backpressure)(1);
    peer(open)();
    wait_event();
}

PROBE(backpressure_underflow)
{
    runner_backpressure_dec();
}

PROBE(backpressure_overflow)
{
    for (uint32_t i = 0; i < 65536; i++)
        runner_backpressure_inc();
}

PROBE(blocked_instance_starts_none)
{
    TELL(cancel_async(held(MANNER(BLOCKS))));
    TELL(peer(at_once)(1, &result));
}

PROBE(blocked_instance_stands)
{
    join(later(3));
    held(MANNER(BLOCKS));
    wait_event();
}

PROBE(two_opened_then_polled)
{
    join(held(MANNER(INSISTS)));
    join(held(MANNER(INSISTS)));
    peer(open_sync)();
    runner_thread_yield();
    runner_thread_yield();
    for (int i = 0; i < 3; i++)
        poll_event();
}

PROBE(two_opened_then_waited_for)
{
    join(held(MANNER(INSISTS)));
    join(held(MANNER(INSISTS)));
    peer(open_sync)();
    wait_event();
    wait_event();
    tell_log();
}

// ---- The blocking form ----

IMPORT("weft:probes/peer", "later") uint32_t later_sync(uint32_t turns);
IMPORT("weft:probes/peer", "held") uint32_t held_sync(uint32_t how);

PROBE(sync_call_of_later)
{
    TELL(later_sync(3));
    tell_log();
}

PROBE(sync_call_of_held)
{
    TELL(held_sync(MANNER(RETURNS)));
}

// ---- Arguments ----

static char text[] = "hello";
static uint32_t list[2] = {1, 2};

static peer(all_args_t) arguments(void)
{
    uint32_t writer;
    return (peer(all_args_t)){
        {(uint8_t *)text, 5}, peer(constructor_thing)(5), bytes(new)(&writer), {list, 2}, 99};
}

static uint32_t all(peer(all_args_t) * args)
{
    uint32_t status = peer(all)(args, &text_result);
    tell("all", status);
    return status >> 4;
}

PROBE(arguments_are_read_at_the_start)
{
    peer(backpressure)(1);
    peer(all_args_t) args = arguments();
    uint32_t call = all(&args);
    TELL(peer(method_thing_number)(peer(borrow_thing)(args.it)));
    strcpy(text, "HELLO");
    list[0] = 77;
    args.number = 1234;
    peer(backpressure)(-1);
    join(call);
    wait_event();
    tell_text(text_result);
    tell_log();
}

PROBE(thing_gone_before_the_start)
{
    peer(backpressure)(1);
    peer(all_args_t) args = arguments();
    uint32_t call = all(&args);
    peer(thing_drop_own)(args.it);
    peer(backpressure)(-1);
    join(call);
    wait_event();
}

PROBE(stream_in_set_at_the_start)
{
    peer(backpressure)(1);
    peer(all_args_t) args = arguments();
    uint32_t call = all(&args);
    join(args.bytes);
    peer(backpressure)(-1);
    join(call);
    wait_event();
}

PROBE(stream_busy_at_the_start)
{
    uint32_t writer, reader = numbers(new)(&writer);
    peer(backpressure)(1);
    uint32_t status = peer(take_numbers)(reader);
    TELL(status);
    TELL(numbers(read)(reader, items, 2));
    peer(backpressure)(-1);
    join(status >> 4);
    wait_event();
}

PROBE(cancelled_before_the_start)
{
    peer(backpressure)(1);
    peer(all_args_t) args = arguments();
    uint32_t call = all(&args);
    TELL(runner_subtask_cancel(call));
    TELL(peer(method_thing_number)(peer(borrow_thing)(args.it)));
    bytes(drop_readable)(args.bytes);
    peer(thing_drop_own)(args.it);
    runner_subtask_drop(call);
    tell_log();
}

PROBE(empty_arguments)
{
    peer(all_args_t) args = arguments();
    args.text = (runner_string_t){0};
    args.numbers = (runner_list_u32_t){0};
    all(&args);
    tell_text(text_result);
}

PROBE(misaligned_result)
{
    TELL(peer(at_once)(4, (uint32_t *)3));
}

PROBE(misaligned_result_unused)
{
    TELL(peer(held)(MANNER(RETURNS), (uint32_t *)3));
}

// ---- Lending ----

PROBE(lent)
{
    peer(own_thing_t) it = peer(constructor_thing)(8);
    TELL(peer(lent)(peer(borrow_thing)(it), 0, &result));
    TELL(result);
    peer(thing_drop_own)(it);
    tell_log();
}

PROBE(drop_before_lent)
{
    peer(own_thing_t) it = peer(constructor_thing)(8);
    peer(backpressure)(1);
    TELL(peer(lent)(peer(borrow_thing)(it), 0, &result));
    peer(thing_drop_own)(it);
}

PROBE(drop_while_lent)
{
    peer(own_thing_t) it = peer(constructor_thing)(8);
    TELL(peer(lent)(peer(borrow_thing)(it), 3, &result));
    peer(thing_drop_own)(it);
}

PROBE(give_while_lent)
{
    peer(own_thing_t) it = peer(constructor_thing)(8);
    TELL(peer(lent)(peer(borrow_thing)(it), 3, &result));
    peer(given)(it);
}
