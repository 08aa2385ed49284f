// Copies that complete: both orders, all counts, write_all, length 0, in the words of tests.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Both orders of arrival, in both directions.

CASE(read_at_once)
{
    BEGIN_CASE;
    open_reader(self);
    READ_AT_ONCE(5, 5, COMPLETED(5));
    END_CASE;
}

CASE(read_by_event)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    EXPECT(reading(self), true);
    EXPECT(peer_write(5), COMPLETED(5));
    EXPECT(reading(self), true);
    READ_ENDS(COMPLETED(5));
    END_CASE;
}

CASE(write_at_once)
{
    BEGIN_CASE;
    open_writer(self);
    WRITE_AT_ONCE(5, 5, COMPLETED(5));
    END_CASE;
}

CASE(write_by_event)
{
    BEGIN_CASE;
    open_writer(self);
    WRITE_BY_EVENT(5, 5, COMPLETED(5));
    END_CASE;
}

// Every partial count: one stream through all lengths, in both orders.

CASE(read_grid)
{
    BEGIN_CASE;
    open_reader(self);
    for (self->n = 1; self->n <= 5; self->n++) {
        for (self->m = 1; self->m <= 5; self->m++) {
            READ_AT_ONCE(self->n, self->m, COMPLETED(least(self->n, self->m)));
            READ_BY_EVENT(self->n, self->m, COMPLETED(least(self->n, self->m)));
        }
    }
    END_CASE;
}

CASE(write_grid)
{
    BEGIN_CASE;
    open_writer(self);
    for (self->n = 1; self->n <= 5; self->n++) {
        for (self->m = 1; self->m <= 5; self->m++) {
            WRITE_AT_ONCE(self->n, self->m, COMPLETED(least(self->n, self->m)));
            WRITE_BY_EVENT(self->n, self->m, COMPLETED(least(self->n, self->m)));
        }
    }
    END_CASE;
}

// A copy in flight goes on until its event is delivered: several of the peer's can fill it.
CASE(read_of_several_writes)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 5);
    EXPECT(peer_write(2), COMPLETED(2));
    EXPECT(peer_write(1), COMPLETED(1));
    EXPECT(peer_write(4), COMPLETED(2));
    EXPECT(peer_write(1), PENDING);
    READ_ENDS(COMPLETED(5));
    READS(1, COMPLETED(1));
    ANSWERS(COMPLETED(1));
    END_CASE;
}

CASE(write_of_several_reads)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 5);
    EXPECT(peer_read(2), COMPLETED(2));
    EXPECT(peer_read(1), COMPLETED(1));
    EXPECT(peer_read(4), COMPLETED(2));
    EXPECT(peer_read(1), PENDING);
    WRITE_ENDS(COMPLETED(5));
    WRITES(1, COMPLETED(1));
    ANSWERS(COMPLETED(1));
    END_CASE;
}

// write_all: reads shorter than it, longer than it, before it and after it.

CASE(read_of_write_all)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write_all(100), PENDING);
    for (self->m = 0; self->m < 100; self->m += self->n) {
        self->n = self->m % 7 + 1;
        start_read(self, self->n);
        READ_ENDS(COMPLETED(least(self->n, 100 - self->m)));
    }
    ANSWERS(COMPLETED(100));

    start_read(self, 200);
    EXPECT(reading(self), true);
    EXPECT(peer_write_all(50), COMPLETED(50));
    READ_ENDS(COMPLETED(50));

    start_read(self, 30);
    EXPECT(peer_write_all(50), PENDING);
    READ_ENDS(COMPLETED(30));
    READS(200, COMPLETED(20));
    ANSWERS(COMPLETED(50));
    END_CASE;
}

CASE(write_all)
{
    BEGIN_CASE;
    open_writer(self);
    start_write_all(self, 100);
    EXPECT(writing(self), true);
    for (self->m = 0; self->m < 100; self->m += self->n) {
        self->n = self->m % 7 + 1;
        EXPECT(peer_read(self->n), COMPLETED(least(self->n, 100 - self->m)));
    }
    WRITE_ENDS(COMPLETED(100));

    EXPECT(peer_read(200), PENDING);
    WRITES_ALL(50, COMPLETED(50));
    ANSWERS(COMPLETED(50));

    EXPECT(peer_read(30), PENDING);
    start_write_all(self, 50);
    EXPECT(writing(self), true);
    ANSWERS(COMPLETED(30));
    EXPECT(peer_read(200), COMPLETED(20));
    WRITE_ENDS(COMPLETED(50));
    END_CASE;
}

// Each read of the peer is there first, so that each of the copies but the last is whole, and short.
CASE(write_all_to_many_reads)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(3), PENDING);
    start_write_all(self, 30);
    for (self->m = 3; self->m < 30; self->m += 3) {
        ANSWERS(COMPLETED(3));
        EXPECT(writing(self), true);
        peer_read(3);
    }
    WRITE_ENDS(COMPLETED(30));
    END_CASE;
}

CASE(write_all_of_nothing)
{
    BEGIN_CASE;
    open_writer(self);
    WRITES_ALL(0, COMPLETED(0));
    EXPECT(peer_read(2), PENDING);
    WRITES_ALL(0, COMPLETED(0));
    WRITES(2, COMPLETED(2));
    ANSWERS(COMPLETED(2));
    END_CASE;
}

