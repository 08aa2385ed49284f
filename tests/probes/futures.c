// Futures: one value, once, and a writer that has to write.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

PROBE(future_drop_reading)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    number(drop_readable)(reader);
}

PROBE(future_drop_unwritten)
{
    uint32_t writer;
    number(new)(&writer);
    number(drop_writable)(writer);
}

PROBE(future_drop_unwritten_and_unread)
{
    uint32_t writer, reader = number(new)(&writer);
    number(drop_readable)(reader);
    number(drop_writable)(writer);
}

PROBE(future_drop_unwritten_by_peer)
{
    number(read)(peers_number(), items);
    does(ACT(DROP_NUMBER_WRITER), 0);
}

PROBE(future_drop_writing)
{
    uint32_t writer;
    number(new)(&writer);
    number(write)(writer, items);
    number(drop_writable)(writer);
}

PROBE(future_drop_after_cancelled_write)
{
    uint32_t writer;
    number(new)(&writer);
    TELL(number(write)(writer, items));
    TELL(number(cancel_write)(writer));
    number(drop_writable)(writer);
}

PROBE(future_drop_after_vain_write)
{
    uint32_t writer, reader = number(new)(&writer);
    number(drop_readable)(reader);
    TELL(number(write)(writer, items));
    number(drop_writable)(writer);
}

PROBE(future_to_itself)
{
    uint32_t writer, reader = number(new)(&writer), value = 42;
    TELL(number(write)(writer, &value));
    TELL(number(read)(reader, items));
    TELL(items[0]);
    join(writer);
    wait_event();
}

PROBE(future_read_twice)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    does(ACT(WRITE_NUMBER), 0);
    join(reader);
    wait_event();
    number(read)(reader, items);
}

PROBE(future_read_twice_at_once)
{
    uint32_t reader = peers_number();
    does(ACT(WRITE_NUMBER), 0);
    TELL(number(read)(reader, items));
    number(read)(reader, items);
}

PROBE(future_read_while_reading)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    number(read)(reader, items);
}

PROBE(future_read_after_cancel_with_value)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    join(reader);
    does(ACT(WRITE_NUMBER), 0);
    leave(reader);
    TELL(number(cancel_read)(reader));
    number(read)(reader, items);
}

PROBE(future_write_twice)
{
    uint32_t writer = number_to_peer();
    TELL(number(write)(writer, items));
    does(ACT(READ_NUMBER), 0);
    join(writer);
    wait_event();
    number(write)(writer, items);
}

PROBE(future_write_twice_in_vain)
{
    uint32_t writer = number_to_peer();
    does(ACT(DROP_NUMBER_READER), 0);
    TELL(number(write)(writer, items));
    number(write)(writer, items);
}

PROBE(future_cancel_idle)
{
    number(cancel_read)(peers_number());
}

PROBE(future_cancel_write_idle)
{
    number(cancel_write)(number_to_peer());
}

PROBE(future_cancel_with_value)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    does(ACT(WRITE_NUMBER), 0);
    TELL(number(cancel_read)(reader));
    number(drop_readable)(reader);
}

PROBE(future_cancel_then_read)
{
    uint32_t reader = peers_number();
    number(read)(reader, items);
    TELL(number(cancel_read)(reader));
    TELL(number(read)(reader, items));
    does(ACT(WRITE_NUMBER), 0);
    join(reader);
    wait_event();
}

PROBE(future_cancel_write_that_was_read)
{
    uint32_t writer = number_to_peer();
    number(write)(writer, items);
    does(ACT(READ_NUMBER), 0);
    TELL(number(cancel_write)(writer));
    number(drop_writable)(writer);
}

PROBE(future_cancel_write_that_was_dropped)
{
    uint32_t writer = number_to_peer();
    number(write)(writer, items);
    does(ACT(DROP_NUMBER_READER), 0);
    TELL(number(cancel_write)(writer));
    number(drop_writable)(writer);
}

PROBE(future_dropped_while_writing)
{
    uint32_t writer = number_to_peer();
    number(write)(writer, items);
    does(ACT(DROP_NUMBER_READER), 0);
    join(writer);
    wait_event();
    number(drop_writable)(writer);
}

PROBE(future_written_first)
{
    uint32_t reader = peers_number();
    join(reader);
    does(ACT(WRITE_NUMBER), 0);
    poll_event();
    TELL(number(read)(reader, items));
}

PROBE(future_read_out_of_bounds)
{
    number(read)(peers_number(), (uint32_t *)0xfffffffe);
}

IMPORT("$root", "[future-new-unit]") uint64_t unit_future_new(void);

PROBE(future_of_nothing)
{
    TELL(unit_future_new() != 0);
}
