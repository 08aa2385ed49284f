// The ends' tests that both runners have: transfers, ends that several tasks work, races.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// They are in the words of streams/tests.h, and these:
// - open_both(self): a new stream of which both ends are here
// - release(self): the handle of the reader, given up
// - take_back(self, handle): a reader that was released before, at its place in the stream
// - skip(self, n): items that somebody else has read
#include "../streams/steps.h"

// Both ends in one instance, which is allowed for numbers.

CASE(self_stream)
{
    BEGIN_CASE;
    open_both(self);
    start_write(self, 5);
    EXPECT(writing(self), true);
    READS(3, COMPLETED(3));
    READS(3, COMPLETED(2));
    WRITE_ENDS(COMPLETED(5));

    start_read(self, 3);
    EXPECT(reading(self), true);
    WRITES(5, COMPLETED(3));
    READ_ENDS(COMPLETED(3));

    start_read(self, 3);
    close_writer(self);
    READ_ENDS(DROPPED(0));
    END_CASE;
}

CASE(self_stream_reader_gone)
{
    BEGIN_CASE;
    open_both(self);
    start_write(self, 5);
    READS(3, COMPLETED(3));
    close_reader(self);
    WRITE_ENDS(DROPPED(3));
    END_CASE;
}

// A readable end moves on: as an argument, as a result, out of the hands of another task.

CASE(pass_fresh)
{
    BEGIN_CASE;
    open_both(self);
    EXPECT(call(self, weft_streams_peer_pass(release(self), false, &self->result)) == PENDING, false);
    take_back(self, self->result);
    start_write(self, 5);
    READS(5, COMPLETED(5));
    WRITE_ENDS(COMPLETED(5));
    END_CASE;
}

CASE(pass_and_come_back_later)
{
    BEGIN_CASE;
    open_both(self);
    EXPECT(call(self, weft_streams_peer_pass(release(self), true, &self->result)), PENDING);
    AWAIT_CALL();
    take_back(self, self->result);
    start_write(self, 5);
    READS(5, COMPLETED(5));
    WRITE_ENDS(COMPLETED(5));
    END_CASE;
}

// The writer is at work all the while.
CASE(pass_while_written)
{
    BEGIN_CASE;
    open_both(self);
    start_write_all(self, 5);
    EXPECT(call(self, weft_streams_peer_pass(release(self), false, &self->result)) == PENDING, false);
    take_back(self, self->result);
    READS(2, COMPLETED(2));
    EXPECT(call(self, weft_streams_peer_pass(release(self), true, &self->result)), PENDING);
    AWAIT_CALL();
    take_back(self, self->result);
    READS(5, COMPLETED(3));
    WRITE_ENDS(COMPLETED(5));
    END_CASE;
}

// The peer has read from it, by event: its end leaves the set of the peer's task.
CASE(pass_after_reading)
{
    BEGIN_CASE;
    open_both(self);
    EXPECT(call(self, weft_streams_peer_pass_after(release(self), 3, &self->result)), PENDING);
    WRITES(5, COMPLETED(3));
    AWAIT_CALL();
    take_back(self, self->result);
    skip(self, 3);
    start_write(self, 5);
    READS(5, COMPLETED(5));
    WRITE_ENDS(COMPLETED(5));
    END_CASE;
}

// This side has read from it by event, and has cancelled a read.
CASE(release_after_reading)
{
    BEGIN_CASE;
    open_reader(self);
    READ_BY_EVENT(3, 3, COMPLETED(3));
    EXPECT(call_other(self, weft_streams_peer_drain(release(self), 3, &self->other_result)), PENDING);
    EXPECT(peer_write(4), COMPLETED(4));
    weft_streams_peer_close_writer();
    OTHER_ANSWERS(4);

    open_reader(self);
    start_read(self, 3);
    READ_STOPS(CANCELLED(0));
    EXPECT(call_other(self, weft_streams_peer_drain(release(self), 0, &self->other_result)), PENDING);
    EXPECT(peer_write(4), COMPLETED(4));
    weft_streams_peer_close_writer();
    OTHER_ANSWERS(4);
    END_CASE;
}

// The other end has gone, but no read has said so: the end may still be moved.
CASE(release_after_the_writer_went)
{
    BEGIN_CASE;
    open_reader(self);
    READ_BY_EVENT(3, 3, COMPLETED(3));
    weft_streams_peer_close_writer();
    AWAIT_LATER();
    EXPECT(call(self, weft_streams_peer_drain(release(self), 3, &self->result)), 0);
    END_CASE;
}

// The peer's reader was last read by a task that is gone, or was cancelled.
CASE(give_after_reading)
{
    BEGIN_CASE;
    open_writer(self);
    WRITE_AT_ONCE(3, 3, COMPLETED(3));
    take_back(self, weft_streams_peer_give());
    skip(self, 3);
    start_read(self, 2);
    EXPECT(reading(self), true);
    WRITES(5, COMPLETED(2));
    READ_ENDS(COMPLETED(2));
    close_reader(self);

    open_writer(self);
    EXPECT(peer_read(3), PENDING);
    EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED);
    take_back(self, weft_streams_peer_give());
    start_write(self, 5);
    READS(5, COMPLETED(5));
    WRITE_ENDS(COMPLETED(5));
    END_CASE;
}

// An end that several tasks work in turn.

