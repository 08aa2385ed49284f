# tools/setup.py says which tool is missing and how to get it, and never shows a stack trace.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import shutil
import subprocess
import sys

import pytest
from paths import ROOT

PREREQUISITES = ("cargo", "cc", "cmake", "ninja", "curl")
CARGO = '#!/bin/sh\nif [ "$1" = --version ]; then echo "cargo {} (test)"; else echo "no network" >&2; exit 101; fi\n'


@pytest.fixture
def set_up(tmp_path):
    """set_up(...) runs a copy of the set-up with stand-ins for its prerequisites, and returns what it said."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")

    def call(missing=(), cargo="1.99.0", **environment):
        path = tmp_path / "bin"
        path.mkdir()
        for name in set(PREREQUISITES) - set(missing):
            (path / name).write_text(CARGO.format(cargo) if name == "cargo" else "#!/bin/sh\n")
            (path / name).chmod(0o755)
        (path / "sh").symlink_to("/bin/sh")
        done = subprocess.run(
            [sys.executable, tmp_path / "tools/setup.py"],
            env={**os.environ, "PATH": str(path), **environment},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stdout
        return done.stdout

    return call


@pytest.mark.parametrize("name", PREREQUISITES)
def test_missing(set_up, name):
    said = set_up(missing=[name])
    assert f"{name} is missing: " in said and "apt-get install" in said


def test_all_missing_are_named_at_once(set_up):
    said = set_up(missing=PREREQUISITES)
    assert all(f"{name} is missing: " in said for name in PREREQUISITES)


def test_no_venv(set_up, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    assert "apt-get install python3-venv" in set_up(PYTHONPATH=str(tmp_path))


def test_old_cargo(set_up):
    assert "cargo 1.63 is too old: install a current Rust" in set_up(cargo="1.63.0")


def test_cargo_fails(set_up):
    said = set_up()
    assert "cargo vendor" in said and "no network" in said and "check the network" in said


def test_done_already(run):
    assert run([sys.executable, ROOT / "tools/setup.py"]) == ""
