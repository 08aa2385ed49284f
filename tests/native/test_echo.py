# The echo service's native test, plain, under gdb and under valgrind; tests/fuzz has its fuzz target, and tests/build/test_native_page.py
# what docs/native.md shows of it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess

import pytest
from limits import limited
from paths import ROOT


def test_cases(run, build):
    assert run([build / "examples/echo/native/echo-test"]) == ""


def test_gdb(run, build, need):
    script = ROOT / "examples/echo/native/session.gdb"
    program = build / "examples/echo/native/echo-test"
    said = run([need("gdb"), "-batch", "-x", script, program], env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    assert "in handle__body (co=" in said
    assert '"hello, world"' in said
    assert "task 1 (handle, has returned): could go on" in said
    assert "future writer" in said
    assert "weft:   handle__body at echo.c:" in said  # weft_dump()


MEMCHECK = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"]


@pytest.fixture
def memcheck(m32, tmp_path):
    """Runs a 32-bit program under valgrind, and gives its exit code: 9 if that found something. First it is seen to."""
    (tmp_path / "bad.c").write_text("#include <stdlib.h>\nint main(void) { return *(int *)malloc(4) == 1; }\n")
    subprocess.run(["gcc", "-m32", "-O0", "-o", tmp_path / "bad", tmp_path / "bad.c"], check=True)

    def check(program, *arguments):
        return limited([*MEMCHECK, program, *arguments])

    try:
        found = check(tmp_path / "bad")
    except FileNotFoundError:
        pytest.skip("valgrind is not installed")
    if "Fatal error at startup" in found.stdout:
        pytest.skip("valgrind lacks the symbols of the 32-bit libc: libc6-dbg:i386")
    assert found.returncode == 9, found.stdout
    return check


@pytest.mark.parametrize("program", ["examples/echo/native/echo-test", "weft-seeds --seeds 100 --jobs 1"])
def test_valgrind(memcheck, program):
    """Of the build without sanitizers: they and valgrind exclude each other."""
    name, *arguments = program.split()
    folder = ROOT / "build/sim-fast"
    if not (folder / name).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    found = memcheck(folder / name, *arguments)
    assert found.returncode == 0, found.stdout
