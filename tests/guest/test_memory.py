# Allocations that fail, what is kept of ended tasks, and weft_trim. Both sides are on Weft.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = [
    "first_needs_none",
    "without_memory",
    "pooled",
    "pool_limit",
    "trim_in_flight",
    "table_without_memory",
    "close_without_memory",
    "unzeroed",
    "block_on_without_memory",
]


@pytest.mark.parametrize("test", TESTS)
def test_memory(passes, test):
    passes("memory", test)
