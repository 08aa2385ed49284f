# Names: made, moved and removed; directories listed and walked.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re

import pytest

from wasi.shells import KEEP, LONG, NOW, TYPES, start_as_nobody


def test_stat(shell, d):
    (d / "a").write_text("text")
    (d / "sub").mkdir()
    (d / "link").symlink_to("a")
    (d / "dangling").symlink_to("nosuch")
    info = shell.info("stat", "d/a")
    assert info == {
        "type": "regular",
        "size": 4,
        "links": 1,
        "accessed": (d / "a").stat().st_atime_ns,
        "modified": (d / "a").stat().st_mtime_ns,
    }
    assert shell.info("stat", "d/link") == info
    assert shell.info("stat", "d/link", "n")["type"] == "link"
    assert shell.info("stat", "d/link", "n")["size"] == 1
    assert shell.info("stat", "d/sub")["type"] == shell.info("stat", "d")["type"] == "directory"
    assert shell("stat", "d/dangling") == ("ENOENT",)
    assert shell.info("stat", "d/dangling", "n")["type"] == "link"
    assert shell("open", 0, "d/a") == ("OK",)
    assert shell.info("fstat", 0) == info


def test_identity(shell, d):
    """The same by each name and after each change, and another for each file that is there."""
    for name in ["a", "b"]:
        (d / name).write_text("text")
    (d / "link").symlink_to("a")
    os.link(d / "a", d / "hard")
    ok, of_a = shell("identify", "d/a")
    assert ok == "OK" and shell("identify", "d/link") == shell("identify", "d/hard") == (ok, of_a)
    (d / "a").write_text("longer")
    assert shell("open", 0, "d/hard") == ("OK",)
    assert shell("fidentify", 0) == shell("identify", "d/a") == (ok, of_a)
    others = [shell("identify", *words)[1] for words in [("d/b",), ("d/link", "n"), ("d",)]]
    assert len({of_a, *others}) == 4
    assert shell("identify", "d/nosuch")[0] == "ENOENT"


def test_given(shell, d):
    names, place = [], 0
    while (told := shell("given", place))[0] == "OK":
        names.append(told[1])
        place += 1
    assert b"d" in names and len(set(names)) == len(names)


@pytest.mark.parametrize("ns", [0, 1, -(10**9), 1_700_000_000_123_456_789, -86_400 * 10**9, 999_999_999])
def test_times(shell, d, ns):
    (d / "a").write_text("text")
    (d / "link").symlink_to("a")
    before = (d / "a").stat()
    assert shell("times", "d/a", KEEP, ns) == ("OK",)
    assert (d / "a").stat().st_atime_ns == before.st_atime_ns
    assert shell.info("stat", "d/a")["modified"] == (d / "a").stat().st_mtime_ns == ns
    assert shell("times", "d/link", ns, NOW, "n") == ("OK",)
    assert (d / "link").lstat().st_atime_ns == ns
    assert (d / "link").lstat().st_mtime_ns >= before.st_mtime_ns
    assert shell("times", "d/link", ns, KEEP) == ("OK",)
    assert (d / "a").stat().st_atime_ns == ns
    assert shell("open", 0, "d/a", "rw") == shell("ftimes", 0, NOW, 5) == ("OK",)
    assert ((d / "a").stat().st_mtime_ns, (d / "a").stat().st_atime_ns >= before.st_mtime_ns) == (5, True)
    assert shell("times", "d/nosuch", 1, 1) == ("ENOENT",)
    assert shell("times", "d/a", 1, "bad") == shell("ftimes", 0, "bad", 1) == ("EINVAL",)
    assert (d / "a").stat().st_mtime_ns == 5


def test_rename_and_link(shell, d):
    (d / "a").write_text("a")
    (d / "b").write_text("b")
    (d / "sub").mkdir()
    assert shell("rename", "d/a", "d/sub/a") == ("OK",)
    assert shell("rename", "d/sub/a", "d/b") == ("OK",)
    assert (d / "b").read_text() == "a"
    assert shell("rename", "d/nosuch", "d/b") == ("ENOENT",)
    assert shell("rename", "d/b", "d/sub") == ("EISDIR",)
    assert shell("rename", "d/sub", "d/b") == ("ENOTDIR",)
    assert shell("link", "d/b", "d/c") == ("OK",)
    assert shell.info("stat", "d/c")["links"] == 2
    assert shell("link", "d/b", "d/c") == ("EEXIST",)
    assert shell("link", "d/nosuch", "d/e") == ("ENOENT",)
    assert shell("link", "d/sub", "d/e") == ("EPERM",)
    assert shell("unlink", "d/c") == ("OK",)
    assert shell("unlink", "d/c") == ("ENOENT",)
    assert shell("unlink", "d/sub")[0] == "EISDIR"
    assert sorted(os.listdir(d)) == ["b", "sub"]


