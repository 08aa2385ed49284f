// The streams' tests, written once for both runners, each of which brings its own words for the steps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A test is CASE(name) { BEGIN_CASE; ...; END_CASE; }. `self` is its frame, zeroed. The words of a runner:
// - open_reader(self), open_writer(self): a new stream between here and the peer, to read or to write here
// - start_read(self, n), start_write(self, n), start_write_all(self, n)
// - reading(self), writing(self): whether that is in flight
// - AWAIT_READ(), AWAIT_WRITE(): wait for it; nothing to do if it is not in flight
// - stop_read(self), stop_write(self): cancel it
// - received(self), sent(self): the status that it came to, once; WRONG_ITEMS if what was read is wrong
// - close_reader(self), close_writer(self): END_CASE closes what is open, here and at the peer
// - open_gate(self), pass_gate(self): a stream for the peer to wait on; gives it an item, and that status
// - call(self, import(..., &self->result)): the result if the call returned at once, else PENDING
// - AWAIT_CALL(): waits for that call: self->result is there
// - call_other(self, import(..., &self->other_result)), AWAIT_OTHER(): a second call beside it
// - stop_call(self): cancels it; returns the state it came to
// - AWAIT_LATER(): calls the peer's `later`: its other tasks get their turns meanwhile
// An AWAIT leaves the test if an expectation has failed before: there might be nothing to wait for.
// steps.h has what is made of these.
#include "payload.h"
#include "steps.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

#include "copies.h"
#include "drops.h"
#include "cancels.h"

#define STREAM_TESTS COPY_TESTS DROP_TESTS CANCEL_TESTS
