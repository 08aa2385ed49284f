# Selects: the first of calls, reads, events, channels, permits, children and times, and nothing lost of the others.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/guest/select/select.c").read_text(), re.M)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("callee", ["weft", "raw"])
def test_select(passes, callee, test):
    passes(f"select-weft-on-{callee}", test, "-S", "p3,cli")
