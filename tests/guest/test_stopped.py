# Whole tasks that the host cancels after each number of rounds: with streams, locks, scopes, and work that outlives them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/guest/stopped/runner.c").read_text(), re.M)


@pytest.mark.parametrize("test", TESTS)
def test_stopped(passes, test):
    passes("stopped", test)
