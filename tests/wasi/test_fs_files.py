# Files: opened, read, written, and whole.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ctypes
import os
import struct
import subprocess
import threading

import pytest

from wasi.shells import few_files


def test_flags(shell, d):
    (d / "a").write_text("text")
    (d / "sub").mkdir()
    assert shell("open", 0, "d/a", "w") == ("OK",)
    assert shell("read", 0, 0, 9) == ("EBADF", b"")
    assert shell("write", 0, 0, "T") == ("OK", 1)
    assert shell("open", 0, "d/a", "rw") == ("OK",)
    assert shell("read", 0, 0, 9) == ("OK", b"Text")
    assert shell("open", 0, "d/a", "r") == ("OK",)
    assert shell("write", 0, 0, "x") == ("EBADF", 0)
    assert shell("resize", 0, 0) == ("EINVAL",)
    assert shell("open", 0, "d/a", "wx") == ("EEXIST",)
    assert shell("open", 0, "d/b", "wx") == shell("open", 0, "d/c", "rwc") == shell("open", 0, "d/c", "wc") == ("OK",)
    assert shell("open", 0, "d/a", "wt") == ("OK",)
    assert (d / "a").read_text() == ""
    assert shell("open", 0, "d/sub", "w") == ("EISDIR",)
    assert shell("open", 0, "d/sub") == ("OK",)
    assert shell("read", 0, 0, 9) == ("EISDIR", b"")
    assert shell("cat", 0, 0) == ("EISDIR", 0)
    assert shell("open", 0, "d/a", "d") == ("ENOTDIR",)
    assert shell("open", 0, "d/nosuch/b", "wc") == ("ENOENT",)


def test_what_only_reads_changes_nothing(shell, d):
    """wasmtime would truncate, and open for writing."""
    (d / "a").write_text("text")
    for flags in ["rt", "t", "c", "x", "dc", "dwc", "dat"]:
        assert shell("open", 0, "d/a", flags) == shell("open", 0, "d/new", flags) == ("EINVAL",)
    assert (d / "a").read_text() == "text"
    assert os.listdir(d) == ["a"]


def test_append(shell, d):
    (d / "a").write_text("text")
    assert shell("open", 0, "d/a", "a") == shell("open", 1, "d/a", "a") == ("OK",)
    for i in range(10):
        assert shell("write", i % 2, 0, str(i)) == ("OK", 1)
    assert (d / "a").read_text() == "text0123456789"
    assert shell("open", 0, "d/new", "rac") == ("OK",)
    assert shell("put", 0, 1000, 5) == ("OK", 0)
    assert (d / "new").read_text() == "ppppp"


def test_a_directory_that_only_reads(start, tmp_path, d):
    """What is opened beneath it can change nothing."""
    (d / "a").write_text("text")
    shell = start()
    assert shell("open", 0, "d", "d") == ("OK",)
    for flags in ["w", "wc", "a", "wt"]:
        assert shell("open", 1, "0:a", flags) == ("EROFS",)
    assert shell("mkdir", "0:new") == shell("unlink", "0:a") == ("EROFS",)
    assert shell("open", 0, "d", "dw") == ("OK",)
    assert shell("open", 1, "0:a", "w") == shell("mkdir", "0:new") == ("OK",)


def test_pipes_and_devices(start, d, answer):
    """wasmtime would stand still until somebody writes to the pipe."""
    os.mkfifo(d / "pipe")
    (d / "link").symlink_to("pipe")
    shell = start({"d": d, "dev": "/dev"})
    assert shell("open", 0, "d/pipe") == shell("open", 0, "d/pipe", "wc") == shell("open", 0, "d/link") == ("ENODEV",)
    assert shell("open", 0, "dev/null") == ("ENODEV",)
    assert shell("open", 0, "dev/null", "wv") == ("OK",)
    assert shell("write", 0, 0, "x") == ("OK", 1)
    assert shell.info("stat", "d/pipe")["type"] == answer("the type of a pipe")
    assert shell.info("stat", "dev/null")["type"] == "characters"


def test_open_closes_what_was_open(start, d):
    (d / "a").write_text("text")
    shell = start(preexec_fn=few_files)
    for _ in range(200):
        assert shell("open", 0, "d/a") == shell("moved", 0) == ("OK",)
    assert shell("close", 0) == shell("close", 0) == ("OK",)


