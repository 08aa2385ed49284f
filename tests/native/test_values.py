# Values between components: sim/values.c by itself, a test a process.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r'\{"(\w+)", \w+\}', (ROOT / "tests/native/values.c").read_text().split("} tests[] = {")[1])


@pytest.mark.parametrize("test", TESTS)
def test_values(run, build, test):
    run([build / "tests/native/values-test", test])
