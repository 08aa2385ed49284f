// The calls' tests that need no more than one call, written once for both runners, each of which brings its own
// words for the steps. `self` is a test's frame, zeroed but for `result`, which is UNTOUCHED.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// - STARTS(call, state): calls the import, which must come to that state at once
// - STAYS(state): in three turns nothing is told; known(self): the state that was told last
// - IS_STARTED(), RETURNS(): wait until that is told
// - CANCELS(state): cancels the call, which must end in that state
// - until_held(n): lets others run until the callee holds n calls; what else happens stays undelivered

CASE(call_ready)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_add(1, 2, &self->result), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 3);
    END_CASE;
}

CASE(call_pending)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_add_later(1, 2, &self->result), WEFT_SUBTASK_STARTED);
    EXPECT(self->result, UNTOUCHED);
    RETURNS();
    EXPECT(self->result, 3);
    END_CASE;
}

CASE(call_nothing)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_nothing(), WEFT_SUBTASK_RETURNED);
    STARTS(weft_calls_peer_nothing_later(), WEFT_SUBTASK_STARTED);
    RETURNS();
    END_CASE;
}

CASE(call_in_memory)
{
    BEGIN_CASE;
    self->weights = (weft_calls_peer_weigh_args_t){200, 1ull << 40, 60000, 4000000000, 7};
    STARTS(weft_calls_peer_weigh(&self->weights, &self->sum), WEFT_SUBTASK_RETURNED);
    EXPECT(self->sum, 200 + (2ull << 40) + 180000 + 16000000000 + 35);
    END_CASE;
}

CASE(started_then_returned)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    STAYS(WEFT_SUBTASK_STARTED);
    EXPECT(self->result, UNTOUCHED);
    weft_calls_peer_open(1);
    RETURNS();
    EXPECT(self->result, 4);
    END_CASE;
}

CASE(starting_then_started)
{
    BEGIN_CASE;
    weft_calls_peer_block();
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTING);
    STAYS(WEFT_SUBTASK_STARTING);
    EXPECT(weft_calls_peer_held(), 0);
    weft_calls_peer_unblock();
    IS_STARTED();
    EXPECT(weft_calls_peer_held(), 1);
    STAYS(WEFT_SUBTASK_STARTED);
    EXPECT(self->result, UNTOUCHED);
    weft_calls_peer_open(1);
    RETURNS();
    EXPECT(self->result, 4);
    END_CASE;
}

CASE(starting_then_returned)
{
    BEGIN_CASE;
    weft_calls_peer_block();
    STARTS(weft_calls_peer_add(1, 2, &self->result), WEFT_SUBTASK_STARTING);
    EXPECT(self->result, UNTOUCHED);
    weft_calls_peer_unblock();
    RETURNS();
    EXPECT(self->result, 3);
    END_CASE;
}

// Backpressure counts: the door opens with the last of as many downs as there were ups.
CASE(backpressure_counts)
{
    BEGIN_CASE;
    for (int i = 0; i < 3; i++)
        weft_calls_peer_block();
    STARTS(weft_calls_peer_add(1, 2, &self->result), WEFT_SUBTASK_STARTING);
    for (self->i = 0; self->i < 2; self->i++) {
        weft_calls_peer_unblock();
        STAYS(WEFT_SUBTASK_STARTING);
    }
    weft_calls_peer_unblock();
    RETURNS();
    EXPECT(self->result, 3);
    STARTS(weft_calls_peer_add(1, 3, &self->result), WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 4);
    END_CASE;
}

CASE(cancel_before_start)
{
    BEGIN_CASE;
    weft_calls_peer_block();
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTING);
    CANCELS(WEFT_SUBTASK_STARTED_CANCELLED);
    weft_calls_peer_unblock();
    TURNS();
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(self->result, UNTOUCHED);
    END_CASE;
}

CASE(cancel_after_start)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTED);
    EXPECT(weft_calls_peer_held(), 1);
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(self->result, UNTOUCHED);
    END_CASE;
}

// A call that went from STARTING to STARTED by event is cancelled like one that began STARTED.
CASE(cancel_after_late_start)
{
    BEGIN_CASE;
    weft_calls_peer_block();
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    IS_STARTED();
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    EXPECT(self->result, UNTOUCHED);
    // The callee starts it, but the event that says so is not delivered before the cancel.
    weft_calls_peer_block();
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTING);
    weft_calls_peer_unblock();
    until_held(1);
    EXPECT(known(self), WEFT_SUBTASK_STARTING);
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(weft_calls_peer_held(), 0);
    END_CASE;
}

CASE(cancel_loses)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    until_held(0);
    EXPECT(known(self), WEFT_SUBTASK_STARTED);
    CANCELS(WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 4);
    END_CASE;
}

// The callee's gate is open, but the cancel reaches it before that news.
CASE(cancel_overtakes)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_hold(1, &self->result), WEFT_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    CANCELS(WEFT_SUBTASK_RETURNED_CANCELLED);
    EXPECT(self->result, UNTOUCHED);
    EXPECT(weft_calls_peer_held(), 0);
    END_CASE;
}

CASE(cancel_answered_with_value)
{
    BEGIN_CASE;
    STARTS(weft_calls_peer_insist(1, &self->result), WEFT_SUBTASK_STARTED);
    CANCELS(WEFT_SUBTASK_RETURNED);
    EXPECT(self->result, 5);
    STARTS(weft_calls_peer_insist(1, &self->result), WEFT_SUBTASK_STARTED);
    weft_calls_peer_open(1);
    RETURNS();
    EXPECT(self->result, 4);
    END_CASE;
}

#define CALL_TESTS                                                                                             \
    TEST(call_ready)                                                                                           \
    TEST(call_pending)                                                                                         \
    TEST(call_nothing)                                                                                         \
    TEST(call_in_memory)                                                                                       \
    TEST(started_then_returned)                                                                                \
    TEST(starting_then_started)                                                                                \
    TEST(starting_then_returned)                                                                               \
    TEST(backpressure_counts)                                                                                  \
    TEST(cancel_before_start)                                                                                  \
    TEST(cancel_after_start)                                                                                   \
    TEST(cancel_after_late_start)                                                                              \
    TEST(cancel_loses)                                                                                         \
    TEST(cancel_overtakes)                                                                                     \
    TEST(cancel_answered_with_value)
