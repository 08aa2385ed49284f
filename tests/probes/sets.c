// Waitable sets: members, events, and who waits.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

PROBE(set_drop_with_member)
{
    uint32_t reader = peers_numbers();
    join(reader);
    runner_waitable_set_drop(the_set());
}

PROBE(set_drop_with_event)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    peer(open)();
    runner_waitable_set_drop(the_set());
}

PROBE(set_drop_after_member)
{
    uint32_t reader = peers_numbers();
    join(reader);
    numbers(drop_readable)(reader);
    runner_waitable_set_drop(the_set());
}

PROBE(set_drop_after_both_ends)
{
    uint32_t writer, reader = numbers(new)(&writer);
    join(writer);
    join(reader);
    numbers(drop_writable)(writer);
    numbers(drop_readable)(reader);
    runner_waitable_set_drop(the_set());
}

PROBE(set_drop_while_blocked_on)
{
    does(ACT(BLOCK_AFTER), 0);
    does(ACT(DROP_SET), 0);
}

PROBE(set_drop_while_waited_on)
{
    does(ACT(WAIT_AFTER), 0);
    does(ACT(DROP_SET), 0);
}

PROBE(set_moved_to)
{
    uint32_t reader = peers_numbers(), other = runner_waitable_set_new();
    join(reader);
    runner_waitable_join(reader, other);
    TELL(numbers(read)(reader, items, 4));
    does(ACT(WRITE), 2);
    poll_event();
    runner_event_t event;
    runner_waitable_set_poll(other, &event);
    TELL(event.event);
    TELL(event.code);
    runner_waitable_set_drop(the_set());
}

PROBE(set_moved_to_with_event)
{
    uint32_t reader = peers_numbers(), other = runner_waitable_set_new();
    runner_waitable_join(reader, other);
    TELL(numbers(read)(reader, items, 4));
    does(ACT(WRITE), 2);
    join(reader);
    poll_event();
    runner_waitable_set_drop(other);
}

PROBE(set_left_twice)
{
    uint32_t reader = peers_numbers();
    join(reader);
    leave(reader);
    leave(reader);
}

PROBE(set_two_wait_on)
{
    does(ACT(WAIT_AFTER), 0);
    does(ACT(WAIT_AFTER), 0);
}

PROBE(set_empty_blocked_on)
{
    wait_event();
}

ANSWER(set_empty_waited_on)
{
    return WAIT(the_set());
}

ANSWER(set_idle_waited_on)
{
    join(peers_numbers());
    return WAIT(the_set());
}

PROBE(set_polled_after_a_turn)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    peer(open)();
    runner_thread_yield();
    poll_event();
    runner_subtask_drop(call);
}

PROBE(set_join_unknown_set)
{
    uint32_t call = held(MANNER(GIVES_UP));
    join(call);
    runner_waitable_join(call, 77);
}

PROBE(set_join_unknown_waitable)
{
    join(77);
}

PROBE(set_join_set)
{
    join(the_set());
}

PROBE(set_none_blocked_on)
{
    runner_event_t event;
    runner_waitable_set_wait(0, &event);
}

PROBE(set_none_polled)
{
    runner_event_t event;
    runner_waitable_set_poll(0, &event);
}

PROBE(set_join_stream_as_set)
{
    uint32_t reader = peers_numbers();
    runner_waitable_join(reader, reader);
}

PROBE(set_stream_blocked_on)
{
    runner_event_t event;
    runner_waitable_set_wait(peers_numbers(), &event);
}

PROBE(set_stream_polled)
{
    runner_event_t event;
    runner_waitable_set_poll(peers_numbers(), &event);
}

PROBE(set_stream_dropped)
{
    runner_waitable_set_drop(peers_numbers());
}

PROBE(set_none_dropped)
{
    runner_waitable_set_drop(0);
}
