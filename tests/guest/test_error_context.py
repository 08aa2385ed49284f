# Error contexts: a message goes through, within a component and to another and back; who uses none imports nothing.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from paths import ROOT

HERE = ROOT / "tests/guest/error_context"
COMPONENTS = ROOT / "build/debug/tests/guest"
GATE = ("-W", "component-model-error-context")


def test_message(passes):
    passes("error-context", "message", *GATE)


def test_gate(guest):
    assert "error-context" in guest("error-context", "message").text


@pytest.mark.parametrize("component, uses", [("error-context", True), ("calls-weft-runner", False)])
def test_linked_only_when_used(run, tools, component, uses):
    text = run([tools.wasm_tools, "print", COMPONENTS / f"{component}.wasm"])
    assert ("error-context" in text) == uses


def test_passed_between_components(run, tools, tmp_path):
    for world in ("callee", "runner"):
        core, component = tmp_path / f"{world}.core.wasm", tmp_path / f"{world}.wasm"
        source = HERE / f"passed_{world}.c"
        run(
            [tools.zig, "cc", "--target=wasm32-wasi", "-mexec-model=reactor", "-O1", f"-I{ROOT}/include", source]
            + ["-o", core]
        )
        run([tools.wasm_tools, "component", "embed", HERE / "passed.wit", "--world", world, core, "-o", core])
        run([tools.wasm_tools, "component", "new", core, "-o", component])
    together = tmp_path / "together.wasm"
    run([tools.wasm_tools, "compose", tmp_path / "runner.wasm", "-d", tmp_path / "callee.wasm", "-o", together])
    said = run([tools.wasmtime, "run", "-W", "component-model-async", *GATE, "--invoke", "run()", together])
    assert said == '"lost on the way"\n'
