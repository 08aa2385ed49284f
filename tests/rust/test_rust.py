# Weft and the Rust runtime in one component: each awaits the other, and each is cancelled in flight.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest
from limits import limited
from paths import ROOT

COMPONENTS = ROOT / "build/debug/tests/rust"

TESTS = [
    "weft_awaits_rust",
    "weft_awaits_two",
    "weft_awaits_rust_cancelled",
    "rust_awaits_weft",
    "rust_awaits_weft_cancelled",
    "rust_awaits_weft_finaliser",
    "rust_wakes_weft",
]


def passes(tools, kind, test):
    component = COMPONENTS / f"rust-{kind}.wasm"
    if not component.exists():
        hint = "not built: apt-get install cargo-web rustc-web rust-web-src"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(hint)
    command = [tools.wasmtime, "run", "-W", "component-model-async", "--invoke", f'run("{test}")', str(component)]
    done = limited(command)
    assert (done.returncode, done.stdout.strip()) == (0, "ok"), done.stdout


@pytest.mark.parametrize("test", TESTS)
def test_rust(tools, test):
    passes(tools, "plain", test)


@pytest.mark.parametrize("test", [*TESTS, "weft_wakes_rust"])
def test_rust_with_wakeup(tools, test):
    """The Rust runtime with its feature inter-task-wakeup."""
    passes(tools, "wakeup", test)
