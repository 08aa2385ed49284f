# Ends of streams: handed on, shared by tasks, raced, by the thousand, closed.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

# Both runners have these tests.
TESTS = re.findall(r"^CASE\((\w+)\)", (ROOT / "tests/guest/ends/tests.h").read_text(), re.MULTILINE)
TESTS += ["many_reads", "many_writes", "many_tasks"]

# What only Weft has a word for.
WEFT_TESTS = [
    "many_closed",
    "latch_reader",
    "latch_writer",
    "clamp",
    "close_again",
    "await_at_rest",
    "idle_at_yields",
    "copied_end",
    "any",
    "any_of_many",
    "gone",
]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_ends(passes, test, runner, callee):
    passes(f"ends-{runner}-on-{callee}", test)


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("test", WEFT_TESTS)
def test_ends_of_weft(passes, test, callee):
    passes(f"ends-weft-on-{callee}", test)
