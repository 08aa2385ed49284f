# Seeing inside, in the native host: the dump says there what it says on wasmtime, and a deadlock is explained.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from guest.test_inside import first_dump, waits
from native.composed import weft_sim


@pytest.mark.parametrize("test", ["dump", "trace", "states", "nested", "foreign"])
def test_passes(build, test):
    outcome = weft_sim(build, "inside", test)
    assert (outcome.returncode, outcome.stdout) == (0, "ok\n"), outcome.stdout + outcome.stderr
    if test != "trace":
        lines = first_dump(outcome.stderr)
        assert re.fullmatch(r"dump in turn \d+:", lines[0]) and lines[1].startswith("task 1 exports_runner_run: "), lines


def test_deadlock(build):
    outcome = weft_sim(build, "inside", "deadlock")
    assert outcome.returncode != 0
    lines = first_dump(outcome.stderr)
    assert re.fullmatch(waits(1, "deadlock_run", "join_all(co, &self->scope)); // never", r"in weft_join_all at \w+"), lines[3])
    assert lines[6].startswith("exports_runner_run: the export waits, and nothing in flight could wake it")


@pytest.mark.parametrize("test", ["dump", "trace", "states", "nested", "foreign"])
def test_hooks_may_look(build, test):
    outcome = weft_sim(build, "inside-looking", test)
    assert (outcome.returncode, outcome.stdout) == (0, "ok\n"), outcome.stdout + outcome.stderr
