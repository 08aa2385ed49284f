# The guest suite: runs one test of a composed component on wasmtime, and shows what the host said if it fails.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest
from limits import limited
from paths import ROOT


class Outcome:
    """What a guest did: its exit code and all that it and the host said."""

    def __init__(self, code, text):
        self.code, self.text = code, text


@pytest.fixture(params=["debug", "release"])
def preset(request):
    """The build that a test runs on: both, unless its module says otherwise."""
    return request.param


@pytest.fixture
def guest(tools, preset):
    """guest(component, test) runs `run(test)` of tests/guest's <component>.wasm and returns its Outcome."""

    def invoke(component, test, *options):
        command = [tools.wasmtime, "run", "-W", "component-model-async", *options]
        command += ["--invoke", f'run("{test}")', str(ROOT / f"build/{preset}/tests/guest/{component}.wasm")]
        done = limited(command, env={**os.environ, "RUST_BACKTRACE": "0"})
        return Outcome(done.returncode, done.stdout.strip())

    return invoke


@pytest.fixture
def passes(guest):
    """passes(component, test) fails unless the guest says that its test passed."""

    def check(component, test, *options):
        outcome = guest(component, test, *options)
        if outcome.code != 0 or outcome.text != "ok":
            pytest.fail(f"{component}: {test}: exit {outcome.code}\n{outcome.text}", pytrace=False)

    return check
