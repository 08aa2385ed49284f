# The other compilers that users bring: Debian's clang-22, a tree shaped like wasi-sdk, and native ones for the library.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import shutil

import pytest
from paths import ROOT

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(hello C)
add_subdirectory({ROOT} weft)
weft_add_component(hello WIT {ROOT}/tests/build/hello/hello.wit WORLD hello SOURCES {ROOT}/tests/build/hello/hello.c)
weft_add_component(echo WIT {ROOT}/examples/echo/wit WORLD echo SOURCES {ROOT}/examples/echo/echo.c)
"""

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


def wasi_sdk_like(prefix):
    """Lays out Debian's packages as wasi-sdk is laid out, and returns the path of a toolchain file like its own."""
    (prefix / "bin").mkdir(parents=True)
    sysroot = prefix / "share/wasi-sysroot"
    for name in ("llvm-ar", "llvm-ranlib"):
        (prefix / "bin" / name).symlink_to(shutil.which(f"{name}-22"))
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


@pytest.mark.parametrize("build_type", ["Debug", "Release", "MinSizeRel"])
@pytest.mark.parametrize("toolchain", ["clang", "wasi-sdk-like"])
def test_wasm(cmake, need, tmp_path, imports, invoke, toolchain, build_type):
    need("clang-22")
    if toolchain == "clang":
        file = ROOT / "cmake/toolchains/clang.cmake"
    else:
        file = wasi_sdk_like(tmp_path / "wasi-sdk")
    (tmp_path / "CMakeLists.txt").write_text(PROJECT)
    cmake(tmp_path, tmp_path / "build", f"-DCMAKE_BUILD_TYPE={build_type}", toolchain=file)
    component = tmp_path / "build/hello.wasm"
    assert ("wasi:cli/stderr@0.2.12" in imports(component)) == (build_type == "Debug")
    assert invoke(component, "add(1, 2)") == (0, "3\n")
    assert "wasi:http/types@0.3.2" in imports(tmp_path / "build/echo.wasm")
    assert ("weft_misuse_closed" in invoke(component, "misuse()")[1]) == (build_type != "MinSizeRel")


@pytest.mark.parametrize("compiler", ["gcc", "clang-22"])
def test_native(run, need, tmp_path, compiler):
    options = [f"-DCMAKE_C_COMPILER={need(compiler)}", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON"]
    run(["cmake", "-S", ROOT, "-B", tmp_path, "-G", "Ninja", *options])
    run(["cmake", "--build", tmp_path])
