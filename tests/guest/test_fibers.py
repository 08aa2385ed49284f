# Fibers: on each back end, and what Weft says of them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

FIBERS = ROOT / "tests/guest/fibers"
TESTS = re.findall(r"^    TEST\((\w+)\)", (FIBERS / "runner.c").read_text(), re.M)
BACKENDS = {"threads": ["-W", "component-model-threading"], "asyncify": []}

# What a rule's test says, behind `weft: `.
STOPS = {
    "stack_overflow": r"greedy: the fiber has gone beyond its stack: start it with a larger stack_size( \(in .*\))?",
    "small_stack": r"greedy: the fiber has a stack of less than WEFT_FIBER_STACK_LEAST bytes: give it more( \(in .*\))?",
    "no_fiber": r"run__body: the wait is of a fiber, and none runs here: use WEFT_AWAIT in a coroutine( \(in .*\))?",
    "no_fiber_to_clean_up": r"run__body: the wait is of a fiber, and none runs here: use WEFT_AWAIT in a coroutine( \(in .*\))?",
}


# The same of setjmp, and what of it works, on asyncify.
JUMPS = ["far", "zero_is_one", "twice", "loop", "returned", "nested", "mixed"]
LOST = r"runs: the jump has no setjmp to go to: jump to one of the same fiber, while its function runs( \(in .*\))?"
JUMP_STOPS = {
    "outside": r"setjmp: the jump needs a fiber: run what uses setjmp in one, by WEFT_BLOCK_ON if nothing else does( \(in .*\))?",
    "gone": LOST,
    "other_fiber": LOST,
    "never_set": LOST,
}


def line_of(text):
    lines = (FIBERS / "broken.c").read_text().splitlines()
    (number,) = [number for number, line in enumerate(lines, 1) if text in line]
    return number


LOOP = line_of("+= !WEFT_FIBER_AWAIT")
SAYS = {
    "refused": r"weft: fiber stubborn was cancelled, and has tried 1000 waits since, the last in stubborn__fiber_body "
    rf"at broken\.c:{LOOP}: it has to return, and nothing else can end it",
    "dump": rf"weft:   stubborn__fiber_body at broken\.c:{LOOP}: waits in weft_event_wait at \d+, since turn \d+, fiber stubborn, "
    r"(\d+) of (\d+) bytes of its stack used",
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("test", TESTS)
def test_fibers(passes, backend, test):
    passes(f"fibers-{backend}", test, *BACKENDS[backend])


def test_a_host_without_threads(guest):
    """It names what it lacks, as docs/fibers.md has it; the flag has the same name."""
    outcome = guest("fibers-threads", "parsers", "-W", "component-model-threading=n")
    (words,) = re.findall(r"^    (.* requires the component model threading feature)$", (ROOT / "docs/fibers.md").read_text(), re.M)
    assert outcome.code != 0 and words in outcome.text


@pytest.mark.parametrize("test", JUMPS)
def test_jumps(passes, test):
    passes("fibers-jumps", test)


def says(text, pattern):
    return [line for line in text.splitlines() if re.fullmatch(pattern, line)]


def dump_tells_the_stack(text):
    """In the dump, the fiber has used 5,000 bytes of its stack, and what calls take."""
    used, size = map(int, re.search(SAYS["dump"], text).groups())
    return 5000 <= used < 8000 < size


class TestSaid:
    @pytest.fixture
    def preset(self):
        """These need messages, which a release does not have."""
        return "debug"

    @pytest.mark.parametrize("backend", BACKENDS)
    @pytest.mark.parametrize("test", STOPS)
    def test_stops(self, guest, backend, test):
        outcome = guest(f"fibers-{backend}-broken", test, *BACKENDS[backend])
        assert outcome.code != 0 and says(outcome.text, "weft: " + STOPS[test]), outcome.text
        assert f"weft_misuse_{test.removesuffix('_to_clean_up')}" in outcome.text

    @pytest.mark.parametrize("test", JUMP_STOPS)
    def test_jump_stops(self, guest, test):
        outcome = guest("fibers-jumps", test)
        assert outcome.code != 0 and says(outcome.text, "weft: " + JUMP_STOPS[test]), outcome.text
        assert f"weft_misuse_jump_{'outside' if test == 'outside' else 'lost'}" in outcome.text

    def test_the_locals_of_a_waiting_fiber_are_on_its_stack(self, guest):
        """With asyncify, and elsewhere the host has them."""
        outcome = guest("fibers-asyncify-broken", "no_room_to_save")
        assert outcome.code != 0 and says(outcome.text, "weft: " + STOPS["stack_overflow"]), outcome.text
        assert guest("fibers-threads-broken", "no_room_to_save", *BACKENDS["threads"]).code == 0

    @pytest.mark.parametrize("backend", BACKENDS)
    @pytest.mark.parametrize("test", SAYS)
    def test_says(self, guest, backend, test):
        outcome = guest(f"fibers-{backend}-broken", test, *BACKENDS[backend])
        assert outcome.code == 0 and len(says(outcome.text, SAYS[test])) == 1, outcome.text
        assert test != "dump" or dump_tells_the_stack(outcome.text), outcome.text
