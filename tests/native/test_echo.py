# The commands of docs/native.md: the echo service's native test, and a session in gdb; tests/fuzz has its fuzz target.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

from paths import ROOT


def test_cases(run, build):
    assert run([build / "examples/echo/native/echo-test"]) == ""


def test_gdb(run, build, need):
    script = ROOT / "examples/echo/native/session.gdb"
    program = build / "examples/echo/native/echo-test"
    said = run([need("gdb"), "-batch", "-x", script, program], env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    assert "in handle_run (co=" in said
    assert '"hello, world"' in said
    assert "task 1 (handle, has returned): could go on" in said
    assert "future writer" in said
    assert "weft:   handle_run at echo.c:" in said  # weft_dump()
