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


def outcome(tools, kind, test):
    component = COMPONENTS / f"rust-{kind}.wasm"
    if not component.exists():
        hint = "not built: apt-get install cargo-web rustc-web rust-web-src"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(hint)
    command = [tools.wasmtime, "run", "-W", "component-model-async", "--invoke", f'run("{test}")', str(component)]
    done = limited(command)
    return done.returncode, done.stdout


def passes(tools, kind, test):
    code, said = outcome(tools, kind, test)
    assert (code, said.strip()) == (0, "ok"), said


@pytest.mark.parametrize("test", TESTS)
def test_rust(tools, test):
    passes(tools, "plain", test)


@pytest.mark.parametrize("test", [*TESTS, "weft_wakes_rust", "rust_spawns"])
def test_rust_with_wakeup(tools, test):
    """The Rust runtime with its features inter-task-wakeup and async-spawn."""
    passes(tools, "wakeup", test)


def test_spawn_local_in_a_weft_task(tools):
    """Crate wit-bindgen alone would blame another version of itself."""
    code, said = outcome(tools, "wakeup", "weft_spawns_rust")
    assert code != 0 and "weft: spawn_local: the future is Rust's, which no Weft task polls: weft_foreign_await it" in said, said
    assert "!weft_misuse_rust_spawn" in said, said
