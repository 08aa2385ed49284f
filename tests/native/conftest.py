# The native suite: runs on what the presets sim and sim-clang built; each test is a process of its own.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from paths import ROOT


@pytest.fixture(params=["sim", "sim-clang"])
def build(request):
    """The folder of the build that a test runs on: with gcc and with clang."""
    return ROOT / "build" / request.param
