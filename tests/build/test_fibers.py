# What a build with fibers says if it cannot be.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from limits import limited
from paths import ROOT

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(yields C)
add_subdirectory({ROOT} weft)
weft_add_component(yields SOURCES yields.c OPTIONS)
"""
SOURCE = """
#include <weft/fiber.h>
#include <weft/wasi.h>

typedef struct { weft_coro co; weft_fiber fiber; } run;

WEFT_FIBER(run)
{
    (void)WEFT_FIBER_AWAIT(weft_yield(co));
}
WEFT_COMMAND(run);
"""


@pytest.fixture
def build(tmp_path):
    """build(options, definition...) is what configuring or building said when it failed. begin: before Weft is added."""

    def call(options, *definitions, begin=""):
        (tmp_path / "CMakeLists.txt").write_text(PROJECT.replace("OPTIONS", options).replace("add_subdirectory", f"{begin}\nadd_subdirectory"))
        (tmp_path / "yields.c").write_text(SOURCE)
        toolchain = ROOT / "cmake/toolchains/zig.cmake"
        command = ["cmake", "-S", tmp_path, "-B", tmp_path / "b", "-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}"]
        done = limited([*command, "-DCMAKE_BUILD_TYPE=Debug", *definitions])
        if not done.returncode:
            done = limited(["cmake", "--build", tmp_path / "b", "--target", "yields"])
        assert done.returncode
        return " ".join(done.stdout.split())

    return call


def test_unknown(build):
    assert "weft_add_component(yields): FIBERS is threads, asyncify or none" in build("FIBERS green")


def test_missing(build):
    said = build("")
    assert "weft: yields cannot be a component: it has fibers (WEFT_FIBER)" in said
    assert "write weft_add_component(yields ... FIBERS asyncify), or FIBERS threads" in said


def test_libc_of_preview2(build):
    said = build("LIBC", begin="set(CMAKE_C_COMPILER_TARGET wasm32-wasip2)")
    assert "weft_add_component(yields): LIBC needs a libc that asks for WASI preview 1: the target wasm32-wasi" in said


def test_no_wasm_opt(build):
    said = build("FIBERS asyncify", "-DWEFT_WASM_OPT=OFF")
    assert "weft: The wasm-opt executable, which FIBERS asyncify needs, was not found: run `python3" in said
    assert "or set WEFT_WASM_OPT" in said
