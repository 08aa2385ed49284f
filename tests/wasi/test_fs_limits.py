# What is not allowed, and what there is too little of: rights, handles, memory.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import subprocess

import pytest

from wasi.shells import LIMIT, VERSION, few_files, start_as_nobody


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_as_another_user(start, tmp_path, d):
    (d / "mine").write_text("text")
    (d / "mine").chmod(0o600)
    (d / "closed").mkdir(0o700)
    (d / "closed/a").write_text("text")
    (d / "all").mkdir()
    (d / "all").chmod(0o777)
    shell = start_as_nobody(start, tmp_path)
    assert shell("open", 0, "d/mine") == shell("open", 0, "d/mine", "w") == ("EACCES",)
    assert shell("open", 0, "d/closed/a") == shell("stat", "d/closed/a") == ("EACCES",)
    assert shell("open", 0, "d/new", "wc") == shell("mkdir", "d/new") == shell("unlink", "d/mine") == ("EACCES",)
    assert shell("mkdir", "d/new/x", "p") == shell("mkdir", "d/closed/x/y", "p") == ("EACCES",)
    assert shell("times", "d/mine", 1, 1) == ("EPERM",)
    assert shell("rename", "d/mine", "d/all/mine") == ("EACCES",)
    assert shell("open", 0, "d/all/a", "wc") == shell("mkdir", "d/all/x/y", "p") == ("OK",)


def run_with_few_files(host, component, folder, *options):
    """Its exit code, and what it says."""
    pipe = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = host.start(component, options=[f"--dir={folder}::d", *options], preexec_fn=few_files, **pipe)
    try:
        said = process.communicate(timeout=5 * LIMIT)[1]
    finally:
        process.kill()
    return process.returncode, said


def test_nothing_is_left(host, component, d):
    """Of a thousand times, also out of what has failed."""
    (d / "a").write_text("text")
    (d / "link").symlink_to("n/" * 2000)
    (d / "sub/sub").mkdir(parents=True)
    for i in range(40):
        (d / ("n" * 200 + str(i))).write_text("")
    assert run_with_few_files(host, component("fs-many"), d) == (0, "")
    assert (d / "b").read_text() == "text"


def test_cancelled_at_each_wait(host, component, d):
    """Operations take their time; wasmtime's do with a time limit."""
    assert run_with_few_files(host, component("fs-sweep"), d, *host.slow) == (0, "")
    assert [path for path in d.rglob(".weft-*")] == []


def test_cancelled_between_calls(host, component, d):
    """A wait of several says that it was cancelled, or has done all; nothing is lost."""
    (d / "a").write_text("text")
    (d / "tree").mkdir()
    for i in range(6):
        (d / f"tree/{i}/sub").mkdir(parents=True)
    ended = host.run(component("fs-between"), options=[f"--dir={d}::d"])
    assert (ended.code, ended.err) == (0, "")
    assert sorted(os.listdir(d)) == ["a", "tree"]


def test_out_of_memory(host, component, d):
    (d / "a").write_text("text")
    (d / "sub/sub").mkdir(parents=True)
    for i in range(3):
        (d / "sub/sub" / (str(i) * 200)).mkdir()
    ended = host.run(component("fs-memory"), options=[f"--dir={d}::d"])
    assert (ended.code, ended.err) == (0, "")
    assert sorted(os.listdir(d)) == ["a", "sub"]


def test_imports(component, imports):
    """Who only reads a file imports no more than that takes."""
    assert imports(component("fs-read")) == {
        *(f"wasi:cli/{name}{VERSION}" for name in ("types", "stdout")),
        *(f"wasi:filesystem/{name}{VERSION}" for name in ("types", "preopens")),
        f"wasi:clocks/system-clock{VERSION}",  # the type of its times
    }
