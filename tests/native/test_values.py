# Values between components: sim/values.c by itself, a test a process.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TESTS = re.findall(r'\{"(\w+)", \w+\}', (ROOT / "tests/native/values.c").read_text().split("} tests[] = {")[1])


@pytest.mark.parametrize("test", TESTS)
def test_values(run, build, test):
    run([build / "tests/native/values-test", test])


TYPES = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/native/types/runner.c").read_text(), re.M)


@pytest.mark.parametrize("test", TYPES)
def test_types(run, build, test):
    sides = [build / f"tests/native/types-{side}.so" for side in ("runner", "callee")]
    assert run([build / "sim/weft-sim", *sides, "--", "run", test]) == "ok\n"
