# What the tests of the build share: building the hello component in several ways, and looking at the result.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import subprocess

import pytest
from paths import BIN, ROOT

HELLO = ROOT / "tests/build/hello"
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "RUST_BACKTRACE": "0"}


@pytest.fixture
def cmake(run):
    """cmake(source, build, ...) configures and builds a folder."""

    def build(source, build, *options, toolchain=ROOT / "cmake/toolchains/zig.cmake"):
        run(
            ["cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", *options],
            env=ENVIRONMENT,
        )
        run(["cmake", "--build", build], env=ENVIRONMENT)

    return build


@pytest.fixture
def imports(run, tools):
    """imports(component) is the list of the interfaces that a component imports."""
    return lambda component: re.findall(r"^  import (.*);$", run([tools.wasm_tools, "component", "wit", component]), re.M)


@pytest.fixture
def invoke(tools):
    """invoke(component, call) runs an export, and returns the exit code and what came out."""

    def call(component, expression):
        done = subprocess.run(
            [tools.wasmtime, "run", "--invoke", expression, component],
            env=ENVIRONMENT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout

    return call
