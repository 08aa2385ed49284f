// Streams: reads, writes, cancels and drops, by one component and between two.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

// ---- Ends that are busy or done ----

PROBE(stream_drop_reading)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    numbers(drop_readable)(reader);
}

PROBE(stream_drop_reading_in_set)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    numbers(drop_readable)(reader);
}

PROBE(stream_drop_read_undelivered)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    does(ACT(WRITE), 2);
    join(reader);
    numbers(drop_readable)(reader);
}

PROBE(stream_drop_writing)
{
    uint32_t writer;
    numbers(new)(&writer);
    numbers(write)(writer, items, 4);
    numbers(drop_writable)(writer);
}

PROBE(stream_drop_write_undelivered)
{
    uint32_t writer = numbers_to_peer();
    TELL(numbers(write)(writer, items, 4));
    TELL(does(ACT(READ), 2));
    numbers(drop_writable)(writer);
}

PROBE(stream_read_twice)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    numbers(read)(reader, items + 8, 4);
}

PROBE(stream_read_before_delivery)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    does(ACT(WRITE), 4);
    numbers(read)(reader, items, 4);
}

PROBE(stream_read_after_dropped)
{
    uint32_t reader = peers_numbers();
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(read)(reader, items, 4));
    numbers(read)(reader, items, 4);
}

PROBE(stream_read_after_dropped_event)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    does(ACT(DROP_WRITER), 0);
    join(reader);
    wait_event();
    numbers(read)(reader, items, 4);
}

PROBE(stream_read_after_dropped_with_items)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    does(ACT(WRITE), 2);
    does(ACT(DROP_WRITER), 0);
    poll_event();
    numbers(read)(reader, items, 4);
}

PROBE(stream_write_after_dropped)
{
    uint32_t writer, reader = numbers(new)(&writer);
    numbers(drop_readable)(reader);
    TELL(numbers(write)(writer, items, 3));
    numbers(write)(writer, items, 3);
}

PROBE(stream_drop_after_dropped)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    does(ACT(WRITE), 2);
    does(ACT(DROP_WRITER), 0);
    wait_event();
    leave(reader);
    numbers(drop_readable)(reader);
}

PROBE(stream_read_none_after_dropped)
{
    uint32_t reader = peers_numbers();
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(read)(reader, items, 0));
}

// ---- Buffers ----

static uint32_t *odd(void)
{
    return (uint32_t *)((uintptr_t)items + 1);
}

PROBE(stream_read_misaligned)
{
    uint32_t reader = peers_numbers();
    TELL(numbers(read)(reader, odd(), 4));
    does(ACT(WRITE), 2);
}

PROBE(stream_read_misaligned_in_vain)
{
    TELL(numbers(read)(peers_numbers(), odd(), 4));
}

PROBE(stream_read_misaligned_of_written)
{
    uint32_t reader = peers_numbers();
    does(ACT(WRITE), 4);
    numbers(read)(reader, odd(), 4);
}

PROBE(stream_write_misaligned)
{
    uint32_t writer = numbers_to_peer();
    TELL(numbers(write)(writer, odd(), 4));
    does(ACT(READ), 2);
}

PROBE(stream_read_out_of_bounds)
{
    numbers(read)(peers_numbers(), (uint32_t *)0xfffffff0, 4);
}

PROBE(stream_write_out_of_bounds)
{
    numbers(write)(numbers_to_peer(), (uint32_t *)0xfffffff0, 4);
}

PROBE(stream_read_none_out_of_bounds)
{
    uint32_t reader = peers_numbers();
    TELL(numbers(read)(reader, (uint32_t *)0xfffffff0, 0));
}

PROBE(stream_read_too_many)
{
    numbers(read)(peers_numbers(), items, 1u << 28);
}

PROBE(stream_write_too_many)
{
    numbers(write)(numbers_to_peer(), items, 1u << 28);
}

// ---- Both ends in one component ----

