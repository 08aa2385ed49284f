# Cancellation: arguments that nobody took, shielded sections, and cancels that do not block the instance.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from lists import listed
from paths import ROOT

COMPONENTS = ROOT / "build/debug/tests/guest"


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner, test", listed("cancel"))
def test_cancel(passes, test, runner, callee):
    passes(f"cancel-{runner}-on-{callee}", test)


GATE = ["-W", "component-model-more-async-builtins"]
GATED = r'"(\[async-lower\]\[(?:subtask|stream|future)-cancel[^"]*)"'


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner, test", listed("cancel", "async"))
def test_async(passes, test, runner, callee):
    passes(f"cancel-{runner}-on-{callee}", test, *GATE)


def test_gate(guest):
    """Without the host's flag, a component that calls what is gated does not load, and says why."""
    outcome = guest("cancel-async-on-weft", "streams")
    assert outcome.code == 1
    assert "async builtins" in outcome.text


@pytest.mark.parametrize("component", ["cancel-weft-runner", "cancel-weft-callee", "flow-weft-runner", "flow-weft-callee"])
def test_nothing_gated(run, tools, component):
    """Components that do not call what is gated import none of it."""
    assert re.findall(GATED, run([tools.wasm_tools, "print", COMPONENTS / f"{component}.core.wasm"])) == []


def test_only_what_is_called(run, tools):
    imports = re.findall(GATED, run([tools.wasm_tools, "print", COMPONENTS / "cancel-async-runner.core.wasm"]))
    assert sorted(set(imports)) == [
        "[async-lower][future-cancel-read-0]drop-one",
        "[async-lower][future-cancel-write-0]drop-one",
        "[async-lower][stream-cancel-read-0]take",
        "[async-lower][stream-cancel-write-0]take",
        "[async-lower][subtask-cancel]",
    ]
