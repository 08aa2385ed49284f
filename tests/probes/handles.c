// Handles of the wrong kind, of another type, or of nothing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "probe.h"

PROBE(unknown_subtask_dropped)
{
    runner_subtask_drop(55);
}

PROBE(unknown_subtask_cancelled)
{
    runner_subtask_cancel(55);
}

PROBE(stale_reader_read)
{
    uint32_t reader = peers_numbers();
    numbers(drop_readable)(reader);
    numbers(read)(reader, items, 4);
}

PROBE(set_as_subtask)
{
    runner_subtask_drop(the_set());
}

PROBE(set_cancelled_as_subtask)
{
    runner_subtask_cancel(the_set());
}

PROBE(set_as_stream)
{
    numbers(drop_readable)(the_set());
}

PROBE(set_read)
{
    numbers(read)(the_set(), items, 4);
}

PROBE(set_as_future)
{
    number(drop_writable)(the_set());
}

PROBE(stream_read_as_future)
{
    number(read)(peers_numbers(), items);
}

PROBE(future_read_as_stream)
{
    numbers(read)(peers_number(), items, 1);
}

PROBE(stream_cancelled_as_another_type)
{
    uint32_t writer, reader = bytes(new)(&writer);
    bytes(write)(writer, (const uint8_t *)"abc", 3);
    cancel_read_async(reader);
}

PROBE(stream_dropped_as_another_type)
{
    uint32_t writer, reader = bytes(new)(&writer);
    numbers(drop_readable)(reader);
}

PROBE(writer_read)
{
    uint32_t writer;
    numbers(new)(&writer);
    numbers(read)(writer, items, 1);
}

PROBE(reader_written)
{
    uint32_t writer, reader = numbers(new)(&writer);
    numbers(write)(reader, items, 1);
}

PROBE(writer_dropped_as_reader)
{
    uint32_t writer;
    numbers(new)(&writer);
    numbers(drop_readable)(writer);
}

PROBE(reader_dropped_as_writer)
{
    uint32_t writer, reader = numbers(new)(&writer);
    numbers(drop_writable)(reader);
}

PROBE(writer_cancelled_as_reader)
{
    uint32_t writer;
    numbers(new)(&writer);
    numbers(cancel_read)(writer);
}

PROBE(reader_cancelled_as_writer)
{
    uint32_t writer, reader = numbers(new)(&writer);
    numbers(cancel_write)(reader);
}

PROBE(future_writer_read)
{
    uint32_t writer;
    number(new)(&writer);
    number(read)(writer, items);
}

PROBE(future_reader_written)
{
    uint32_t writer, reader = number(new)(&writer);
    number(write)(reader, items);
}

PROBE(future_writer_dropped_as_reader)
{
    uint32_t writer;
    number(new)(&writer);
    number(drop_readable)(writer);
}

PROBE(future_reader_dropped_as_writer)
{
    uint32_t writer, reader = number(new)(&writer);
    number(drop_writable)(reader);
}

PROBE(future_reader_cancelled_as_writer)
{
    uint32_t writer, reader = number(new)(&writer);
    number(cancel_write)(reader);
}

PROBE(handles_used_up)
{
    for (uint32_t i = 0; i < 100001; i++)
        runner_waitable_set_new();
}

// What both components have counts, and the calls in flight, too.
PROBE(handles_of_both_used_up)
{
    for (uint32_t i = 0; i < 50001; i++)
        peers_numbers();
}

PROBE(handles_used_up_by_calls)
{
    for (uint32_t i = 0; i < 50001; i++)
        peer(later)(1u << 30, &result);
}

PROBE(handles_reused)
{
    for (uint32_t i = 0; i < 100001; i++)
        runner_waitable_set_drop(runner_waitable_set_new());
}

IMPORT("$root", "[error-context-new-utf8]") uint32_t error_context_new(const char *text, uint32_t length);
IMPORT("$root", "[error-context-debug-message-utf8]") void error_context_message(uint32_t, runner_string_t *);
IMPORT("$root", "[error-context-drop]") void error_context_drop(uint32_t);

PROBE(error_context)
{
    uint32_t error = error_context_new("boom", 4);
    error_context_message(error, &text_result);
    tell_text(text_result);
    error_context_drop(error);
}

PROBE(error_context_after_drop)
{
    uint32_t error = error_context_new("boom", 4);
    error_context_drop(error);
    error_context_message(error, &text_result);
}

PROBE(set_dropped_as_error_context)
{
    error_context_drop(the_set());
}
