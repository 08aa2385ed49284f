# Planted bugs are found: none of some out of the list survives the seeds; `make mutants` takes them all.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import sys

import pytest
from paths import ROOT


def test_none_survives(run):
    if not (ROOT / "build/sim/weft-seeds").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    print(run([sys.executable, ROOT / "tests/sim/mutants.py", "--every", "30"]))
