# The other compilers that users bring: Debian's clang-22, a tree shaped like wasi-sdk, and native ones for the library.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from paths import ROOT

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(hello C)
add_subdirectory({ROOT} weft)
weft_add_component(hello WIT {ROOT}/tests/build/hello/hello.wit WORLD hello SOURCES {ROOT}/tests/build/hello/hello.c)
weft_add_component(echo WIT {ROOT}/examples/echo/wit WORLD echo SOURCES {ROOT}/examples/echo/echo.c)
"""

@pytest.mark.parametrize("build_type", ["Debug", "Release", "MinSizeRel"])
@pytest.mark.parametrize("toolchain", ["clang", "wasi-sdk-like"])
def test_wasm(cmake, need, wasi_sdk, tmp_path, imports, invoke, toolchain, build_type):
    need("clang-22")
    file = ROOT / "cmake/toolchains/clang.cmake" if toolchain == "clang" else wasi_sdk
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
