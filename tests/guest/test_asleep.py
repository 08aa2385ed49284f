# Tasks that are asleep in the host, when others of their component take away what they wait on, or give it to them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/guest/asleep/runner.c").read_text(), re.M)


@pytest.mark.parametrize("test", TESTS)
def test_asleep(passes, test):
    passes("asleep", test)
