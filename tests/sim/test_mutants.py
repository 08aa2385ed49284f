# Seeded defects are found: none of the list survives as many seeds as CI runs under sanitizers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import sys

import pytest
from paths import ROOT


def test_none_survives(run):
    if not (ROOT / "build/sim/weft-seeds").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    print(run([sys.executable, ROOT / "tests/sim/mutants.py", "--jobs", "2"]))
