# The commands of docs/native.md: the echo service's native test, its fuzz target, and a session in gdb.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest
from paths import ROOT


def test_cases(run, build):
    assert run([build / "examples/echo/native/echo-test"]) == ""


def test_fuzz(run, tmp_path):
    program = ROOT / "build/fuzz/examples/echo/native/fuzz-echo"
    if not program.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make native`")
    assert "Done 1500 runs" in run([program, "-seed=1", "-runs=1500", "-max_len=200", f"-artifact_prefix={tmp_path}/"])


def test_gdb(run, build, need):
    script = ROOT / "examples/echo/native/session.gdb"
    program = build / "examples/echo/native/echo-test"
    said = run([need("gdb"), "-batch", "-x", script, program], env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    assert "in handle_run (co=" in said
    assert '"hello, world"' in said
    assert "task 1 (handle, has returned): could go on" in said
    assert "future writer" in said
    assert "weft:   handle_run at echo.c:" in said  # weft_dump()
