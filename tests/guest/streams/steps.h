// Steps of the tests of streams and of their ends, each made of the words of a runner: see tests.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef STEPS_H
#define STEPS_H

#define PENDING UINT32_MAX

#define peer_write(n) call(self, weft_streams_peer_write((n), &self->result))
#define peer_write_all(n) call(self, weft_streams_peer_write_all((n), &self->result))
#define peer_read(n) call(self, weft_streams_peer_read((n), &self->result))

#define STEP(first, second)                                                                                    \
    do {                                                                                                       \
        first;                                                                                                 \
        second;                                                                                                \
    } while (0)

// A copy of n items that has that status at once, ...
#define READS(n, status)                                                                                       \
    STEP(start_read(self, n), STEP(EXPECT(reading(self), false), EXPECT(received(self), status)))
#define WRITES(n, status)                                                                                      \
    STEP(start_write(self, n), STEP(EXPECT(writing(self), false), EXPECT(sent(self), status)))
#define WRITES_ALL(n, status)                                                                                  \
    STEP(start_write_all(self, n), STEP(EXPECT(writing(self), false), EXPECT(sent(self), status)))
// ... by its event, or when it is cancelled.
#define READ_ENDS(status) STEP(AWAIT_READ(), EXPECT(received(self), status))
#define WRITE_ENDS(status) STEP(AWAIT_WRITE(), EXPECT(sent(self), status))
#define READ_STOPS(status) STEP(stop_read(self), EXPECT(received(self), status))
#define WRITE_STOPS(status) STEP(stop_write(self), EXPECT(sent(self), status))

// What the call, or the other call, of the peer returns; or what its copy came to when it is cancelled.
#define ANSWERS(status) STEP(AWAIT_CALL(), EXPECT(self->result, status))
#define OTHER_ANSWERS(status) STEP(AWAIT_OTHER(), EXPECT(self->other_result, status))
#define PEER_STOPS(status)                                                                                     \
    STEP(EXPECT(stop_call(self), WEFT_SUBTASK_RETURNED_CANCELLED),                                             \
         EXPECT(weft_streams_peer_cancelled_with(), status))

// A copy of n items here and one of m at the peer have the same status. The peer's is there first, ...
#define READ_AT_ONCE(n, m, status) STEP(EXPECT(peer_write(m), PENDING), STEP(READS(n, status), ANSWERS(status)))
#define WRITE_AT_ONCE(n, m, status)                                                                            \
    STEP(EXPECT(peer_read(m), PENDING), STEP(WRITES(n, status), ANSWERS(status)))
// ... or that of here.
#define READ_BY_EVENT(n, m, status)                                                                            \
    STEP(STEP(start_read(self, n), EXPECT(reading(self), true)),                                               \
         STEP(EXPECT(peer_write(m), status), READ_ENDS(status)))
#define WRITE_BY_EVENT(n, m, status)                                                                           \
    STEP(STEP(start_write(self, n), EXPECT(writing(self), true)),                                              \
         STEP(EXPECT(peer_read(m), status), WRITE_ENDS(status)))

#endif