PROBE(stream_of_bytes_to_itself)
{
    uint32_t writer, reader = bytes(new)(&writer);
    TELL(bytes(read)(reader, (uint8_t *)items, 8));
    TELL(bytes(write)(writer, (const uint8_t *)"abc", 3));
    join(reader);
    wait_event();
    TELL(items[0]);
}

PROBE(stream_of_texts_to_itself)
{
    runner_string_t text = {(uint8_t *)"hi", 2}, copy;
    uint32_t writer, reader = texts(new)(&writer);
    TELL(texts(write)(writer, &text, 1));
    texts(read)(reader, &copy, 1);
}

PROBE(stream_dropped_by_itself)
{
    uint32_t writer, reader = bytes(new)(&writer);
    TELL(bytes(write)(writer, (const uint8_t *)"abc", 3));
    join(writer);
    bytes(drop_readable)(reader);
    wait_event();
    bytes(drop_writable)(writer);
}

IMPORT("$root", "[stream-new-unit]") uint64_t unit_new(void);
IMPORT("$root", "[async-lower][stream-read-unit]") uint32_t unit_read(uint32_t, void *, uint32_t);
IMPORT("$root", "[async-lower][stream-write-unit]") uint32_t unit_write(uint32_t, void *, uint32_t);

PROBE(stream_of_nothing)
{
    uint64_t ends = unit_new();
    uint32_t reader = (uint32_t)ends, writer = (uint32_t)(ends >> 32);
    TELL(unit_read(reader, NULL, 1));
    TELL(unit_write(writer, NULL, 1));
    join(reader);
    wait_event();
    TELL(unit_read(reader, NULL, 1));
}

// ---- How much is copied ----

PROBE(stream_read_less_and_dropped)
{
    uint32_t reader = peers_numbers();
    TELL(numbers(read)(reader, items, 10));
    does(ACT(WRITE), 4);
    does(ACT(DROP_WRITER), 0);
    join(reader);
    wait_event();
}

PROBE(stream_read_gathers_two_writes)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 10);
    does(ACT(WRITE), 4);
    does(ACT(WRITE), 3);
    join(reader);
    wait_event();
    TELL(items[4]);
}

PROBE(stream_read_full_holds_the_next)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    does(ACT(WRITE), 4);
    TELL(does(ACT(WRITE), 4));
    wait_event();
}

PROBE(stream_write_in_parts)
{
    uint32_t reader = peers_numbers();
    TELL(does(ACT(WRITE), 8));
    TELL(numbers(read)(reader, items, 3));
    TELL(numbers(read)(reader, items, 3));
    TELL(items[0]);
    TELL(does(ACT(POLL_WRITER), 0));
    TELL(numbers(read)(reader, items, 3));
    tell_log();
}

PROBE(stream_write_in_part_cancelled)
{
    uint32_t reader = peers_numbers();
    does(ACT(WRITE), 8);
    numbers(read)(reader, items, 3);
    TELL(does(ACT(CANCEL_WRITE), 0));
}

PROBE(stream_write_in_part_dropped)
{
    uint32_t reader = peers_numbers();
    does(ACT(WRITE), 8);
    numbers(read)(reader, items, 3);
    numbers(drop_readable)(reader);
    TELL(does(ACT(POLL_WRITER), 0));
}

PROBE(stream_read_none)
{
    uint32_t reader = peers_numbers();
    TELL(numbers(read)(reader, items, 0));
    TELL(does(ACT(WRITE), 5));
    join(reader);
    wait_event();
    TELL(numbers(read)(reader, items, 0));
    TELL(numbers(read)(reader, items, 2));
}

PROBE(stream_write_none_read_none)
{
    uint32_t reader = peers_numbers();
    TELL(does(ACT(WRITE), 0));
    TELL(numbers(read)(reader, items, 0));
    TELL(does(ACT(POLL_WRITER), 0));
    tell_log();
}

