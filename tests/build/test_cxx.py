# A component in C++, on wasmtime and in the native host, by each toolchain. That every macro compiles, tests/compile shows.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
from pathlib import Path

import pytest
from limits import limited
from paths import ROOT

pytestmark = pytest.mark.timeout(600)  # zig makes its libc++ at the first use

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(cxx LANGUAGES LANGUAGES_HERE)
add_subdirectory({ROOT} weft)
set(CMAKE_CXX_STANDARD 17)
weft_add_component(cxx WIT {ROOT}/tests/build/cxx/cxx.wit WORLD cxx SOURCES {ROOT}/tests/build/cxx/main.cpp)
set(CMAKE_CXX_STANDARD 20)
weft_add_component(tasks SOURCES {ROOT}/tests/wasi/cxx/echo.cpp)
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(PROJECT.replace("LANGUAGES_HERE", "C CXX"))
    return tmp_path


@pytest.mark.parametrize("toolchain,build_type", [("zig", "Debug"), ("zig", "Release"), ("clang", "MinSizeRel")])
def test_wasm(cmake, need, project, invoke, tools, toolchain, build_type):
    if toolchain == "clang":
        need("clang++-22")
        if not Path("/usr/include/wasm32-wasi/c++").exists():
            (pytest.fail if os.environ.get("CI") else pytest.skip)("libc++-22-dev-wasm32 is not installed")
    file = ROOT / f"cmake/toolchains/{toolchain}.cmake"
    cmake(project, project / "build", f"-DCMAKE_BUILD_TYPE={build_type}", toolchain=file)
    assert invoke(project / "build/cxx.wasm", "total()") == (0, "55\n")
    command = [tools.wasmtime, "run", "-S", "p3,cli", "-W", "component-model-async", project / "build/tasks.wasm"]
    assert limited(command).returncode == 1  # it may not listen
    code, said = invoke(project / "build/cxx.wasm", "beyond()")
    assert code != 0 and "unreachable" in said
    assert ("weft: C++ gave up: out_of_range was thrown" in said) == (build_type == "Debug")


@pytest.mark.parametrize("compiler", ["gcc g++", "clang-22 clang++-22"])
def test_native(cmake, need, project, compiler):
    c, cxx = map(need, compiler.split())
    options = [f"-DCMAKE_C_COMPILER={c}", f"-DCMAKE_CXX_COMPILER={cxx}", "-DCMAKE_BUILD_TYPE=Debug"]
    cmake(project, project / "build", *options, toolchain=ROOT / "cmake/toolchains/native.cmake")
    command = [project / "build/weft/sim/weft-sim", project / "build/cxx.so", "--", "total()"]
    done = limited(command)
    assert (done.returncode, done.stdout) == (0, "55\n")


def test_c_is_needed(run, project):
    (project / "CMakeLists.txt").write_text(PROJECT.replace("LANGUAGES_HERE", "CXX"))
    file = ROOT / "cmake/toolchains/zig.cmake"
    command = ["cmake", "-S", project, "-B", project / "build", "-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={file}"]
    done = limited(command)
    assert done.returncode != 0 and "project(... LANGUAGES C CXX)" in " ".join(done.stdout.split()), done.stdout
