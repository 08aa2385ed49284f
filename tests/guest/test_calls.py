# Calls of async imports and exports, every runner on every callee.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = [
    "call_ready",
    "call_pending",
]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_calls(passes, test, runner, callee):
    passes(f"calls-{runner}-on-{callee}", test)
