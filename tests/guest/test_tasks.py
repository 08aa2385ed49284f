# Tasks: several at once, after their return, yields, backpressure, and CANCEL; every runner on every callee.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = [
    "mix_interleaved",
    "works_on_after_return",
    "yields_count",
    "yields_of_two",
    "event_in_yield_loop",
    "yield_on_the_stack",
    "backpressure_of_a_task",
    "waits_undisturbed",
    "cancel_at_call",
    "cancel_at_start",
    "cancel_at_child",
    "cancel_at_any",
    "cancel_at_yield",
    "cancel_in_finaliser",
]

# Need a subtask.cancel that does not wait, which Weft does not use.
RAW_TESTS = [
    "cancel_takes_its_time",
    "cancel_does_not_disturb",
    "cancel_again",
]

# For the import of that subtask.cancel.
OPTIONS = {"weft": [], "raw": ["-W", "component-model-more-async-builtins"]}


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_tasks(passes, test, runner, callee):
    passes(f"tasks-{runner}-on-{callee}", test, *OPTIONS[runner])


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("test", RAW_TESTS)
def test_slow_cancels(passes, test, callee):
    passes(f"tasks-raw-on-{callee}", test, *OPTIONS["raw"])
