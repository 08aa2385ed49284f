# What the tests of libc share: a program of this folder on wasmtime, by each back end of fibers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import itertools
import signal

import pytest
from hosts import Native, Wasmtime
from paths import ROOT

from native.conftest import PRESETS, built


class Programs(Wasmtime):
    aborted = 134

    def __init__(self, wasmtime, preset, backend):
        super().__init__(wasmtime)
        self.preset, self.backend = preset, backend
        self.flags = [*self.flags, "-W", "component-model-threading"] if backend == "threads" else self.flags

    def path(self, name):
        return ROOT / f"build/{self.preset}/tests/libc/libc-{name}-{self.backend}.wasm"


class Natively(Native):
    """In a build of the native host."""

    aborted = -signal.SIGABRT

    def __init__(self, preset):
        super().__init__()
        self.build = built(preset)
        self.program = self.build / "sim/weft-native"

    def path(self, name):
        return self.build / f"tests/libc/libc-{name}-asyncify.so"


@pytest.fixture(scope="session", params=["debug", "release"])
def preset(request):
    return request.param


FIBERS = ["asyncify", "threads"]


@pytest.fixture(scope="session", params=[*FIBERS, "none"])
def backend(request):
    return request.param


@pytest.fixture(scope="session")
def programs(tools, preset, backend):
    return Programs(tools.wasmtime, preset, backend)


EVERYWHERE = [*itertools.product(("debug", "release"), (*FIBERS, "none")), *((name, None) for name in PRESETS)]


def name_of(where):
    return "-".join(filter(None, where))


@pytest.fixture(params=EVERYWHERE, ids=name_of)
def everywhere(request, tools):
    """The same of what the native host runs, too."""
    preset, backend = request.param
    return Programs(tools.wasmtime, preset, backend) if backend else Natively(preset)


@pytest.fixture(params=PRESETS)
def natively(request):
    return Natively(request.param)


# Of what has fibers.
on_fibers = pytest.mark.parametrize("backend", FIBERS, indirect=True)
everywhere_on_fibers = pytest.mark.parametrize("everywhere", [one for one in EVERYWHERE if one[1] != "none"], indirect=True, ids=name_of)


@pytest.fixture(scope="session")
def native(tmp_path_factory, run):
    """native("files") is the path of tests/libc/files.c, built for this machine."""

    def built(name, *options):
        program = tmp_path_factory.mktemp("native") / name
        run(["cc", "-w", ROOT / f"tests/libc/{name}.c", *options, "-o", program])
        return program

    return built
