# Futures: every runner on every callee. Most tests are scenarios, and are named where these are.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

SCENARIOS = re.findall(r"^    S\((\w+)", (ROOT / "tests/guest/futures/scenarios.h").read_text(), re.M)
TESTS = [*SCENARIOS, "ping_pong", "ping_pong_used", "any_of", "many"]
# What only a writer of Weft promises.
WEFT_TESTS = ["typed", "frame_gone", "block_on", "no_memory", "unsolicited", "reader_gone"]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
def test_futures(passes, test, runner, callee):
    passes(f"futures-{runner}-on-{callee}", test)


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("test", WEFT_TESTS)
def test_futures_of_weft(passes, test, callee):
    passes(f"futures-weft-on-{callee}", test)
