# Files and directories, by a component that carries out what it is told.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import resource
import subprocess
import threading

import pytest

VERSION = "@0.3.2"
LIMIT = 60  # seconds without an answer
NOBODY = 65534
TYPES = ["unknown", "regular", "directory", "link", "pipe", "socket", "characters", "blocks"]
KEEP, NOW = -(2**63), 2**63 - 1


def encoded(word):
    word = str(word) if isinstance(word, int) else word
    word = os.fsencode(word) if isinstance(word, str) else word
    return re.sub(rb"[^!-$&-~]", lambda byte: b"%%%02x" % byte[0][0], word)


def decoded(word):
    if word.startswith(b"#"):
        return int(word[1:])
    return re.sub(rb"%(..)", lambda it: bytes.fromhex(it[1].decode()), word)


def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def start_as_nobody(start, path):
    """The host has a home beside what is given."""
    for folder in [path, *path.parents[:3]]:
        folder.chmod(folder.stat().st_mode | 0o711)
    home = path / "home"
    home.mkdir()
    home.chmod(0o777)
    return start(preexec_fn=as_nobody, env={"HOME": home})


FEW = 48


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, FEW))


class Shell:
    """shell("open", 0, "d/file") is what the call has told: the name of its error first."""

    def __init__(self, host, component, options, **more):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = host.start(component, options=options, **pipes, **more)

    def __call__(self, *words):
        watchdog = threading.Timer(LIMIT, self.process.kill)
        watchdog.start()
        self.process.stdin.write(b"\t".join(map(encoded, words)) + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        watchdog.cancel()
        assert answer.endswith(b"\n"), "the component has ended"
        error, *told = answer[:-1].split(b"\t")
        return (error.decode(), *map(decoded, told))

    def info(self, *words):
        error, *told = self(*words)
        assert error == "OK", (words, error)
        kind, *numbers = told
        return dict(zip(["type", "size", "links", "accessed", "modified"], [TYPES[kind], *numbers]))

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(LIMIT) == 0


@pytest.fixture
def d(tmp_path):
    (tmp_path / "d").mkdir()
    return tmp_path / "d"


@pytest.fixture
def start(host, component, d):
    """start(d=path, ...) is a shell whose preopened directories are these; one that is called d is there by itself."""
    shells = []

    def started(directories=None, options=(), **more):
        directories = directories or {"d": d}
        given = [f"--dir={path}::{name}" for name, path in directories.items()]
        shells.append(Shell(host, component("fs-shell"), [*given, *options], **more))
        return shells[-1]

    yield started
    for shell in shells:
        if shell.process.poll() is None:
            shell.process.kill()
        shell.process.communicate()


@pytest.fixture
def shell(start):
    return start()


# ---- Where a path leads ----


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


LONG = "n" * 300
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
    assert shell("unlink", "d/a/") == shell("link", "d/a/", "d/b") == shell("link", "d/a", "d/b/") == ("EISDIR",)
    assert shell("symlink", "a", "d/c/") == shell("readlink", "d/in/", 9)[:1] == ("EISDIR",)
    assert (d / "a").exists()


# ---- Opening ----


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


def test_pipes_and_devices(start, d):
    """wasmtime would stand still until somebody writes to the pipe."""
    os.mkfifo(d / "pipe")
    (d / "link").symlink_to("pipe")
    shell = start({"d": d, "dev": "/dev"})
    assert shell("open", 0, "d/pipe") == shell("open", 0, "d/pipe", "wc") == shell("open", 0, "d/link") == ("ENODEV",)
    assert shell("open", 0, "dev/null") == ("ENODEV",)
    assert shell("open", 0, "dev/null", "wv") == ("OK",)
    assert shell("write", 0, 0, "x") == ("OK", 1)
    assert shell.info("stat", "d/pipe")["type"] in ("pipe", "unknown")  # wasmtime says the latter
    assert shell.info("stat", "dev/null")["type"] == "characters"


def test_open_closes_what_was_open(start, d):
    (d / "a").write_text("text")
    shell = start(preexec_fn=few_files)
    for _ in range(200):
        assert shell("open", 0, "d/a") == shell("moved", 0) == ("OK",)
    assert shell("close", 0) == shell("close", 0) == ("OK",)


# ---- Bytes ----


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
    assert shell("read", 0, 2**63 - 1, 1)[0] in ("OK", "EINVAL")


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
    assert shell("rename", "d/a", "small/a")[0] in ("EXDEV", "EIO")  # wasmtime says the latter
    assert shell("link", "d/a", "small/a")[0] in ("EXDEV", "EIO")
    assert os.listdir(d) == ["a"]
    assert os.listdir(small) == []


# ---- Names ----


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
    assert shell("unlink", "d/sub")[0] in ("EISDIR", "EPERM", "EACCES")
    assert sorted(os.listdir(d)) == ["b", "sub"]


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


# ---- Directories ----


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


def test_list_of_all_types(shell, d):
    (d / "a").write_text("")
    (d / "sub").mkdir()
    (d / "to_sub").symlink_to("sub")
    (d / "sub/é\n").write_text("")
    (d / "sub" / LONG[:255]).write_text("")
    os.mkfifo(d / "pipe")
    found, error = listed(shell, "d")
    assert found.pop(b"pipe") in ("pipe", "unknown")
    assert (found, error) == ({b"a": "regular", b"sub": "directory", b"to_sub": "link"}, "OK")
    names = {"é\n".encode(): "regular", LONG[:255].encode(): "regular"}
    assert listed(shell, "d/sub") == listed(shell, "d/to_sub") == (names, "OK")
    assert listed(shell, "d/to_sub", "n") == ({}, "ELOOP") or listed(shell, "d/to_sub", "n") == ({}, "ENOTDIR")
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


# ---- Whole files ----


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


def test_whole_write_beside_what_others_have_left(shell, d):
    for i in range(20):
        (d / f".weft-{i:08x}").write_text("theirs")
    assert shell("set", "d/a", "text") == shell("set", "d/b", "text") == ("OK",)
    assert len(os.listdir(d)) == 22
    assert all((d / f".weft-{i:08x}").read_text() == "theirs" for i in range(20))


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


# ---- What is not allowed, and what there is too little of ----


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
    assert shell("times", "d/mine", 1, 1) in [("EACCES",), ("EPERM",)]
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
    """With a time limit, wasmtime's operations take their time."""
    assert run_with_few_files(host, component("fs-sweep"), d, "-W", "timeout=600s") == (0, "")
    assert [path for path in d.rglob(".weft-*")] == []


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
