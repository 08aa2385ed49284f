# A component without libc's heap.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

import pytest
from paths import ROOT


@pytest.mark.parametrize("test", ["one_at_a_time", "second_has_none"])
def test_heapless(passes, test):
    passes("heapless", test)


def test_string(guest):
    outcome = guest("heapless", "string")
    assert "!weft_misuse_no_heap" in outcome.text, outcome.text
    assert "wasm trap: wasm `unreachable` instruction executed" in outcome.text, outcome.text


def test_nothing_of_the_heap_is_linked(tools, preset):
    """The callee's memory never grows; the runner's, of the same build, may."""

    def grows(side):
        component = ROOT / f"build/{preset}/tests/guest/heapless-{side}.wasm"
        return "memory.grow" in subprocess.check_output([tools.wasm_tools, "print", component], text=True)

    assert grows("runner") and not grows("callee")
