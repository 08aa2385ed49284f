# The native suite: runs on what `make native` built; each test is a process of its own.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess

import pytest
from limits import limited
from paths import ROOT
from soak import much


def built(preset):
    folder = ROOT / "build" / preset
    if not (folder / "sim/weft-sim").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    return folder


PRESETS = os.environ.get("WEFT_NATIVE_PRESETS", much("sim sim-clang", "sim")).split()  # `make coverage` names its own


@pytest.fixture(params=PRESETS)
def build(request):
    """The folder of the build that a test runs on."""
    return built(request.param)


@pytest.fixture
def native(build):
    """native("console-filter", "an argument", options=[...]) is how weft-native ended."""

    def run(component, *arguments, options=(), action="run", stdin=""):
        path = build / f"tests/wasi/{component}.so"
        command = [build / "sim/weft-native", action, *options, path if component else "", *arguments]
        return limited([word for word in command if word != ""], stdin=subprocess.PIPE, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    return run


@pytest.fixture
def hostile():
    """That of the hostile build."""
    return built("sim-hostile")


@pytest.fixture(scope="session")
def m32():
    """Skips the test where gcc can't compile for 32 bits."""
    source = "#include <stdlib.h>\n"
    if subprocess.run(["gcc", "-m32", "-E", "-"], input=source, text=True, capture_output=True).returncode != 0:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("gcc has no 32-bit libc: install gcc-multilib")
