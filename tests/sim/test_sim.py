# The seeded simulation: small cases in whole; a number of seeds, with sanitizers and fast, which visit each pair of event and
# state; and misuse, which provokes each trap.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re

import pytest
from paths import ROOT
from soak import much


@pytest.fixture
def seeds(run):
    """seeds(preset, option...) runs the driver as that preset has built it; or another program beside it."""

    def invoke(preset, *options, program="weft-seeds"):
        driver = ROOT / f"build/{preset}/{program}"
        if not driver.exists():
            (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
        return run([driver, *options])

    return invoke


# sim-clang has the general way alone.
@pytest.mark.parametrize("preset, options", [("sim", ""), ("sim-clang", ""), ("sim-hostile", ""), ("sim-hostile", "--pending")])
def test_sanitized(seeds, preset, options):
    seeds(preset, "--seeds", much(200000, 20000), "--enumerate", much(2000, 200), *options.split())


@pytest.mark.parametrize("kind", ["allocations", "calls", "cancels"])
@pytest.mark.parametrize("preset", ["sim", "sim-hostile"])
def test_sweep(seeds, preset, kind):
    seeds(preset, "--sweep", kind, "--seeds", much(100, 5))


def test_small_cases(seeds):
    said = seeds("sim-fast", "--seeds", "0", "--enumerate", "1")
    cases = re.findall(r"^small case: \S+ +(\d+) schedules, complete$", said, re.M)
    assert len(cases) == said.count("small case:") > 0
    assert all(int(count) > 1 for count in cases)


def test_fast(seeds):
    seeds("sim-fast", "--seeds", "400000", "--enumerate", "2000", "--coverage")


def test_traps(seeds):
    seeds("sim", "--seeds", much(100000, 10000), program="weft-traps")
    said = seeds("sim-fast", "--seeds", "400000", program="weft-traps")
    assert re.search(r"(\d+) of \1 traps provoked", said) and "never" not in said
