# Seeded defects are found: none of the list, or of some out of it, survives the seeds.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import sys

import pytest
from paths import ROOT
from soak import much


def test_none_survives(run):
    if not (ROOT / "build/sim/weft-seeds").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    print(run([sys.executable, ROOT / "tests/sim/mutants.py", *much(["--jobs", "2"], ["--every", "30"])]))
