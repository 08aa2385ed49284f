# The sweep over awaits: each scenario is cancelled at its Nth wait, for every N, and denied its Nth allocation.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

MODES = ["cancel", "cancel_again", "fail_once", "fail_for_good"]
SCENARIOS = [
    (part, scenario)
    for part in ("host", "structure")
    for scenario in re.findall(r"^    SWEPT\((\w+)\)", (ROOT / f"tests/guest/awaits/{part}.c").read_text(), re.M)
]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("part, scenario", SCENARIOS)
def test_awaits(passes, part, scenario, mode, callee):
    passes(f"awaits-{part}-on-{callee}", f"{scenario}_{mode}")
