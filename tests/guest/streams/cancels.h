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
    start_read(self, 5);
    EXPECT(reading(self), true);
    EXPECT(peer_write(5), COMPLETED(5));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(5));
    start_read(self, 5);
    stop_read(self);
    EXPECT(received(self), CANCELLED(0));
    start_read(self, 5);
    EXPECT(peer_write(3), COMPLETED(3));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(3));
    END_CASE;
}

CASE(stop_read_after_some)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    stop_read(self);
    EXPECT(received(self), CANCELLED(2));
    start_read(self, 5);
    EXPECT(reading(self), true);
    EXPECT(peer_write(5), COMPLETED(5));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(5));
    END_CASE;
}

CASE(stop_read_after_all)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 2);
    EXPECT(peer_write(2), COMPLETED(2));
    stop_read(self);
    EXPECT(received(self), CANCELLED(2));
    EXPECT(peer_write(1), PENDING);
    start_read(self, 5);
    EXPECT(received(self), COMPLETED(1));
    AWAIT_CALL();
    EXPECT(self->result, COMPLETED(1));
    END_CASE;
}

CASE(stop_read_gone)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    weft_streams_peer_close_writer();
    stop_read(self);
    EXPECT(received(self), DROPPED(0));
    close_reader(self);

    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    weft_streams_peer_close_writer();
    stop_read(self);
    EXPECT(received(self), DROPPED(2));
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

    start_write(self, 5);
    EXPECT(writing(self), true);
    EXPECT(peer_read(5), COMPLETED(5));
    AWAIT_WRITE();
    EXPECT(sent(self), COMPLETED(5));
    start_write(self, 5);
    stop_write(self);
    EXPECT(sent(self), CANCELLED(0));
    start_write(self, 5);
    EXPECT(peer_read(3), COMPLETED(3));
    AWAIT_WRITE();
    EXPECT(sent(self), COMPLETED(3));
    END_CASE;
}

CASE(stop_write_after_some)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    stop_write(self);
    EXPECT(sent(self), CANCELLED(2));
    start_write(self, 5);
    EXPECT(writing(self), true);
    EXPECT(peer_read(5), COMPLETED(5));
    AWAIT_WRITE();
    EXPECT(sent(self), COMPLETED(5));
    END_CASE;
}

CASE(stop_write_after_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 2);
    EXPECT(peer_read(2), COMPLETED(2));
    stop_write(self);
    EXPECT(sent(self), CANCELLED(2));
    EXPECT(peer_read(1), PENDING);
    start_write(self, 5);
    EXPECT(sent(self), COMPLETED(1));
    AWAIT_CALL();
    EXPECT(self->result, COMPLETED(1));
    END_CASE;
}

CASE(stop_write_gone)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    weft_streams_peer_close_reader();
    stop_write(self);
    EXPECT(sent(self), DROPPED(0));
    close_writer(self);

    open_writer(self);
    start_write(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    weft_streams_peer_close_reader();
    stop_write(self);
    EXPECT(sent(self), DROPPED(2));
    END_CASE;
}

// Half-way, once with the first part known here and once not; the count tells where to go on.
CASE(stop_write_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write_all(self, 10);
    stop_write(self);
    EXPECT(sent(self), CANCELLED(0));
    start_write_all(self, 10);
    EXPECT(peer_read(4), COMPLETED(4));
    stop_write(self);
    EXPECT(sent(self), CANCELLED(4));

    EXPECT(peer_read(4), PENDING);
    start_write_all(self, 10);
    AWAIT_CALL();
    EXPECT(self->result, COMPLETED(4));
    EXPECT(peer_read(2), COMPLETED(2));
    stop_write(self);
    EXPECT(sent(self), CANCELLED(6));

    start_write_all(self, 4);
    EXPECT(peer_read(4), COMPLETED(4));
    stop_write(self);
    EXPECT(sent(self), CANCELLED(4));

    start_write_all(self, 10);
    EXPECT(peer_read(4), COMPLETED(4));
    weft_streams_peer_close_reader();
    stop_write(self);
    EXPECT(sent(self), DROPPED(4));
    END_CASE;
}

// The peer's task is cancelled while it waits for its copy.

CASE(cancel_peer_write)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(5), PENDING);
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), CANCELLED(0));

    EXPECT(peer_write(5), PENDING);
    start_read(self, 2);
    EXPECT(received(self), COMPLETED(2));
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), CANCELLED(2));

    start_read(self, 5);
    EXPECT(reading(self), true);
    EXPECT(peer_write(5), COMPLETED(5));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(5));
    END_CASE;
}

CASE(cancel_peer_write_gone)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(5), PENDING);
    start_read(self, 2);
    EXPECT(received(self), COMPLETED(2));
    close_reader(self);
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), DROPPED(2));
    EXPECT(peer_write(5), DROPPED(0));
    END_CASE;
}

CASE(cancel_peer_write_all)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write_all(10), PENDING);
    start_read(self, 2);
    EXPECT(received(self), COMPLETED(2));
    AWAIT_LATER();
    start_read(self, 3);
    EXPECT(received(self), COMPLETED(3));
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), CANCELLED(5));

    start_read(self, 5);
    EXPECT(reading(self), true);
    EXPECT(peer_write_all(5), COMPLETED(5));
    AWAIT_READ();
    EXPECT(received(self), COMPLETED(5));
    END_CASE;
}

CASE(cancel_peer_read)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(5), PENDING);
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), CANCELLED(0));

    EXPECT(peer_read(5), PENDING);
    start_write(self, 2);
    EXPECT(sent(self), COMPLETED(2));
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), CANCELLED(2));

    start_write(self, 5);
    EXPECT(writing(self), true);
    EXPECT(peer_read(5), COMPLETED(5));
    AWAIT_WRITE();
    EXPECT(sent(self), COMPLETED(5));
    END_CASE;
}

CASE(cancel_peer_read_gone)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(5), PENDING);
    start_write(self, 2);
    EXPECT(sent(self), COMPLETED(2));
    close_writer(self);
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_streams_peer_cancelled_with(), DROPPED(2));
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
