# The other compilers that users bring: Debian's clang-22, a tree shaped like wasi-sdk, and native ones for the library.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

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


LIBC = f"""
cmake_minimum_required(VERSION 3.25)
project(libc C)
add_subdirectory({ROOT} weft EXCLUDE_FROM_ALL)
weft_add_component(files SOURCES {ROOT}/tests/libc/files.c LIBC)
weft_add_component(shared SOURCES {ROOT}/tests/libc/shared.c LIBRARIES weft::libc FIBERS asyncify)
add_executable(threads EXCLUDE_FROM_ALL threads.c)
target_link_libraries(threads weft::libc)
"""


def test_libc(cmake, run, need, tools, tmp_path):
    """Debian's wasi-libc does what the machine's does, and says that it has no threads."""
    need("clang-22")
    (tmp_path / "CMakeLists.txt").write_text(LIBC)
    (tmp_path / "threads.c").write_text("#include <pthread.h>\nint main(void) { return 0; }\n")
    cmake(tmp_path, tmp_path / "build", "-DCMAKE_BUILD_TYPE=Debug", toolchain=ROOT / "cmake/toolchains/clang.cmake")
    run(["cc", "-w", ROOT / "tests/libc/files.c", "-o", tmp_path / "native"])
    for place in ("here", "there"):
        (tmp_path / place / "d").mkdir(parents=True)
    wasmtime = [tools.wasmtime, "run", "-S", "p3,cli", "-W", "component-model-async", "--dir", "."]
    expected = run([tmp_path / "native"], cwd=tmp_path / "here")
    assert expected and run([*wasmtime, tmp_path / "build/files.wasm"], cwd=tmp_path / "there") == expected
    assert run([*wasmtime, tmp_path / "build/shared.wasm", "print"]) == "printed: 400 whole, 400 in order, switched: 1\n"
    said = subprocess.run(["cmake", "--build", tmp_path / "build", "--target", "threads"], capture_output=True, text=True).stdout
    assert "weft: this libc has no threads, so none can be fibers" in said
