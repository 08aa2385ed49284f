# The seeded simulation: a number of seeds that fits CI, with sanitizers and fast; each pair of event and state is visited.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from paths import ROOT


def test_sanitized(run):
    run([ROOT / "build/sim/weft-seeds", "--seeds", "40000", "--enumerate", "500"])


def test_fast(run):
    run([ROOT / "build/sim-fast/weft-seeds", "--seeds", "400000", "--enumerate", "5000", "--coverage"])
