# What the tests of weft/wasi.h share: a host, which runs and serves their components. It is a parameter of every test.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess
from dataclasses import dataclass

import pytest
from limits import limited
from paths import ROOT

from tools.service import FLAGS, Service
from wasi.shells import d, shell, start  # noqa: F401: fixtures
from wasi.sockets import family, script, server  # noqa: F401: fixtures

# A host, and a build that runs in it.
HOSTS = {"wasmtime": ["debug", "release"], "native": ["sim"]}
# The tests of what the native world has, but for those of a service, and of what a file imports.
NATIVE = (
    ["test_clock", "test_console", "test_env", "test_format", "test_log", "test_random"]
    + ["test_fs_files", "test_fs_limits", "test_fs_names", "test_fs_paths"]
)


def pytest_generate_tests(metafunc):
    names = metafunc.fixturenames
    hosts = metafunc.config.getoption("host") or HOSTS
    if metafunc.module.__name__.rpartition(".")[2] not in NATIVE or metafunc.function.__name__ == "test_service" or "imports" in names:
        hosts = [host for host in hosts if host != "native"]
    presets = [(host, preset) for host in hosts for preset in HOSTS[host]]
    if {"host", "preset"} <= set(names):
        metafunc.parametrize("host, preset", presets, indirect=True, scope="session")
    elif "preset" in names:
        metafunc.parametrize("preset", [preset for _, preset in presets], indirect=True, scope="session")
    elif "host" in names:
        metafunc.parametrize("host", hosts, indirect=True, scope="session")


@pytest.fixture(scope="session")
def preset(request):
    return request.param


@dataclass
class Ended:
    """How a program ended, and what it wrote."""

    code: int
    out: bytes
    err: str


class Wasmtime:
    slow = ("-W", "timeout=600s")  # operations of files take their time

    def __init__(self, wasmtime):
        self.program = wasmtime
        self.flags = FLAGS

    def run(self, component, *arguments, options=(), stdin=b"", stdout=subprocess.PIPE, **more):
        """Runs a command to its end. stdin: bytes, or a file; options: of the host, such as --dir."""
        command = [self.program, "run", *self.flags, *options, component, *arguments]
        given = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
        done = limited(command, text=False, stdout=stdout, stderr=subprocess.PIPE, **given, **more)
        return Ended(done.returncode, done.stdout, done.stderr.decode(errors="replace"))

    def start(self, component, *arguments, options=(), **more):
        """The process of a command that goes on: ended by the test."""
        command = [self.program, "run", *self.flags, *options, component, *arguments]
        return subprocess.Popen(list(map(str, command)), **more)

    def serve(self, component, *options):
        return Service(self.program, component, *options)


class Native(Wasmtime):
    """weft-native takes the same options."""

    slow = ("--always", "hold")

    def __init__(self):
        self.program = ROOT / "build/sim/sim/weft-native"
        self.flags = []


@pytest.fixture(scope="session")
def host(request, tools):
    return {"wasmtime": lambda: Wasmtime(tools.wasmtime), "native": Native}[request.param]()


@pytest.fixture
def component(preset):
    """component("console-filter") is the path of tests/wasi/console/filter.c as a component."""
    suffix = ".so" if preset == "sim" else ".wasm"
    return lambda name: ROOT / f"build/{preset}/tests/wasi/{name}{suffix}"


@pytest.fixture(scope="session")
def imports(tools, run):
    """imports(component): the interfaces that it imports, without those of Weft's own messages."""

    def listed(component):
        words = run([tools.wasm_tools, "component", "wit", component]).splitlines()
        return {line.strip(" ;").removeprefix("import ") for line in words if line.startswith("  import ") and "@0.2." not in line}

    return listed


# The rows of a table of docs/agreement.md: what | on wasmtime | natively | why.
ROW = re.compile(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \| .+ \|$", re.M)
ANSWERS = {what: {"Wasmtime": theirs, "Native": ours} for what, theirs, ours in ROW.findall((ROOT / "docs/agreement.md").read_text().partition("## Answers of WASI")[2])}


@pytest.fixture
def answer(host):
    """answer("the type of a pipe") is what docs/agreement.md says that the host answers there."""
    return lambda what: ANSWERS[what][type(host).__name__]
