# Beside other runtimes, by hand: foreign code in Weft tasks, and Weft coroutines in foreign tasks.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = [
    "delivered",
    "delivered_raw",
    "blocking",
    "cancelled",
    "unregistered_elsewhere",
    "registered_last",
    "again",
    "unasked",
    "clone_outlives",
    "call",
    "call_started_later",
    "streams",
    "yields",
    "background",
    "event",
    "dropped",
    "dropped_waits",
    "moved",
    "nested",
    "lent",
]


@pytest.mark.parametrize("test", TESTS)
def test_foreign(passes, test):
    passes("foreign", test)
