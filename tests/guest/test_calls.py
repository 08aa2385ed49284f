# Calls of async imports: their states, arguments, results and cancels; every runner on every callee.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = [
    "call_ready",
    "call_pending",
    "call_nothing",
    "call_in_memory",
    "started_then_returned",
    "starting_then_started",
    "starting_then_returned",
    "backpressure_counts",
    "cancel_before_start",
    "cancel_after_start",
    "cancel_after_late_start",
    "cancel_loses",
    "cancel_overtakes",
    "cancel_answered_with_value",
    "arguments_read_late",
    "arguments_reused_after_start",
    "empty_texts",
    "texts_do_not_leak",
    "end_moves",
    "end_stays",
    "end_gone_on_cancel",
    "token_owner",
    "any_each_first",
    "any_repeated",
    "many_in_flight",
    "many_starting",
]

# What only Weft's own API has.
WEFT_TESTS = [
    "starting_awaited",
    "at_rest",
    "struct_reused",
    "start_now_await_later",
    "any_of_complete",
    "any_stopped",
]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_calls(passes, test, runner, callee):
    passes(f"calls-{runner}-on-{callee}", test)


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("test", WEFT_TESTS)
def test_weft_calls(passes, test, callee):
    passes(f"calls-weft-on-{callee}", test)
