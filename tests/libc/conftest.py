# What the tests of libc share: a program of this folder on wasmtime, by both back ends of fibers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from hosts import Wasmtime
from paths import ROOT


class Programs(Wasmtime):
    def __init__(self, wasmtime, preset, backend):
        super().__init__(wasmtime)
        self.preset, self.backend = preset, backend
        self.flags = [*self.flags, "-W", "component-model-threading"] if backend == "threads" else self.flags

    def path(self, name):
        return ROOT / f"build/{self.preset}/tests/libc/libc-{name}-{self.backend}.wasm"


@pytest.fixture(scope="session", params=["debug", "release"])
def preset(request):
    return request.param


@pytest.fixture(scope="session", params=["asyncify", "threads"])
def programs(request, tools, preset):
    return Programs(tools.wasmtime, preset, request.param)


@pytest.fixture(scope="session")
def native(tmp_path_factory, run):
    """native("files") is the path of tests/libc/files.c, built for this machine."""

    def built(name, *options):
        program = tmp_path_factory.mktemp("native") / name
        run(["cc", "-w", ROOT / f"tests/libc/{name}.c", *options, "-o", program])
        return program

    return built
