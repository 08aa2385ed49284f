# Tasks that are asleep in the host, when others of their component take away what they wait on, or give it to them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/guest/asleep/runner.c").read_text(), re.M)


@pytest.mark.parametrize("test", TESTS)
def test_asleep(passes, test):
    passes("asleep", test)


@pytest.mark.parametrize("test", [test for test in TESTS if "stop" in test])
def test_asleep_async(passes, test):
    """The same where a read is stopped by the form of cancel that does not block."""
    passes("asleep-async", test, "-W", "component-model-more-async-builtins")
