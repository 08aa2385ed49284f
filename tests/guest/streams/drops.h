// Drops of either end at each moment, and what the other end learns, in the words of tests.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The peer drops its writer, at each moment.

CASE(writer_gone_before)
{
    BEGIN_CASE;
    open_reader(self);
    weft_streams_peer_close_writer();
    READS(5, DROPPED(0));
    END_CASE;
}

CASE(writer_gone_in_flight)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    weft_streams_peer_close_writer();
    READ_ENDS(DROPPED(0));
    END_CASE;
}

CASE(writer_gone_between)
{
    BEGIN_CASE;
    open_reader(self);
    READ_BY_EVENT(2, 2, COMPLETED(2));
    weft_streams_peer_close_writer();
    READS(5, DROPPED(0));
    END_CASE;
}

CASE(writer_gone_after_some)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    weft_streams_peer_close_writer();
    READ_ENDS(DROPPED(2));
    END_CASE;
}

// All that was asked for has come, but is not known here yet.
CASE(writer_gone_after_all)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 2);
    EXPECT(peer_write(2), COMPLETED(2));
    weft_streams_peer_close_writer();
    READ_ENDS(DROPPED(2));
    END_CASE;
}

// The peer's own write is in flight, untouched.
CASE(writer_gone_while_it_writes)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_write_and_close(5, &self->result)), 0);
    READS(5, DROPPED(0));
    END_CASE;
}

// The peer drops its reader, at each moment.

CASE(reader_gone_before)
{
    BEGIN_CASE;
    open_writer(self);
    weft_streams_peer_close_reader();
    WRITES(5, DROPPED(0));
    END_CASE;
}

CASE(reader_gone_in_flight)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(0));
    END_CASE;
}

CASE(reader_gone_between)
{
    BEGIN_CASE;
    open_writer(self);
    WRITE_BY_EVENT(2, 2, COMPLETED(2));
    weft_streams_peer_close_reader();
    WRITES(5, DROPPED(0));
    END_CASE;
}

CASE(reader_gone_after_some)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(2));
    END_CASE;
}

CASE(reader_gone_after_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 2);
    EXPECT(peer_read(2), COMPLETED(2));
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(2));
    END_CASE;
}

CASE(reader_gone_while_it_reads)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(call(self, weft_streams_peer_read_and_close(5, &self->result)), 0);
    WRITES(5, DROPPED(0));
    END_CASE;
}

CASE(reader_gone_in_write_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write_all(self, 10);
    EXPECT(peer_read(4), COMPLETED(4));
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(4));

    // The last of it.
    open_writer(self);
    start_write_all(self, 10);
    EXPECT(peer_read(10), COMPLETED(10));
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(10));
    END_CASE;
}

// The same, with the first part known here before.
CASE(reader_gone_later_in_write_all)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(4), PENDING);
    start_write_all(self, 10);
    ANSWERS(COMPLETED(4));
    EXPECT(peer_read(3), COMPLETED(3));
    AWAIT_LATER();
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(7));
    END_CASE;
}

// This side drops its reader; the peer's writer learns of it, and remembers.

CASE(close_reader_before)
{
    BEGIN_CASE;
    open_reader(self);
    close_reader(self);
    EXPECT(peer_write(5), DROPPED(0));
    EXPECT(peer_write(5), DROPPED(0));
    EXPECT(peer_write_all(5), DROPPED(0));
    END_CASE;
}

CASE(close_reader_in_flight)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(5), PENDING);
    close_reader(self);
    ANSWERS(DROPPED(0));
    EXPECT(peer_write(5), DROPPED(0));
    END_CASE;
}

CASE(close_reader_between)
{
    BEGIN_CASE;
    open_reader(self);
    READ_AT_ONCE(5, 5, COMPLETED(5));
    close_reader(self);
    EXPECT(peer_write(5), DROPPED(0));
    END_CASE;
}

CASE(close_reader_after_some)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(5), PENDING);
    READS(2, COMPLETED(2));
    close_reader(self);
    ANSWERS(DROPPED(2));
    EXPECT(peer_write_all(5), DROPPED(0));
    END_CASE;
}

CASE(close_reader_in_write_all)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write_all(10), PENDING);
    READS(3, COMPLETED(3));
    AWAIT_LATER();
    READS(3, COMPLETED(3));
    close_reader(self);
    ANSWERS(DROPPED(6));
    EXPECT(peer_write_all(10), DROPPED(0));
    END_CASE;
}

// This side drops its writer.

CASE(close_writer_before)
{
    BEGIN_CASE;
    open_writer(self);
    close_writer(self);
    EXPECT(peer_read(5), DROPPED(0));
    EXPECT(peer_read(5), DROPPED(0));
    END_CASE;
}

