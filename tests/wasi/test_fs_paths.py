# Where a path leads: what a component is given, what is beneath a directory, and what leads out.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest

from wasi.shells import LONG


@pytest.mark.parametrize(
    "name, path",
    [
        ("fsd", "fsd/a"),
        ("fsd", "./fsd//a"),
        ("fsd", "/fsd/a"),
        ("/data", "/data/a"),
        ("/data", "data/a"),
        ("/data", "//data/./a"),
        ("/data/sub", "/data/sub/a"),
        ("/", "/a"),
        ("/", "a"),
        (".", "a"),
        (".", "./a"),
        (".", "sub/../a"),
    ],
)
def test_preopens(start, tmp_path, name, path):
    folder = tmp_path / "given"
    (folder / "sub").mkdir(parents=True)
    (folder / "a").write_text("text")
    shell = start({name: folder})
    assert shell("open", 0, path) == ("OK",)
    assert shell("read", 0, 0, 9) == ("OK", b"text")


def test_the_longest_name(start, tmp_path):
    given = {}
    for name in ["/", ".", "/x", "/x/y", "x/yy", "/x/y/z"]:
        folder = tmp_path / name.replace("/", "_").replace(".", "dot")
        folder.mkdir()
        (folder / "name").write_text(name)
        given[name] = folder
    (tmp_path / "_" / "other").mkdir()
    (tmp_path / "_" / "other/name").write_text("other")
    shell = start(given)
    found = {"/name": "/", "name": ".", "x/name": "/x", "/x/y/name": "/x/y", "/x/yy/name": "x/yy", "/x/y/z/name": "/x/y/z"}
    for path, name in {**found, "/other/name": "other"}.items():
        assert shell("open", 0, path) == ("OK",)
        assert shell("read", 0, 0, 99) == ("OK", name.encode()), path


def test_no_preopen(start):
    shell = start({"/data": "/tmp"})
    for path in ["/dat/a", "/database", "other", "/", "."]:
        assert shell("open", 0, path) == ("EPERM",)
    assert start({}, options=["--dir=/tmp::x"])("stat", "y") == ("EPERM",)


OUT = {"..": "EPERM", "../out": "EPERM", "sub/../../out": "EPERM", "up/out": "EPERM", "absolute": "EPERM", "up": "EPERM"}


BAD = {
    b"": "ENOENT",
    b"nosuch": "ENOENT",
    b"a\0b": "EINVAL",
    b"\xff": "EILSEQ",
    b"a\xc0\xafb": "EILSEQ",
    b"\xed\xa0\x80": "EILSEQ",
    b"\xf4\x90\x80\x80": "EILSEQ",
    b"\xc3": "EILSEQ",
    b"%00": "ENOENT",
    LONG.encode(): "ENAMETOOLONG",
    b"x/" * 32768: "ENAMETOOLONG",
    b"a/b": "ENOTDIR",
    b"a/": "ENOTDIR",
    b"loop": "ELOOP",
}


@pytest.fixture
def traps(tmp_path, d):
    """What a path could lead out by."""
    (tmp_path / "out").write_text("secret")
    (d / "a").write_text("text")
    (d / "up").symlink_to("..")
    (d / "absolute").symlink_to(tmp_path / "out")
    (d / "loop").symlink_to("loop")
    (d / "in").symlink_to("sub/../a")
    (d / "sub").mkdir()
    (d / "sub/back").symlink_to("../a")


@pytest.mark.usefixtures("traps")
def test_beneath(start, tmp_path, d):
    """A path of somebody else's leads nowhere else, and reports no more than an error."""
    shell = start({"/": tmp_path})
    assert shell("open", 0, "/d", "dw") == ("OK",)
    assert shell("open", 1, "0:a") == ("OK",)
    assert shell("open", 1, "0:in") == ("OK",)
    for path, error in {**OUT, **BAD, "/d/a": "EPERM", "/": "EPERM", "sub/../a": "EPERM"}.items():
        path = os.fsencode(path)
        assert shell("open", 1, b"0:" + path) == (error,), path[:99]
        assert shell("stat", b"0:" + path)[0] == error, path[:99]
    assert shell("open", 2, "0:sub", "d") == ("OK",)
    assert shell("open", 1, "2:back") == ("EPERM",)  # it leads out of that directory, if not of the first
    assert shell("open", 1, "0:sub/back") == ("OK",)
    for call in ["mkdir", "rmdir", "unlink"]:
        assert shell(call, "0:../out") == ("EPERM",)
    assert shell("rename", "0:a", "0:../b") == shell("rename", "0:../out", "0:b") == ("EPERM",)
    assert shell("open", 1, "0:up/new", "wc") == ("EPERM",)
    assert shell("open", 1, "3:a") == ("EBADF",)
    assert (tmp_path / "out").read_text() == "secret"
    assert sorted(os.listdir(tmp_path)) == ["d", "out"]


@pytest.mark.usefixtures("traps")
def test_paths(shell):
    for path, error in {**OUT, **BAD}.items():
        path = os.fsencode(path)
        if path:
            assert shell("open", 0, b"d/" + path) == (error,), path[:99]
    assert shell("open", 0, "") == ("ENOENT",)
    assert shell("open", 0, "d/in") == ("OK",)
    assert shell("open", 0, "d/in", "n") == ("ELOOP",)


@pytest.mark.usefixtures("traps")
def test_a_slash_at_the_end(shell, d):
    assert shell("open", 0, "d/sub/") == shell("open", 0, "d/sub///", "d") == ("OK",)
    assert shell("open", 0, "d/") == ("OK",)
    assert shell("stat", "d/sub/")[0] == "OK"
    assert shell("stat", "d/a/") == ("ENOTDIR",)
    assert shell("stat", "d/nosuch/") == ("ENOENT",)
    assert shell("mkdir", "d/new/") == ("OK",)
    assert shell("rename", "d/new/", "d/newer/") == ("OK",)
    assert shell("rmdir", "d/newer/") == ("OK",)
    (d / "to").symlink_to("sub")
    assert shell("rename", "d/to/", "d/b") == ("ENOTDIR",)
    assert shell("rename", "d/a/", "d/b") == shell("rename", "d/a", "d/b/") == shell("rename", "d/in/", "d/b") == ("ENOTDIR",)
    assert shell("rename", "d/nosuch/", "d/b") == ("ENOENT",)
    assert shell("times", "d/a/", 1, 1) == shell("times", "d/in/", 1, 1, "n") == ("ENOTDIR",)
    assert shell("times", "d/sub/", 1, 1) == ("OK",) and (d / "sub").stat().st_mtime_ns == 1
    assert shell("open", 0, "d/a/", "w") == ("ENOTDIR",)
    for flags in ["wc", "wx", "wt", "ac"]:
        assert shell("open", 0, "d/b/", flags) == shell("open", 0, "d/a/", flags) == shell("open", 0, "d/sub/", flags) == ("EISDIR",)
    assert shell("open", 0, "d/sub/", "w") == shell("mkdir", "0:new") == shell("rmdir", "0:new") == ("OK",)
    assert shell("unlink", "d/a/") == shell("link", "d/a/", "d/b") == shell("link", "d/a", "d/b/") == ("EISDIR",)
    assert shell("symlink", "a", "d/c/") == shell("readlink", "d/in/", 9)[:1] == ("EISDIR",)
    assert (d / "a").stat().st_mtime_ns != 1
    assert sorted(os.listdir(d)) == ["a", "absolute", "in", "loop", "sub", "to", "up"]
