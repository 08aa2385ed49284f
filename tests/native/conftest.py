# The native suite: runs on what `make native` built, with each of its compilers; each test is a process of its own.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess

import pytest
from paths import ROOT

LIMIT = 30  # seconds for one test, far more than any takes


@pytest.fixture(params=["sim", "sim-clang"])
def build(request):
    """The folder of the build that a test runs on: with gcc and with clang."""
    return ROOT / "build" / request.param