CASE(close_writer_in_flight)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(5), PENDING);
    close_writer(self);
    ANSWERS(DROPPED(0));
    EXPECT(peer_read(5), DROPPED(0));
    END_CASE;
}

CASE(close_writer_between)
{
    BEGIN_CASE;
    open_writer(self);
    WRITE_AT_ONCE(5, 5, COMPLETED(5));
    close_writer(self);
    EXPECT(peer_read(5), DROPPED(0));
    END_CASE;
}

CASE(close_writer_after_some)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(5), PENDING);
    WRITES(2, COMPLETED(2));
    close_writer(self);
    ANSWERS(DROPPED(2));
    EXPECT(peer_read(5), DROPPED(0));
    END_CASE;
}

// This side drops an end with its own operation in flight, untouched or not.

CASE(close_reading)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    EXPECT(reading(self), true);
    close_reader(self);
    EXPECT(peer_write(5), DROPPED(0));

    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    close_reader(self);
    EXPECT(peer_write(5), DROPPED(0));
    END_CASE;
}

CASE(close_writing)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    EXPECT(writing(self), true);
    close_writer(self);
    EXPECT(peer_read(5), DROPPED(0));

    open_writer(self);
    start_write_all(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    close_writer(self);
    EXPECT(peer_read(5), DROPPED(0));
    END_CASE;
}

// An end that is idle in its task's set while the task waits for something else: wasmtime tells the task that
// the other end went, for nothing.

CASE(idle_reader)
{
    BEGIN_CASE;
    open_reader(self);
    READ_BY_EVENT(3, 3, COMPLETED(3));
    weft_streams_peer_close_writer();
    AWAIT_LATER();
    EXPECT(reading(self), false);
    READS(3, DROPPED(0));
    AWAIT_LATER();
    END_CASE;
}

CASE(idle_writer)
{
    BEGIN_CASE;
    open_writer(self);
    WRITE_BY_EVENT(3, 3, COMPLETED(3));
    weft_streams_peer_close_reader();
    AWAIT_LATER();
    EXPECT(writing(self), false);
    WRITES(3, DROPPED(0));
    AWAIT_LATER();
    END_CASE;
}

CASE(peer_idle_reader)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(call(self, weft_streams_peer_read_gated(3, open_gate(self), &self->result)), PENDING);
    WRITES(3, COMPLETED(3));
    AWAIT_LATER();
    close_writer(self);
    AWAIT_LATER();
    EXPECT(pass_gate(self), COMPLETED(1));
    ANSWERS(DROPPED(0));
    END_CASE;
}

CASE(peer_idle_writer)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_write_gated(3, open_gate(self), &self->result)), PENDING);
    READS(3, COMPLETED(3));
    AWAIT_LATER();
    close_reader(self);
    AWAIT_LATER();
    EXPECT(pass_gate(self), COMPLETED(1));
    ANSWERS(DROPPED(0));
    END_CASE;
}

#define DROP_TESTS                                                                                             \
    TEST(writer_gone_before)                                                                                   \
    TEST(writer_gone_in_flight)                                                                                \
    TEST(writer_gone_between)                                                                                  \
    TEST(writer_gone_after_some)                                                                               \
    TEST(writer_gone_after_all)                                                                                \
    TEST(writer_gone_while_it_writes)                                                                          \
    TEST(reader_gone_before)                                                                                   \
    TEST(reader_gone_in_flight)                                                                                \
    TEST(reader_gone_between)                                                                                  \
    TEST(reader_gone_after_some)                                                                               \
    TEST(reader_gone_after_all)                                                                                \
    TEST(reader_gone_while_it_reads)                                                                           \
    TEST(reader_gone_in_write_all)                                                                             \
    TEST(reader_gone_later_in_write_all)                                                                       \
    TEST(close_reader_before)                                                                                  \
    TEST(close_reader_in_flight)                                                                               \
    TEST(close_reader_between)                                                                                 \
    TEST(close_reader_after_some)                                                                              \
    TEST(close_reader_in_write_all)                                                                            \
    TEST(close_writer_before)                                                                                  \
    TEST(close_writer_in_flight)                                                                               \
    TEST(close_writer_between)                                                                                 \
    TEST(close_writer_after_some)                                                                              \
    TEST(close_reading)                                                                                        \
    TEST(close_writing)                                                                                        \
    TEST(idle_reader)                                                                                          \
    TEST(idle_writer)                                                                                          \
    TEST(peer_idle_reader)                                                                                     \
    TEST(peer_idle_writer)
