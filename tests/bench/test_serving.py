# The services of the benchmarks are verified, and so is what wrk says; without wrk they are left out.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import shutil

import pytest

FAKE = """#!/bin/sh
for word; do
    case $word in http:*) curl --silent --noproxy '*' "$word" ;; esac
done
echo '{"seconds": 1, "requests": 10, "bytes": %d, "connect": 0, "read": %d, "write": 0, "timeout": 0, "status": 0}'
"""


@pytest.fixture
def tools_alone(tmp_path):
    """A PATH with curl and python3 alone, and fake_wrk(bytes, failed), which adds a wrk that says so."""
    for name in ("curl", "python3", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name))

    def fake_wrk(count, failed):
        (tmp_path / "wrk").write_text(FAKE % (count, failed))
        os.chmod(tmp_path / "wrk", 0o755)

    return str(tmp_path), fake_wrk


@pytest.mark.xdist_group("bench")
def test_without_wrk(bench, tools_alone):
    code, said = bench("--only", "hello", path=tools_alone[0])
    assert code == 0 and "wrk is not installed" in said


@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize("service, count, failed, wrong", [
    ("hello", 1 << 28, 0, None),
    ("echo", 1 << 28, 0, None),
    ("library hello", 1 << 28, 0, None),
    ("library echo", 1 << 28, 0, None),
    ("hello", 9 * 14, 0, "wrong answers under load"),  # of the ten, one has no body
    ("hello", 1 << 28, 1, "connections were lost under load"),
])
def test_services(bench, tools_alone, service, count, failed, wrong):
    path, fake_wrk = tools_alone
    fake_wrk(count, failed)
    code, said = bench("--only", service, "--http-minutes", "0.01", path=path)
    assert code == (1 if wrong else 0), said
    assert re.search(wrong or f"^{service}( .*)?, 256 connections, new instances: ", said, re.M), said