def test_what_was_told_stays(shell, d):
    """An operation that looks by itself leaves it alone."""
    (d / "a").write_bytes(b"12345")
    (d / "sub").mkdir()
    name = shell("stat", "d/a")
    shell("open", 0, "d/a", "r")
    file = shell("fstat", 0)
    assert shell("mkdir", "d/sub", "p") == shell("rename", "d/sub/", "d/other/") == ("OK",)
    assert shell("times", "d/other/", NOW, NOW) == ("OK",)
    assert shell("told") == name
    assert shell("open", 0, "d/other", "d") == ("OK",)
    assert shell("told", 0) == file


def test_two_preopens(start, tmp_path, d):
    other = tmp_path / "other"
    other.mkdir()
    (d / "a").write_text("a")
    shell = start({"d": d, "/other": other})
    assert shell("link", "d/a", "/other/b") == shell("rename", "d/a", "other/a") == ("OK",)
    assert sorted(os.listdir(other)) == ["a", "b"]
    assert shell("open", 0, "d", "dw") == shell("open", 1, "/other", "dw") == ("OK",)
    assert shell("rename", "1:a", "0:c") == ("OK",)
    assert os.listdir(d) == ["c"]


def test_symlinks(shell, d):
    assert shell("symlink", "sub/a", "d/link") == ("OK",)
    assert os.readlink(d / "link") == "sub/a"
    assert shell("readlink", "d/link", 5) == ("OK", b"sub/a")
    assert shell("readlink", "d/link", 4) == ("ELIMIT", b"")
    assert shell("symlink", "x", "d/link") == ("EEXIST",)
    assert shell("symlink", "/etc/passwd", "d/out") == ("EPERM",)
    assert shell("symlink", b"\xff", "d/out") == ("EILSEQ",)
    (d / "out").symlink_to("/etc/passwd")
    assert shell("readlink", "d/out", 99) == ("EPERM", b"")
    (d / "a").write_text("a")
    assert shell("readlink", "d/a", 99) == ("EINVAL", b"")
    assert shell("readlink", "d/nosuch", 99) == ("ENOENT", b"")


def test_directories(shell, d):
    assert shell("mkdir", "d/x") == ("OK",)
    assert shell("mkdir", "d/x") == ("EEXIST",)
    assert shell("mkdir", "d/y/z") == ("ENOENT",)
    assert shell("mkdir", "d/y/z//w/", "p") == shell("mkdir", "d/y/z/w", "p") == ("OK",)
    assert shell("mkdir", "d/y/z/../v/w", "p") == ("OK",)
    assert (d / "y/z/w").is_dir() and (d / "y/v/w").is_dir()
    (d / "file").write_text("")
    (d / "to_x").symlink_to("x")
    (d / "dangling").symlink_to("nosuch")
    assert shell("mkdir", "d/to_x/new", "p") == shell("mkdir", "d/to_x", "p") == shell("mkdir", "d", "p") == ("OK",)
    assert shell("mkdir", "d/file", "p") == shell("mkdir", "d/dangling", "p") == ("EEXIST",)
    assert shell("mkdir", "d/file/x", "p") == ("ENOTDIR",)
    assert shell("mkdir", "d/file/x/y", "p") == ("ENOTDIR",)
    assert shell("rmdir", "d/y") == ("ENOTEMPTY",)
    assert shell("rmdir", "d/file") == ("ENOTDIR",)
    assert shell("rmdir", "d/nosuch") == ("ENOENT",)
    assert shell("rmdir", "d/x/new") == shell("rmdir", "d/x") == ("OK",)
    assert not (d / "x").exists()


def listed(shell, *words):
    *told, error = shell("list", *words)[1:]
    return {name: TYPES[kind] for name, kind in zip(told[::2], told[1::2])}, error.decode()


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 32, 1000])
def test_list(shell, d, count):
    for i in range(count):
        (d / f"file{i}").write_text("")
    assert listed(shell, "d") == ({b"file%d" % i: "regular" for i in range(count)}, "OK")
    assert shell("open", 0, "d") == ("OK",)
    assert listed(shell, "0:.") == listed(shell, "d/") == listed(shell, "d")


