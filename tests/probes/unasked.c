// A peer drops its end while this one is idle: what a host tells of it, unasked, and what the end is good for
// then.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

static uint32_t dropped_reader_in_set(void)
{
    uint32_t reader = peers_numbers();
    join(reader);
    does(ACT(DROP_WRITER), 0);
    return reader;
}

PROBE(unasked_then_read)
{
    uint32_t reader = dropped_reader_in_set();
    poll_event();
    TELL(numbers(read)(reader, items, 4));
}

PROBE(unasked_read_first)
{
    uint32_t reader = dropped_reader_in_set();
    TELL(numbers(read)(reader, items, 4));
    poll_event();
}

PROBE(unasked_read_before_join)
{
    uint32_t reader = peers_numbers();
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(read)(reader, items, 4));
    join(reader);
    poll_event();
}

PROBE(unasked_then_write)
{
    uint32_t writer = numbers_to_peer();
    join(writer);
    does(ACT(DROP_READER), 0);
    poll_event();
    TELL(numbers(write)(writer, items, 4));
}

PROBE(unasked_write_before_join)
{
    uint32_t writer = numbers_to_peer();
    does(ACT(DROP_READER), 0);
    TELL(numbers(write)(writer, items, 4));
    join(writer);
    poll_event();
}

PROBE(unasked_to_future_writer)
{
    uint32_t writer = number_to_peer();
    join(writer);
    does(ACT(DROP_NUMBER_READER), 0);
    poll_event();
    number(drop_writable)(writer);
}

PROBE(unasked_to_future_writer_then_write)
{
    uint32_t writer = number_to_peer();
    join(writer);
    does(ACT(DROP_NUMBER_READER), 0);
    poll_event();
    TELL(number(write)(writer, items));
}

PROBE(unasked_future_write_before_join)
{
    uint32_t writer = number_to_peer();
    does(ACT(DROP_NUMBER_READER), 0);
    TELL(number(write)(writer, items));
    join(writer);
    poll_event();
    number(drop_writable)(writer);
}

PROBE(unasked_after_an_event)
{
    uint32_t reader = peers_numbers();
    join(reader);
    numbers(read)(reader, items, 4);
    does(ACT(WRITE), 4);
    wait_event();
    does(ACT(DROP_WRITER), 0);
    poll_event();
}

PROBE(unasked_after_a_cancel)
{
    uint32_t reader = peers_numbers();
    join(reader);
    numbers(read)(reader, items, 4);
    TELL(cancel_read_async(reader));
    does(ACT(DROP_WRITER), 0);
    poll_event();
}

PROBE(unasked_after_a_future_was_read)
{
    uint32_t writer = number_to_peer();
    join(writer);
    TELL(number(write)(writer, items));
    does(ACT(READ_NUMBER), 0);
    wait_event();
    poll_event();
    does(ACT(DROP_NUMBER_READER), 0);
    poll_event();
    number(drop_writable)(writer);
}

PROBE(unasked_after_a_future_was_written)
{
    uint32_t reader = peers_number();
    join(reader);
    number(read)(reader, items);
    does(ACT(WRITE_NUMBER), 0);
    wait_event();
    does(ACT(DROP_NUMBER_WRITER), 0);
    poll_event();
    number(drop_readable)(reader);
}

PROBE(unasked_then_drop)
{
    uint32_t reader = dropped_reader_in_set();
    numbers(drop_readable)(reader);
    poll_event();
    runner_waitable_set_drop(the_set());
}

PROBE(unasked_then_cancel)
{
    uint32_t reader = dropped_reader_in_set();
    cancel_read_async(reader);
}

PROBE(unasked_then_give_in_set)
{
    uint32_t reader = dropped_reader_in_set();
    poll_event();
    peer(take_numbers)(reader);
}

PROBE(unasked_then_give)
{
    uint32_t reader = dropped_reader_in_set();
    poll_event();
    leave(reader);
    TELL(peer(take_numbers)(reader));
}

PROBE(unasked_unseen_then_give)
{
    uint32_t reader = peers_numbers();
    does(ACT(DROP_WRITER), 0);
    TELL(peer(take_numbers)(reader));
    TELL(does(ACT(READ), 1));
}

ANSWER(unasked_wakes)
{
    dropped_reader_in_set();
    return WAIT(the_set());
}
