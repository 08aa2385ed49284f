# tools/setup.py says which tool is missing and how to get it, never shows a stack trace, and takes nothing from who uses it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import time

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


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """setup.do("1.0") is a step that installs version 1.0 of a tool, in a checkout of its own."""
    spec = importlib.util.spec_from_file_location("weft_setup", ROOT / "tools/setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "LINK", tmp_path / ".tools")
    monkeypatch.setattr(module, "TOOLS", tmp_path / ".tools")
    module.TOOLS.mkdir()

    def do(version, fail=False):
        def install(folder):
            (folder / "lib").mkdir(parents=True)
            (folder / "lib/tool").write_text(version)
            if fail:
                raise KeyboardInterrupt

        folder = module.do_step("tool", "a tool", [version], install, {"bin/tool": "lib/tool", "tool": "."})
        module.remove_old("tool", folder)
        return folder

    module.do = do
    return module


def test_a_new_version_leaves_the_old_one_to_who_uses_it(setup):
    tool = setup.TOOLS / "bin/tool"
    old = setup.do("1.0")
    used = tool.resolve()
    assert setup.do("2.0") != old
    assert tool.read_text() == (setup.TOOLS / "tool/lib/tool").read_text() == "2.0"
    assert used.read_text() == "1.0"


def test_an_interrupted_step_changes_nothing_and_is_done_anew(setup):
    setup.do("1.0")
    with pytest.raises(KeyboardInterrupt):
        setup.do("2.0", fail=True)
    assert (setup.TOOLS / "bin/tool").read_text() == "1.0"
    setup.do("2.0")
    assert (setup.TOOLS / "bin/tool").read_text() == "2.0"


def test_back_to_an_old_version_installs_nothing(setup, capsys):
    old = setup.do("1.0")
    setup.do("2.0")
    capsys.readouterr()
    assert setup.do("1.0") == old and capsys.readouterr().out == ""
    assert (setup.TOOLS / "bin/tool").read_text() == "1.0"


def test_the_old_goes_a_week_after_the_links_left_it(setup):
    first = setup.do("1.0")
    long_ago = time.time() - 2 * setup.KEPT
    os.utime(first / "done", (long_ago, long_ago))  # in use for long, so it is the switch that counts
    second = setup.do("2.0")
    assert first.exists()
    os.utime(first / "done", (long_ago, long_ago))
    os.utime(second / "done", (long_ago, long_ago))
    setup.do("2.0")
    assert not first.exists() and second.exists()


def test_what_was_left_half_made_goes_at_once(setup):
    with pytest.raises(KeyboardInterrupt):
        setup.do("1.0", fail=True)
    second = setup.do("2.0")
    assert list(setup.folders("tool")) == [second]


def test_a_link_to_the_tools_of_another_checkout_is_never_changed(setup, tmp_path, monkeypatch):
    current = setup.do("1.0")
    link = tmp_path / "link"
    link.symlink_to(setup.TOOLS)
    monkeypatch.setattr(setup, "LINK", link)
    assert setup.do("1.0") == current
    with pytest.raises(setup.SetupError, match="run `make setup` in the checkout it belongs to"):
        setup.do("2.0")
    assert (setup.TOOLS / "bin/tool").read_text() == "1.0"


def test_a_link_waits_for_no_set_up_of_the_other_checkout(set_up, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / ".tools").symlink_to("other")
    with open(tmp_path / "other/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "is a link" in set_up()
