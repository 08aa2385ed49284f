# Sleeps, races, deadlines and polls on wasi:clocks/monotonic-clock.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest


@pytest.mark.parametrize("test", ["sleeps", "race", "deadlines", "polls"])
def test_clock(passes, test):
    passes("clock", test, "-S", "p3,cli")