def test_offsets(shell, d):
    assert shell("open", 0, "d/a", "rwc") == ("OK",)
    assert shell("write", 0, 0, "0123456789") == ("OK", 10)
    assert shell("write", 0, 12, "ab") == ("OK", 2)
    assert shell("write", 0, 1, "") == ("OK", 0)
    assert (d / "a").read_bytes() == b"0123456789\0\0ab"
    assert shell("read", 0, 3, 4) == ("OK", b"3456")
    assert shell("read", 0, 8, 100) == ("OK", b"89\0\0ab")
    assert shell("read", 0, 14, 1) == shell("read", 0, 2**40, 1) == shell("read", 0, 3, 0) == ("OK", b"")
    assert shell("resize", 0, 3) == ("OK",)
    assert shell("fstat", 0)[:3] == ("OK", 1, 3)
    assert shell("resize", 0, 2**20) == ("OK",)
    assert shell("cat", 0, 1) == ("OK", 2**20 - 1)
    assert shell("sync", 0) == ("OK",)
    assert shell("read", 0, 2**63 - 1, 1)[0] == "EINVAL"


def test_offsets_that_no_file_has(start, d):
    shell = start()
    assert shell("open", 0, "d/a", "rwc") == ("OK",)
    assert shell("resize", 0, 2**63 - 1) == ("EFBIG",)
    assert shell("write", 0, 2**62, "x") == ("EFBIG", 0)
    assert (d / "a").read_bytes() == b""


@pytest.mark.parametrize("size", [0, 1, 65536, 3 << 20])
def test_sizes(shell, d, size):
    text = os.urandom(size)
    (d / "a").write_bytes(text)
    assert shell("open", 0, "d/a") == ("OK",)
    assert shell("cat", 0, 0) == ("OK", size)
    assert shell("read", 0, max(0, size - 20), 40) == ("OK", text[-20:])
    assert shell("open", 0, "d/b", "wc") == ("OK",)
    assert shell("put", 0, 0, size) == ("OK", 0)
    assert (d / "b").read_bytes() == b"p" * size


def test_a_file_that_grows_and_shrinks(shell, d):
    """A reader sees it until it has met the end."""
    (d / "a").write_text("0123456789")
    assert shell("open", 0, "d/a") == shell("reader", 0, 0) == ("OK",)
    assert shell("next", 5) == ("OK", b"01234")
    with open(d / "a", "a") as file:
        file.write("abc")
    assert shell("next", 100) == ("OK", b"56789abc")
    os.truncate(d / "a", 4)
    assert shell("next", 100) == ("OK", b"")
    assert shell("reader", 0, 0) == ("OK",)
    assert shell("next", 2) == ("OK", b"01")
    os.truncate(d / "a", 1)
    assert shell("next", 100) == shell("next", 100) == ("OK", b"")
    assert shell("read", 0, 0, 100) == ("OK", b"0")


def test_full_device(start, d):
    shell = start({"dev": "/dev"})
    assert shell("open", 0, "dev/full", "wv") == ("OK",)
    assert shell("write", 0, 0, "text") == ("ENOSPC", 0)
    assert shell("put", 0, 0, 300000)[0] == "ENOSPC"