def test_list_of_all_types(shell, d, answer):
    (d / "a").write_text("")
    (d / "sub").mkdir()
    (d / "to_sub").symlink_to("sub")
    (d / "sub/é\n").write_text("")
    (d / "sub" / LONG[:255]).write_text("")
    os.mkfifo(d / "pipe")
    found, error = listed(shell, "d")
    assert found.pop(b"pipe") == answer("the type of a pipe")
    assert (found, error) == ({b"a": "regular", b"sub": "directory", b"to_sub": "link"}, "OK")
    names = {"é\n".encode(): "regular", LONG[:255].encode(): "regular"}
    assert listed(shell, "d/sub") == listed(shell, "d/to_sub") == (names, "OK")
    assert listed(shell, "d/to_sub", "n") == ({}, answer("a list of a link that is not followed"))
    assert listed(shell, "d/a") == ({}, "ENOTDIR")
    assert listed(shell, "d/nosuch") == ({}, "ENOENT")
    assert listed(shell, "d/..") == ({}, "EPERM")


def test_list_with_a_name_that_is_no_utf8(shell, d):
    """wasmtime ends there, and that is told: some of the names are not all of them."""
    for i in range(40):
        (d / f"file{i}").write_text("")
    with open(os.fsencode(d) + b"/\xff", "w"):
        pass
    found, error = listed(shell, "d")
    assert (len(found) < 41, error) == (True, "EILSEQ")
    (told,) = [it for it in walked(shell, "d") if it[2] != "OK"]
    assert told == (b"", 0, "EILSEQ")


def walked(shell, *words):
    *told, error = shell("walk", *words)[1:]
    assert error == b"OK"
    return [(path, depth, error.decode()) for path, depth, error in zip(told[::3], told[1::3], told[2::3])]


def tree_of(folder):
    """All that is beneath it, and how deep."""
    paths = [path.relative_to(folder) for path in folder.rglob("*")]
    return {(os.fsencode(path), len(path.parts), "OK") for path in paths}


@pytest.fixture
def tree(d):
    for path in ["a/b/c/d", "a/e", "f", "g/h/i/j/k"]:
        (d / path).mkdir(parents=True)
    for path in ["1", "a/2", "a/b/3", "a/b/c/d/4", "g/h/5"]:
        (d / path).write_text("")
    for i in range(50):
        (d / "a/e" / str(i)).write_text("")
    (d / "up").symlink_to(".")
    (d / "a/up").symlink_to("..")
    return d


def test_walk(shell, tree):
    told = walked(shell, "d")
    assert len(told) == len(set(told))
    assert set(told) == tree_of(tree)
    paths = [path for path, *_ in told]
    for path, depth, _ in told:  # a directory comes before what is in it, and all that in one piece
        beneath = [at for at, other in enumerate(paths) if other.startswith(path + b"/")]
        assert beneath == list(range(paths.index(path) + 1, paths.index(path) + 1 + len(beneath)))
        assert depth == path.count(b"/") + 1
    assert walked(shell, "d/f") == []
    assert shell("walk", "d/1")[1:] == (b"ENOTDIR",)
    assert shell("walk", "d/nosuch")[1:] == (b"ENOENT",) or shell("walk", "d/nosuch") == ("", b"ENOENT")


def test_walk_leaves_out(shell, tree):
    without = {it for it in tree_of(tree) if not re.search(rb"(^|/)b/", it[0])}
    assert set(walked(shell, "d", "", "b")) == without


def test_walk_that_is_too_deep(shell, tree):
    beneath = {it for it in tree_of(tree) if it[1] <= 2}
    too_deep = {(path, 2, "ELIMIT") for path, depth, _ in beneath if depth == 2 and (tree / os.fsdecode(path)).is_dir()}
    too_deep -= {(b"a/up", 2, "ELIMIT")}
    assert set(walked(shell, "d", 2)) == beneath | too_deep


def test_walk_down_a_deep_path(shell, d):
    """A stack of its own: the path is longer than the host takes one."""
    at = os.open(d, os.O_RDONLY)
    for _ in range(60):
        os.mkdir("n" * 100, dir_fd=at)
        inner = os.open("n" * 100, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    told = walked(shell, "d")
    assert [(len(path), depth, error) for path, depth, error in told] == [(i * 101 - 1, i, "OK") for i in range(1, 61)]
    assert walked(shell, "d", 128) == told


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_walk_past_what_cannot_be_read(start, tree, tmp_path):
    (tree / "a/b").chmod(0)
    (tree / "f").chmod(0o400)
    told = set(walked(start_as_nobody(start, tmp_path), "d"))
    left_out = {it for it in tree_of(tree) if it[0].startswith(b"a/b/")}
    assert told == tree_of(tree) - left_out | {(b"a/b", 2, "EACCES"), (b"f", 1, "EACCES")}
