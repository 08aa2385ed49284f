# Components that stand alone, under many schedules: what a test of theirs expects holds whatever the host chooses.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from guest.test_locals import TESTS as LOCALS
from guest.test_scopes import TESTS as SCOPES
from native.composed import weft_sim
from soak import much

SEEDS = range(1, much(21, 11))
TESTS = SCOPES + [("locals", test) for test in LOCALS]
TESTS += [("clock", test) for test in ("sleeps", "race", "deadlines", "polls")]


@pytest.mark.parametrize("component, test", TESTS)
def test_seeds(build, component, test):
    for seed in SEEDS:
        outcome = weft_sim(build, component, test, "--seed", str(seed))
        assert (outcome.returncode, outcome.stdout) == (0, "ok\n"), f"seed {seed}: {outcome.stdout}{outcome.stderr}"
