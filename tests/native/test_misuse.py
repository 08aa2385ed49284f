# Misuse in the native host: a raw component breaks each rule, and the host says what wasmtime says; Weft is first to speak.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import signal

import pytest
from guest.test_misuse import HOST, RAW, UNCHECKED, WEFT, pattern
from native.composed import weft_sim

TRAPPED = 2  # weft-sim's exit code


def traps(build, component, test, words):
    """The test ends in a trap, for which wasmtime has these words."""
    outcome = weft_sim(build, component, test)
    said = outcome.stdout + outcome.stderr
    assert outcome.returncode == TRAPPED, said
    assert re.search(rf"^  wasmtime: {words.removeprefix('wasm trap: ')}$", said, re.M), said


@pytest.mark.parametrize("test", RAW)
def test_raw(build, test):
    traps(build, "misuse-raw", test, RAW[test][0])


@pytest.mark.parametrize("kind", ["debug", "unchecked"])
@pytest.mark.parametrize("test", HOST)
def test_left_to_the_host(build, test, kind):
    traps(build, f"misuse-{kind}", test, HOST[test])


@pytest.mark.parametrize("test", UNCHECKED)
def test_unchecked(build, test):
    traps(build, "misuse-unchecked", test, UNCHECKED[test])


@pytest.mark.parametrize("test", WEFT)
def test_weft(build, test):
    if build.name == "sim-clang" and test.startswith("on_stack_"):
        pytest.skip("clang's AddressSanitizer keeps locals elsewhere than on the stack")
    rule, line = WEFT[test]
    outcome = weft_sim(build, "misuse-debug", test)
    said = [text for text in outcome.stderr.splitlines() if text.startswith("weft: ")]
    assert len(said) == 1, outcome.stderr
    assert re.fullmatch(pattern(line), said[0]), said[0]
    assert outcome.returncode == -signal.SIGILL or "SIGILL" in outcome.stderr, outcome.stderr
