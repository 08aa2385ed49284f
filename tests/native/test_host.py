# The native host by itself: every trap with its message, and every asynchronous path; a test a process.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

TRAPS = re.findall(r"^\s+TEST\((\w+), (\w+),", (ROOT / "tests/native/host_traps.c").read_text(), re.M)
PATHS = [
    (part, test)
    for part in ("calls", "copies", "locks", "schedules", "scripts")
    for test in re.findall(r"\bTEST\((\w+)\),", (ROOT / f"tests/native/host_{part}.c").read_text(), re.M)
]


@pytest.mark.parametrize("test", [name for name, _ in TRAPS])
def test_trap(run, build, test):
    run([build / "tests/native/host-traps", test])


def test_every_trap_is_provoked():
    listed = re.findall(r"^    X\((\w+),", (ROOT / "sim/trap.h").read_text(), re.M)
    assert set(listed) == {trap for _, trap in TRAPS}


@pytest.mark.parametrize("part, test", PATHS)
def test_path(run, build, part, test):
    run([build / f"tests/native/host-{part}", test])
