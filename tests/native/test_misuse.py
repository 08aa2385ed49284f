# Misuse in the native host: a raw component breaks each rule, and the host says what wasmtime says; Weft is first to speak.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import signal

import pytest
from guest.test_misuse import HOST, RAW, UNCHECKED, WEFT
from native.composed import weft_sim

# Where it is one rule here and several texts in wasmtime, or the text tells a handle.
RULES = {
    "future_write_after_dropped": "FUTURE_WRITE_TWICE",
    "future_transfer_done": "TRANSFER_DONE",
    "stale_handle": "HANDLE_UNKNOWN",
    "zero_handle": "HANDLE_UNKNOWN",
    "wrong_kind": "HANDLE_KIND",
    "host_stale_handle": "HANDLE_UNKNOWN",
    "future_done_write": "FUTURE_WRITE_TWICE",
    "future_done_release": "TRANSFER_DONE",
    "busy_release": "TRANSFER_BUSY",
    "busy_future_release": "TRANSFER_BUSY",
    **{test: "HANDLE_UNKNOWN" for test, words in UNCHECKED.items() if words == "unknown handle index 0"},
}

TRAPPED = 2  # weft-sim's exit code


def plain(words):
    """The native host has one rule for streams and futures, for reads and writes, where wasmtime has a text for each."""
    for several, one in {"stream/future": "stream", "future/stream": "stream", "future": "stream", "write": "read"}.items():
        words = words.replace(several, one)
    return words.replace("read/read", "read")


def traps(build, component, test, words):
    """The test ends with the rule that these words of wasmtime's are for."""
    outcome = weft_sim(build, component, test)
    said = outcome.stdout + outcome.stderr
    assert outcome.returncode == TRAPPED, said
    if test in RULES:
        assert f"trap {RULES[test]}: " in said
    else:
        assert plain(words.removeprefix("wasm trap: ")) in plain(said), said


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
    rule, line = WEFT[test]
    outcome = weft_sim(build, "misuse-debug", test)
    said = [text for text in outcome.stderr.splitlines() if text.startswith("weft: ")]
    assert len(said) == 1, outcome.stderr
    assert re.fullmatch(re.escape("weft: " + line).replace(" N\\ ", r" [1-9]\d*\ "), said[0]), said[0]
    assert outcome.returncode == -signal.SIGILL or "SIGILL" in outcome.stderr, outcome.stderr
