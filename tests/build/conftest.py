# What the tests of the build share: building the hello component in several ways, and looking at the result.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import fcntl
import os
import re
import shutil

import pytest
from limits import limited
from paths import BIN, ROOT
from users import do

HELLO = ROOT / "tests/build/hello"
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "RUST_BACKTRACE": "0"}

# The variables that the toolchain file of wasi-sdk sets. wasi-sdk itself is in no package registry, so this is no test of
# it, but of what its users' builds rest on: its layout, its variables, and clang, lld and wasi-libc, which Debian has.
WASI_SDK_TOOLCHAIN = """
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_VERSION 1)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
set(WASI_SDK_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../..")
set(CMAKE_C_COMPILER "${WASI_SDK_PREFIX}/bin/clang")
set(CMAKE_AR "${WASI_SDK_PREFIX}/bin/llvm-ar")
set(CMAKE_RANLIB "${WASI_SDK_PREFIX}/bin/llvm-ranlib")
set(CMAKE_C_COMPILER_TARGET wasm32-wasip1)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
"""


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """The address of a repository with this tree, and without its tools."""
    folder = tmp_path_factory.mktemp("weft")
    for name in do("git ls-files -z --cached --others --exclude-standard", ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    do("git init -q -b main; git add -A; git -c user.name=test -c user.email=test commit -q -m test", folder)
    return folder.as_uri()


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """installed("install") runs that target of make, once, and returns the prefix, which is not where it was installed to."""
    stage = tmp_path_factory.mktemp("stage")
    targets = set()

    def install(target):
        if target not in targets:
            (ROOT / "build").mkdir(exist_ok=True)
            with open(ROOT / "build/install.lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                do(f"make {target} PREFIX=/opt/weft DESTDIR={stage}", ROOT)
            targets.add(target)
        return stage / "opt/weft"

    return install


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
        done = limited([tools.wasmtime, "run", "--invoke", expression, component], env=ENVIRONMENT)
        return done.returncode, done.stdout

    return call


@pytest.fixture
def wasi_sdk(tmp_path, need):
    """The path of a toolchain file like wasi-sdk's own, in a tree where Debian's packages are laid out as wasi-sdk is."""
    prefix = tmp_path / "wasi-sdk"
    (prefix / "bin").mkdir(parents=True)
    sysroot = prefix / "share/wasi-sysroot"
    for name in ("llvm-ar", "llvm-ranlib"):
        (prefix / "bin" / name).symlink_to(shutil.which(need(f"{name}-22")))
    # wasi-sdk's clang has its sysroot built in.
    clang = prefix / "bin/clang"
    clang.write_text(f'#!/bin/sh\nexec clang-22 "--sysroot={sysroot}" "$@"\n')
    clang.chmod(0o755)
    for name in ("include", "lib"):
        (sysroot / name).mkdir(parents=True)
        (sysroot / name / "wasm32-wasip1").symlink_to(f"/usr/{name}/wasm32-wasi")
    toolchain = prefix / "share/cmake/wasi-sdk.cmake"
    (toolchain.parent / "Platform").mkdir(parents=True)
    (toolchain.parent / "Platform/WASI.cmake").write_text("set(WASI 1)\n")
    toolchain.write_text(WASI_SDK_TOOLCHAIN)
    return toolchain
