# A host, which runs and serves components: wasmtime, or the native one. A module whose tests have the fixture `host` runs on
# both, by `from hosts import host, pytest_generate_tests`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess
from dataclasses import dataclass

import pytest
from limits import limited
from paths import ROOT

from tools.service import FLAGS, Service


NATIVE = os.environ.get("WEFT_NATIVE_PRESETS", "sim").split()[0]  # the build of the native host


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

    def built(self, component):
        return ROOT / f"build/release/{component}.wasm"

    def example(self, name):
        return self.built(f"examples/{name}")

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

    def composed(self, tools, run, folder, first, behind):
        """What serve() takes for a middleware in front of a service: `first` imports what `behind` exports."""
        both = folder / "both.wasm"
        run([tools.wasm_tools, "compose", first, "-d", behind, "-o", both])
        return (both,)


class Native(Wasmtime):
    """weft-native takes the same options."""

    slow = ("--always", "hold")

    def __init__(self, *flags):
        # clang's AddressSanitizer would keep a second stack for each script, of which there are many.
        os.environ.setdefault("ASAN_OPTIONS", "detect_stack_use_after_return=0")
        self.program = ROOT / f"build/{NATIVE}/sim/weft-native"
        self.flags = list(map(str, flags))

    def built(self, component):
        return ROOT / f"build/{NATIVE}/{component}.so"

    def composed(self, tools, run, folder, first, behind):
        return first, "--link", behind


HOSTS = ("wasmtime", "native")


def hosts(config):
    """The names of those that are asked for."""
    return config.getoption("host") or HOSTS


def pytest_generate_tests(metafunc):
    if "host" in metafunc.fixturenames:
        metafunc.parametrize("host", hosts(metafunc.config), indirect=True, scope="session")


@pytest.fixture(scope="session")
def host(request, tools):
    return {"wasmtime": lambda: Wasmtime(tools.wasmtime), "native": Native}[request.param]()
