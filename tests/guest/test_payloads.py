# Payloads with memory and handles, over streams and futures: every runner on every callee. Most tests are scenarios,
# and are named where these are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

SCENARIOS = re.findall(r"^    S\((\w+)", (ROOT / "tests/guest/payloads/scenarios.h").read_text(), re.M)
TESTS = [*SCENARIOS, "nested"]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_payloads(passes, test, runner, callee):
    passes(f"payloads-{runner}-on-{callee}", test)