CASE(read_large)
{
    BEGIN_CASE;
    enum { PIECE = 65536, ALL = 4 * PIECE + 17 };
    open_reader(self);
    EXPECT(peer_write_all(ALL), PENDING);
    for (self->m = 0; self->m < ALL; self->m += PIECE) {
        start_read(self, PIECE);
        READ_ENDS(COMPLETED(least(PIECE, ALL - self->m)));
    }
    ANSWERS(COMPLETED(ALL));
    END_CASE;
}

CASE(write_large)
{
    BEGIN_CASE;
    enum { PIECE = 65536, ALL = 4 * PIECE + 17 };
    open_writer(self);
    start_write_all(self, ALL);
    for (self->m = 0; self->m < ALL; self->m += PIECE)
        EXPECT(peer_read(PIECE), COMPLETED(least(PIECE, ALL - self->m)));
    WRITE_ENDS(COMPLETED(ALL));
    END_CASE;
}

// Length 0 waits until the other side is there, and moves nothing.

CASE(zero_read_first)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 0);
    EXPECT(reading(self), true);
    EXPECT(peer_write(3), PENDING);
    READ_ENDS(COMPLETED(0));
    READS(3, COMPLETED(3));
    ANSWERS(COMPLETED(3));
    END_CASE;
}

CASE(zero_read_second)
{
    BEGIN_CASE;
    open_reader(self);
    EXPECT(peer_write(3), PENDING);
    READS(0, COMPLETED(0));
    READS(3, COMPLETED(3));
    ANSWERS(COMPLETED(3));
    END_CASE;
}

CASE(zero_write_first)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 0);
    EXPECT(writing(self), true);
    EXPECT(peer_read(3), PENDING);
    WRITE_ENDS(COMPLETED(0));
    WRITES(3, COMPLETED(3));
    ANSWERS(COMPLETED(3));
    END_CASE;
}

CASE(zero_write_second)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(3), PENDING);
    WRITES(0, COMPLETED(0));
    WRITES(3, COMPLETED(3));
    ANSWERS(COMPLETED(3));
    END_CASE;
}

// Both are of length 0: the write completes, and the read waits for a real one.

CASE(zero_read_then_zero_write)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 0);
    EXPECT(peer_write(0), COMPLETED(0));
    EXPECT(peer_write(2), PENDING);
    READ_ENDS(COMPLETED(0));
    READS(2, COMPLETED(2));
    ANSWERS(COMPLETED(2));
    END_CASE;
}

CASE(zero_write_then_zero_read)
{
    BEGIN_CASE;
    open_writer(self);
    start_write(self, 0);
    EXPECT(writing(self), true);
    EXPECT(peer_read(0), PENDING);
    WRITE_ENDS(COMPLETED(0));
    start_write(self, 2);
    EXPECT(writing(self), true);
    ANSWERS(COMPLETED(0));
    EXPECT(peer_read(2), COMPLETED(2));
    WRITE_ENDS(COMPLETED(2));
    END_CASE;
}

// write_all takes no notice of reads of length 0, before it and while it is in flight.
CASE(zero_read_of_write_all)
{
    BEGIN_CASE;
    open_writer(self);
    EXPECT(peer_read(0), PENDING);
    start_write_all(self, 4);
    EXPECT(writing(self), true);
    ANSWERS(COMPLETED(0));
    EXPECT(peer_read(0), COMPLETED(0));
    EXPECT(peer_read(3), COMPLETED(3));
    AWAIT_LATER();
    EXPECT(writing(self), true);
    EXPECT(peer_read(0), COMPLETED(0));
    EXPECT(peer_read(3), COMPLETED(1));
    WRITE_ENDS(COMPLETED(4));
    END_CASE;
}

CASE(zero_and_stopped)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 0);
    READ_STOPS(CANCELLED(0));
    READ_AT_ONCE(2, 2, COMPLETED(2));

    open_writer(self);
    start_write(self, 0);
    WRITE_STOPS(CANCELLED(0));
    WRITE_AT_ONCE(2, 2, COMPLETED(2));
    END_CASE;
}

CASE(zero_and_gone)
{
    BEGIN_CASE;
    open_reader(self);
    start_read(self, 0);
    weft_streams_peer_close_writer();
    READ_ENDS(DROPPED(0));
    close_reader(self);

    open_writer(self);
    start_write(self, 0);
    weft_streams_peer_close_reader();
    WRITE_ENDS(DROPPED(0));
    END_CASE;
}

#define COPY_TESTS                                                                                             \
    TEST(read_at_once)                                                                                         \
    TEST(read_by_event)                                                                                        \
    TEST(write_at_once)                                                                                        \
    TEST(write_by_event)                                                                                       \
    TEST(read_grid)                                                                                            \
    TEST(write_grid)                                                                                           \
    TEST(read_of_several_writes)                                                                               \
    TEST(write_of_several_reads)                                                                               \
    TEST(read_of_write_all)                                                                                    \
    TEST(write_all)                                                                                            \
    TEST(write_all_to_many_reads)                                                                              \
    TEST(write_all_of_nothing)                                                                                 \
    TEST(read_large)                                                                                           \
    TEST(write_large)                                                                                          \
    TEST(zero_read_first)                                                                                      \
    TEST(zero_read_second)                                                                                     \
    TEST(zero_write_first)                                                                                     \
    TEST(zero_write_second)                                                                                    \
    TEST(zero_read_then_zero_write)                                                                            \
    TEST(zero_write_then_zero_read)                                                                            \
    TEST(zero_read_of_write_all)                                                                               \
    TEST(zero_and_stopped)                                                                                     \
    TEST(zero_and_gone)
