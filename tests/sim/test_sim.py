# The seeded simulation: a number of seeds that fits CI, with sanitizers and fast; each pair of event and state is visited.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest
from paths import ROOT


@pytest.fixture
def seeds(run):
    """seeds(preset, option...) runs the driver as that preset has built it."""

    def invoke(preset, *options):
        driver = ROOT / f"build/{preset}/weft-seeds"
        if not driver.exists():
            (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
        run([driver, *options])

    return invoke


def test_sanitized(seeds):
    seeds("sim", "--seeds", "40000", "--enumerate", "500")


def test_hostile(seeds):
    seeds("sim-hostile", "--seeds", "40000", "--enumerate", "500")


def test_hostile_and_pending(seeds):
    seeds("sim-hostile", "--seeds", "40000", "--pending")


@pytest.mark.parametrize("kind", ["allocations", "calls", "cancels"])
@pytest.mark.parametrize("preset", ["sim", "sim-hostile"])
def test_sweep(seeds, preset, kind):
    seeds(preset, "--sweep", kind, "--seeds", "25")


def test_fast(seeds):
    seeds("sim-fast", "--seeds", "400000", "--enumerate", "5000", "--coverage")