CASE(two_tasks_one_reader)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(call(self, weft_streams_peer_read_gated(3, open_gate(self), &self->result)), PENDING);
    WRITES(3, COMPLETED(3));
    AWAIT_LATER();
    EXPECT(call_other(self, weft_streams_peer_read(2, &self->other_result)), PENDING);
    WRITES(2, COMPLETED(2));
    OTHER_ANSWERS(COMPLETED(2));
    EXPECT(pass_gate(self), COMPLETED(1));
    AWAIT_LATER();
    WRITES(4, COMPLETED(3));
    ANSWERS(COMPLETED(3));
    EXPECT(call_other(self, weft_streams_peer_read(2, &self->other_result)), PENDING);
    start_write(self, 2);
    OTHER_ANSWERS(COMPLETED(2));
    END_CASE;
}

CASE(two_tasks_one_writer)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_write_gated(3, open_gate(self), &self->result)), PENDING);
    READS(3, COMPLETED(3));
    AWAIT_LATER();
    EXPECT(call_other(self, weft_streams_peer_write(2, &self->other_result)), PENDING);
    READS(2, COMPLETED(2));
    OTHER_ANSWERS(COMPLETED(2));
    EXPECT(pass_gate(self), COMPLETED(1));
    AWAIT_LATER();
    READS(4, COMPLETED(3));
    ANSWERS(COMPLETED(3));
    END_CASE;
}

// A read that one task starts and another waits for.
CASE(lent_read)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(call(self, weft_streams_peer_lend(5, open_gate(self))), PENDING);
    EXPECT(call_other(self, weft_streams_peer_await_lent(&self->other_result)), PENDING);
    WRITES(5, COMPLETED(5));
    OTHER_ANSWERS(COMPLETED(5));
    EXPECT(pass_gate(self), COMPLETED(1));
    AWAIT_CALL();
    END_CASE;
}

// The task that started it ends before it completes.
CASE(lent_read_outlives_its_task)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(call(self, weft_streams_peer_lend(5, open_gate(self))), PENDING);
    EXPECT(call_other(self, weft_streams_peer_await_lent(&self->other_result)), PENDING);
    EXPECT(pass_gate(self), COMPLETED(1));
    AWAIT_CALL();
    WRITES(2, COMPLETED(2));
    OTHER_ANSWERS(COMPLETED(2));
    END_CASE;
}

// The peer waits for the first of a read and a write.

CASE(race_read)
{
    BEGIN_CASE;
    open_writer(self);
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_race(&self->result)), PENDING);
    WRITES(2, COMPLETED(2));
    ANSWERS(COMPLETED(2) << 8 | CANCELLED(0));
    // The loser may be used again.
    READ_AT_ONCE(3, 3, COMPLETED(3));
    END_CASE;
}

CASE(race_write)
{
    BEGIN_CASE;
    open_writer(self);
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_race(&self->result)), PENDING);
    READS(2, COMPLETED(2));
    ANSWERS(1 << 16 | CANCELLED(0) << 8 | COMPLETED(2));
    WRITE_AT_ONCE(3, 3, COMPLETED(3));
    END_CASE;
}

// Both are done when the peer wakes, and it learns of one: which is the host's choice. The other loses nothing.
CASE(race_both)
{
    BEGIN_CASE;
    open_writer(self);
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_race(&self->result)), PENDING);
    start_write(self, 2);
    start_read(self, 2);
    EXPECT(sent(self), COMPLETED(2));
    EXPECT(received(self), COMPLETED(2));
    AWAIT_CALL();
    bool write = self->result >> 16;
    EXPECT(self->result & 0xff, write ? COMPLETED(2) : CANCELLED(2));
    EXPECT(self->result >> 8 & 0xff, write ? CANCELLED(2) : COMPLETED(2));
    END_CASE;
}

CASE(race_cancelled)
{
    BEGIN_CASE;
    open_writer(self);
    open_reader(self);
    EXPECT(call(self, weft_streams_peer_race(&self->result)), PENDING);
    PEER_STOPS(CANCELLED(0) << 8 | CANCELLED(0));
    EXPECT(call(self, weft_streams_peer_race(&self->result)), PENDING);
    start_write(self, 1);
    start_read(self, 2);
    EXPECT(sent(self), COMPLETED(1));
    EXPECT(received(self), COMPLETED(2));
    PEER_STOPS(CANCELLED(1) << 8 | CANCELLED(2));
    END_CASE;
}

#define END_TESTS                                                                                              \
    TEST(self_stream)                                                                                          \
    TEST(self_stream_reader_gone)                                                                              \
    TEST(pass_fresh)                                                                                           \
    TEST(pass_and_come_back_later)                                                                             \
    TEST(pass_while_written)                                                                                   \
    TEST(pass_after_reading)                                                                                   \
    TEST(release_after_reading)                                                                                \
    TEST(release_after_the_writer_went)                                                                        \
    TEST(give_after_reading)                                                                                   \
    TEST(two_tasks_one_reader)                                                                                 \
    TEST(two_tasks_one_writer)                                                                                 \
    TEST(lent_read)                                                                                            \
    TEST(lent_read_outlives_its_task)                                                                          \
    TEST(race_read)                                                                                            \
    TEST(race_write)                                                                                           \
    TEST(race_both)                                                                                            \
    TEST(race_cancelled)
