# Futures whose writer is closed unwritten where nobody can wait.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/guest/closed/runner.c").read_text(), re.M)


@pytest.mark.parametrize("test", TESTS)
def test_closed(passes, test):
    passes("closed", test)
