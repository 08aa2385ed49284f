# Sleeps, races and deadlines on wasi:clocks/monotonic-clock.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest


@pytest.mark.parametrize("test", ["sleeps", "race", "deadlines"])
def test_clock(passes, test):
    passes("clock", test, "-S", "p3,cli")
