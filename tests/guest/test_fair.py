# However busy a task is, its yields, timers and cancels, and other tasks get their turn.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

WORKS = re.findall(r"^    WORK\((\w+),", (ROOT / "tests/guest/fair/runner.c").read_text(), re.M)
UNTIL = ["yielded", "yielded_blocking", "deadline", "deadline_blocking", "cancelled", "stopped"]


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("until", UNTIL)
def test_fair(passes, work, until):
    passes("fair", f"{work}_{until}", "-S", "p3,cli")