PROBE(stream_written_first)
{
    uint32_t reader = peers_numbers();
    join(reader);
    TELL(does(ACT(WRITE), 3));
    poll_event();
    TELL(numbers(read)(reader, items, 4));
}

PROBE(stream_write_read_in_part_by_peer)
{
    uint32_t writer = numbers_to_peer();
    TELL(numbers(write)(writer, items, 4));
    does(ACT(READ), 2);
    does(ACT(DROP_READER), 0);
    join(writer);
    wait_event();
}

PROBE(stream_write_dropped_by_peer)
{
    uint32_t writer = numbers_to_peer();
    TELL(numbers(write)(writer, items, 4));
    does(ACT(DROP_READER), 0);
    join(writer);
    wait_event();
    numbers(drop_writable)(writer);
}

ANSWER(stream_end_with_read_in_flight)
{
    uint64_t ends = unit_new();
    unit_read((uint32_t)ends, NULL, 1);
    join((uint32_t)ends);
    exports_runner_run_return((runner_string_t){0});
    return RUNNER_CALLBACK_CODE_EXIT;
}

PROBE(stream_polled_with_event)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    does(ACT(WRITE), 1);
    poll_event();
}

PROBE(stream_polled_then_dropped)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    does(ACT(WRITE), 2);
    poll_event();
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(read)(reader, items, 4));
}

// ---- Cancels ----

PROBE(stream_cancel_idle)
{
    numbers(cancel_read)(peers_numbers());
}

PROBE(stream_cancel_write_idle)
{
    numbers(cancel_write)(numbers_to_peer());
}

PROBE(stream_cancel_in_set)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    join(reader);
    TELL(numbers(cancel_read)(reader));
}

PROBE(stream_cancel_write_in_set)
{
    uint32_t writer = numbers_to_peer();
    join(writer);
    TELL(numbers(write)(writer, items, 4));
    numbers(cancel_write)(writer);
}

PROBE(stream_cancel_with_items)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 10);
    does(ACT(WRITE), 4);
    TELL(numbers(cancel_read)(reader));
}

PROBE(stream_cancel_with_items_and_dropped)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 10);
    does(ACT(WRITE), 4);
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(cancel_read)(reader));
}

PROBE(stream_cancel_dropped_then_read)
{
    uint32_t reader = peers_numbers();
    numbers(read)(reader, items, 4);
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(cancel_read)(reader));
    TELL(numbers(read)(reader, items, 4));
}

PROBE(stream_cancel_write_with_items)
{
    uint32_t writer = numbers_to_peer();
    TELL(numbers(write)(writer, items, 4));
    TELL(does(ACT(READ), 2));
    TELL(numbers(cancel_write)(writer));
    numbers(drop_writable)(writer);
}

PROBE(stream_cancel_write_with_items_and_dropped)
{
    uint32_t writer = numbers_to_peer();
    numbers(write)(writer, items, 4);
    does(ACT(READ), 2);
    does(ACT(DROP_READER), 0);
    TELL(numbers(cancel_write)(writer));
}

PROBE(stream_async_cancel_in_set)
{
    uint32_t reader = peers_numbers();
    join(reader);
    numbers(read)(reader, items, 4);
    TELL(cancel_read_async(reader));
    TELL(numbers(read)(reader, items, 4));
    does(ACT(WRITE), 3);
    wait_event();
    numbers(read)(reader, items, 4);
    does(ACT(WRITE), 2);
    TELL(cancel_read_async(reader));
    poll_event();
    does(ACT(DROP_WRITER), 0);
    TELL(numbers(read)(reader, items, 4));
    numbers(drop_readable)(reader);
    runner_waitable_set_drop(the_set());
}

PROBE(stream_async_cancel_write_in_set)
{
    uint32_t writer = numbers_to_peer();
    join(writer);
    numbers(write)(writer, items, 4);
    does(ACT(READ), 2);
    TELL(cancel_write_async(writer));
    poll_event();
}
