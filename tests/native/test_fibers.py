# What Weft says of fibers in the native host; the guest suite's other tests of them run here as all of it does.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest
from guest.test_fibers import SAYS, STOPS, dump_tells_the_stack, says
from native.composed import weft_sim


@pytest.mark.parametrize("test", STOPS)
def test_stops(build, test):
    outcome = weft_sim(build, "fibers-asyncify-broken", test)
    assert outcome.returncode != 0 and says(outcome.stderr, "weft: " + STOPS[test]), outcome.stderr


@pytest.mark.parametrize("test", SAYS)
def test_says(build, test):
    outcome = weft_sim(build, "fibers-asyncify-broken", test)
    assert outcome.returncode == 0 and len(says(outcome.stderr, SAYS[test])) == 1, outcome.stderr
    assert test != "dump" or dump_tells_the_stack(outcome.stderr), outcome.stderr


def test_address_sanitizer_knows_the_stack(build):
    outcome = weft_sim(build, "fibers-asyncify-broken", "overrun")
    assert "AddressSanitizer: stack-buffer-overflow" in outcome.stderr and "in overrun__fiber_body" in outcome.stderr, outcome.stderr


def test_gdb_shows_the_stack(run, build, need):
    """From a wait, thirty calls deep, up to the step of the fiber."""
    objects = [build / f"tests/guest/fibers-asyncify-{side}.so" for side in ("runner", "callee")]
    command = [need("gdb"), "-batch", "-ex", "set breakpoint pending on", "-ex", "break weft__fiber_suspend", "-ex", "run", "-ex", "bt"]
    command += ["--args", build / "sim/weft-sim", "--like-wasmtime", *objects, "--", 'run("deep")']
    said = run(command, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    assert said.count(" in fill (") == 31 and " in pattern__fiber_body (" in said and " in weft__fiber_main (" in said, said
