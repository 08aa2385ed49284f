# weft_block_on: exports that are lifted synchronously; every runner on every callee.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = [
    "waits_for_calls",
    "waits_for_any",
    "waits_for_a_stream",
    "yields_with_a_call_in_flight",
    "others_stand_still",
    "cancel_is_not_heard",
    "sync_type",
    "sync_type_waits_for_tasks",
]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_blocking(passes, test, runner, callee):
    passes(f"blocking-{runner}-on-{callee}", test)


@pytest.mark.parametrize("callee", ["weft", "raw"])
def test_sync_type_cannot_wait(guest, callee):
    outcome = guest(f"blocking-raw-on-{callee}", "sync_type_waits")
    assert outcome.code != 0
    assert "wasm trap: cannot block a synchronous task before returning" in outcome.text
