// Cancels of copies, here and in the peer, in the words of tests.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// This side cancels.

CASE(stop_reading)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    stop_read(self);
    EXPECT(reading(self), false);
    EXPECT(received(self), CANCELLED(0));

    // Untouched by that: twice more, the first time by event, so that Weft's end is in its set.
    READ_BY_EVENT(5, 5, COMPLETED(5));
    start_read(self, 5);
    READ_STOPS(CANCELLED(0));
    READ_BY_EVENT(5, 3, COMPLETED(3));
    END_CASE;
}

CASE(stop_read_after_some)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    READ_STOPS(CANCELLED(2));
    READ_BY_EVENT(5, 5, COMPLETED(5));
    END_CASE;
}

CASE(stop_read_after_all)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 2);
    EXPECT(peer_write(2), COMPLETED(2));
    READ_STOPS(CANCELLED(2));
    READ_AT_ONCE(5, 1, COMPLETED(1));
    END_CASE;
}

CASE(stop_read_gone)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    weft_streams_peer_close_writer();
    READ_STOPS(DROPPED(0));
    close_reader(self);

    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    weft_streams_peer_close_writer();
    READ_STOPS(DROPPED(2));
    END_CASE;
}

CASE(stop_writing)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    stop_write(self);
    EXPECT(writing(self), false);
    EXPECT(sent(self), CANCELLED(0));

    WRITE_BY_EVENT(5, 5, COMPLETED(5));
    start_write(self, 5);
    WRITE_STOPS(CANCELLED(0));
    WRITE_BY_EVENT(5, 3, COMPLETED(3));
    END_CASE;
}

CASE(stop_write_after_some)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    WRITE_STOPS(CANCELLED(2));
    WRITE_BY_EVENT(5, 5, COMPLETED(5));
    END_CASE;
}

CASE(stop_write_after_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 2);
    EXPECT(peer_read(2), COMPLETED(2));
    WRITE_STOPS(CANCELLED(2));
    WRITE_AT_ONCE(5, 1, COMPLETED(1));
    END_CASE;
}

CASE(stop_write_gone)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    weft_streams_peer_close_reader();
    WRITE_STOPS(DROPPED(0));
    close_writer(self);

    open_writer(self);
    start_write(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    weft_streams_peer_close_reader();
    WRITE_STOPS(DROPPED(2));
    END_CASE;
}

// Half-way, once with the first part known here and once not; the count tells where to go on.
CASE(stop_write_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write_all(self, 10);
    WRITE_STOPS(CANCELLED(0));
    start_write_all(self, 10);
    EXPECT(peer_read(4), COMPLETED(4));
    WRITE_STOPS(CANCELLED(4));

    EXPECT(peer_read(4), PENDING);
    start_write_all(self, 10);
    ANSWERS(COMPLETED(4));
    EXPECT(peer_read(2), COMPLETED(2));
    WRITE_STOPS(CANCELLED(6));

    start_write_all(self, 4);
    EXPECT(peer_read(4), COMPLETED(4));
    WRITE_STOPS(CANCELLED(4));

    start_write_all(self, 10);
    EXPECT(peer_read(4), COMPLETED(4));
    weft_streams_peer_close_reader();
    WRITE_STOPS(DROPPED(4));
    END_CASE;
}

// The peer's task is cancelled while it waits for its copy.

CASE(cancel_peer_write)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(5), PENDING);
    PEER_STOPS(CANCELLED(0));

    EXPECT(peer_write(5), PENDING);
    READS(2, COMPLETED(2));
    PEER_STOPS(CANCELLED(2));

    READ_BY_EVENT(5, 5, COMPLETED(5));
    END_CASE;
}

CASE(cancel_peer_write_gone)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(5), PENDING);
    READS(2, COMPLETED(2));
    close_reader(self);
    PEER_STOPS(DROPPED(2));
    EXPECT(peer_write(5), DROPPED(0));
    END_CASE;
}

CASE(cancel_peer_write_all)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write_all(10), PENDING);
    READS(2, COMPLETED(2));
    AWAIT_LATER();
    READS(3, COMPLETED(3));
    PEER_STOPS(CANCELLED(5));

    start_read(self, 5);
    EXPECT(reading(self), true);
    EXPECT(peer_write_all(5), COMPLETED(5));
    READ_ENDS(COMPLETED(5));
    END_CASE;
}

CASE(cancel_peer_read)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(5), PENDING);
    PEER_STOPS(CANCELLED(0));

    EXPECT(peer_read(5), PENDING);
    WRITES(2, COMPLETED(2));
    PEER_STOPS(CANCELLED(2));

    WRITE_BY_EVENT(5, 5, COMPLETED(5));
    END_CASE;
}

CASE(cancel_peer_read_gone)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(5), PENDING);
    WRITES(2, COMPLETED(2));
    close_writer(self);
    PEER_STOPS(DROPPED(2));
    EXPECT(peer_read(5), DROPPED(0));
    END_CASE;
}

#define CANCEL_TESTS                                                                                           \
    TEST(stop_reading)                                                                                         \
    TEST(stop_read_after_some)                                                                                 \
    TEST(stop_read_after_all)                                                                                  \
    TEST(stop_read_gone)                                                                                       \
    TEST(stop_writing)                                                                                         \
    TEST(stop_write_after_some)                                                                                \
    TEST(stop_write_after_all)                                                                                 \
    TEST(stop_write_gone)                                                                                      \
    TEST(stop_write_all)                                                                                       \
    TEST(cancel_peer_write)                                                                                    \
    TEST(cancel_peer_write_gone)                                                                               \
    TEST(cancel_peer_write_all)                                                                                \
    TEST(cancel_peer_read)                                                                                     \
    TEST(cancel_peer_read_gone)
