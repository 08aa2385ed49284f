# What the tests of weft/wasi.h share: a host, which runs and serves their components. It is a parameter of every test.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess
from dataclasses import dataclass

import pytest
from limits import limited
from paths import ROOT

from tools.service import FLAGS, Service
from wasi.shells import d, shell, start  # noqa: F401: fixtures
from wasi.sockets import family, script, server  # noqa: F401: fixtures

HOSTS = ["wasmtime"]


def pytest_generate_tests(metafunc):
    if "host" in metafunc.fixturenames:
        metafunc.parametrize("host", metafunc.config.getoption("host") or HOSTS, indirect=True, scope="session")


@pytest.fixture(params=["debug", "release"])
def preset(request):
    return request.param


@dataclass
class Ended:
    """How a program ended, and what it wrote."""

    code: int
    out: bytes
    err: str


class Wasmtime:
    def __init__(self, wasmtime):
        self.wasmtime = wasmtime

    def run(self, component, *arguments, options=(), stdin=b"", stdout=subprocess.PIPE, **more):
        """Runs a command to its end. stdin: bytes, or a file; options: of the host, such as --dir."""
        command = [self.wasmtime, "run", *FLAGS, *options, component, *arguments]
        given = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        done = limited(command, text=False, stdout=stdout, stderr=subprocess.PIPE, **given, **more)
        return Ended(done.returncode, done.stdout, done.stderr.decode(errors="replace"))

    def start(self, component, *arguments, options=(), **more):
        """The process of a command that goes on: ended by the test."""
        command = [self.wasmtime, "run", *FLAGS, *options, component, *arguments]
        return subprocess.Popen(list(map(str, command)), **more)

    def serve(self, component, *options):
        return Service(self.wasmtime, component, *options)


@pytest.fixture(scope="session")
def host(request, tools):
    return {"wasmtime": lambda: Wasmtime(tools.wasmtime)}[request.param]()


@pytest.fixture
def component(preset):
    """component("console-filter") is the path of tests/wasi/console/filter.c as a component."""
    return lambda name: ROOT / f"build/{preset}/tests/wasi/{name}.wasm"


@pytest.fixture(scope="session")
def imports(tools, run):
    """imports(component): the interfaces that it imports, without those of Weft's own messages."""

    def listed(component):
        words = run([tools.wasm_tools, "component", "wit", component]).splitlines()
        return {line.strip(" ;").removeprefix("import ") for line in words if line.startswith("  import ") and "@0.2." not in line}

    return listed
