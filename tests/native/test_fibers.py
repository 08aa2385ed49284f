# What Weft says of fibers in the native host; the guest suite's other tests of them run here as all of it does.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from guest.test_fibers import SAYS, STOPS, says
from native.composed import weft_sim


@pytest.mark.parametrize("test", STOPS)
def test_stops(build, test):
    outcome = weft_sim(build, "fibers-asyncify-broken", test)
    assert outcome.returncode != 0 and says(outcome.stderr, "weft: " + STOPS[test]), outcome.stderr


@pytest.mark.parametrize("test", SAYS)
def test_says(build, test):
    outcome = weft_sim(build, "fibers-asyncify-broken", test)
    assert outcome.returncode == 0 and len(says(outcome.stderr, SAYS[test])) == 1, outcome.stderr
