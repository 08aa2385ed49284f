# What coroutines of a component do together: values that come once, conditions, broadcasts, a shared start-up, limits.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/guest/together/together.c").read_text(), re.M)


@pytest.mark.parametrize("test", TESTS)
def test_together(passes, test):
    passes("together", test)