@pytest.fixture
def small(tmp_path):
    """A file system of 256 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_no_space(start, small):
    shell = start({"d": small})
    assert shell("open", 0, "d/a", "rwc") == ("OK",)
    error, left = shell("put", 0, 0, 1 << 20)
    assert (error, left > 0) == ("ENOSPC", True)
    assert shell("open", 1, "d/b", "wc") == ("OK",)
    assert shell("write", 1, 0, "text")[0] == "ENOSPC"
    assert shell("resize", 0, 0) == ("OK",)
    assert shell("write", 1, 0, "text") == ("OK", 4)


def test_another_file_system(start, small, d):
    (d / "a").write_text("text")
    shell = start({"d": d, "small": small})
    for call in ["rename", "link"]:
        assert shell(call, "d/a", "small/a")[0] == "EIO"  # as wasmtime has no case for it
    assert os.listdir(d) == ["a"]
    assert os.listdir(small) == []


@pytest.mark.parametrize("size", [0, 1, 4096, 65536, 1 << 20])
def test_whole_read(shell, d, size):
    text = os.urandom(size)
    (d / "a").write_bytes(text)
    assert shell("get", "d/a", size) == shell("get", "d/a", size + 1) == ("OK", size, text[:1000])
    if size:
        assert shell("get", "d/a", size - 1) == ("ELIMIT", size - 1, text[: size - 1][:1000])
    assert shell("get", "d/nosuch", 9) == ("ENOENT", 0, b"")
    assert shell("get", "d", 9) == ("EISDIR", 0, b"")
    os.mkfifo(d / "pipe")
    assert shell("get", "d/pipe", 9) == ("ENODEV", 0, b"")


def test_whole_write(shell, d):
    for text in ["", "text", "longer " * 5000, "x"]:
        assert shell("set", "d/a", text) == ("OK",)
        assert (d / "a").read_text() == text
    (d / "link").symlink_to("a")
    (d / "sub").mkdir()
    assert shell("set", "d/link", "new") == ("OK",)
    assert ((d / "a").read_text(), (d / "link").read_text()) == ("x", "new")
    assert shell("open", 0, "d", "dw") == shell("set", "0:sub/b", "text") == ("OK",)
    assert (d / "sub/b").read_text() == "text"
    assert shell("set", "d/sub", "text") == shell("set", "d/c/", "text") == ("EISDIR",)
    assert shell("set", "d/nosuch/a", "text") == ("ENOENT",)
    assert shell("set", "d/\udcff", "text") == ("EILSEQ",)
    assert shell("set", "0:../a", "text") == ("EPERM",)
    assert shell("open", 0, "d", "d") == ("OK",)
    assert shell("set", "0:a", "text") == ("EROFS",)
    assert sorted(os.listdir(d)) == ["a", "link", "sub"]
    assert os.listdir(d / "sub") == ["b"]


def made(folder, does):
    """The names that come into a folder while it does that."""
    libc = ctypes.CDLL(None)
    watch = libc.inotify_init()
    assert libc.inotify_add_watch(watch, os.fsencode(folder), 0x100) > 0  # IN_CREATE
    assert does() == ("OK",)
    told = os.read(watch, 1 << 16)
    os.close(watch)
    names = []
    while told:
        size = 16 + struct.unpack_from("iIII", told)[3]
        names.append(os.fsdecode(told[16:size].rstrip(b"\0")))
        told = told[size:]
    return names


def test_whole_write_beside_others(start, d):
    """Each instance has names of its own; one that is there all the same is somebody else's."""

    def number_of_the_next(shell):
        return int(made(d, lambda: shell("set", "d/a", "text"))[0].removeprefix(".weft-"), 16)

    shell = start()
    number = number_of_the_next(shell)
    assert number_of_the_next(shell) == (number + 1) % 2**32
    assert number_of_the_next(start()) not in range(number, number + 100)
    theirs = [d / f".weft-{(number + i) % 2**32:08x}" for i in range(2, 22)]
    for path in theirs:
        path.write_text("theirs")
    assert shell("set", "d/a", "more") == ("OK",)
    assert (d / "a").read_text() == "more"
    assert sorted(os.listdir(d)) == [*sorted(path.name for path in theirs), "a"]
    assert all(path.read_text() == "theirs" for path in theirs)


def test_whole_write_without_space(start, small):
    """What was there stays."""
    (small / "a").write_text("old")
    (small / "full").write_bytes(bytes(230 << 10))
    shell = start({"d": small})
    assert shell("set", "d/a", "x" * 60000) == ("ENOSPC",)
    assert (small / "a").read_text() == "old"
    assert sorted(os.listdir(small)) == ["a", "full"]


def test_whole_write_is_seen_whole(start, d):
    """By who looks all the time."""
    shell = start()
    texts = [letter * 50000 for letter in "ab"]
    assert shell("set", "d/a", texts[0]) == ("OK",)
    seen, over = set(), threading.Event()

    def look():
        while not over.is_set():
            seen.add((d / "a").read_text())

    thread = threading.Thread(target=look)
    thread.start()
    for i in range(60):
        assert shell("set", "d/a", texts[i % 2]) == ("OK",)
    over.set()
    thread.join()
    assert seen <= set(texts)
