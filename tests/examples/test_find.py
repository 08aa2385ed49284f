# The find example: what it finds, and its hashes.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import random
import subprocess
import zlib
from pathlib import Path

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401
from paths import ROOT
from tools.service import FLAGS

from examples.client import MIB

FIND = ROOT / "build/release/examples/find.wasm"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A tree, and of each file that can be read, what is in it."""
    top = tmp_path_factory.mktemp("find")
    (top / "sub/deep/deeper").mkdir(parents=True)
    (top / "empty").mkdir()
    names = ["a.c", "b.h", "no end", "sub/a.c", "sub/ab.c", "sub/é.c", "sub/deep/axbxc", "sub/deep/deeper/c"]
    numbers = random.Random(5)
    files = {name: numbers.randbytes(size) for name, size in zip(names, [0, 1, 10, 1023, 1024, 1025, 65536, 3 * MIB + 7])}
    for name, data in files.items():
        (top / name).write_bytes(data)
    (top / "link").symlink_to("a.c")
    (top / "sub/up").symlink_to("..")
    os.mkfifo(top / "pipe")
    return top, files


@pytest.fixture
def find(host):  # noqa: F811
    def find(top, *words, options=(), **more):
        ended = host.run(host.example("find"), *words, options=[*options, "--dir", f"{top}::."], **more)
        own = [line for line in ended.err.splitlines(True) if not line.startswith("weft: ")]  # a debug build says more
        return ended.code, sorted((ended.out or b"").decode().splitlines()), "".join(own)

    return find


def everything(top):
    return [path for path in Path(top).rglob("*")]


LIKE = {
    "*": lambda path: True,
    "*.c": lambda path: path.name.endswith(".c"),
    "a*b*c": lambda path: path.name in ("axbxc", "ab.c"),
    "?.?": lambda path: path.name in ("a.c", "b.h"),
    "??.c": lambda path: path.name in ("ab.c", "é.c"),  # two bytes
    "deep": lambda path: path.name == "deep",
    "dee": lambda path: False,
    "*p": lambda path: path.name in ("deep", "up"),
}


@pytest.mark.parametrize("pattern", LIKE)
def test_names(find, tree, pattern):
    top, _ = tree
    wanted = sorted(f"./{path.relative_to(top)}" for path in everything(top) if LIKE[pattern](path))
    assert find(top, ".", "--name", pattern) == (0, wanted, "")


@pytest.mark.parametrize("letter, is_it", [("f", Path.is_file), ("d", Path.is_dir), ("l", Path.is_symlink)])
def test_types(find, tree, letter, is_it):
    top, _ = tree
    wanted = [path for path in everything(top) if is_it(path) and (letter == "l" or not path.is_symlink())]
    assert find(top, "./", "--type", letter) == (0, sorted(f"./{path.relative_to(top)}" for path in wanted), "")


@pytest.mark.parametrize(
    "words, fits",
    [
        (["1k"], lambda size: size >= 1024),
        (["-1k"], lambda size: size <= 1024),
        (["1025"], lambda size: size >= 1025),
        (["-0"], lambda size: size == 0),
        (["1", "--size", "-1023"], lambda size: 1 <= size <= 1023),
        (["1T"], lambda size: False),
    ],
)
def test_sizes(find, tree, words, fits):
    top, files = tree
    wanted = sorted(f"./{name}" for name, data in files.items() if fits(len(data)))
    assert find(top, ".", "--type", "f", "--size", *words) == (0, wanted, "")


@pytest.mark.parametrize("at_a_time", [1, 3, 256])
def test_hashes(host, find, tree, at_a_time):  # noqa: F811
    top, files = tree
    wanted = sorted(f"{zlib.crc32(data):08x}  ./{name}" for name, data in files.items())
    assert find(top, ".", "--hash", at_a_time) == (0, wanted, "")
    below = sorted(line.replace("./sub/", "sub/") for line in wanted if "./sub/" in line)
    assert find(top, "sub", "--hash", at_a_time, options=host.slow) == (0, below, "")


def test_large_files_at_a_time(tools, tmp_path, at_a_time=4, count=12, size=64 * MIB):
    """So many are open at a time, and no more; and memory stays flat: the component has 4 MiB, its stack among it."""
    for number in range(count):
        with open(tmp_path / str(number), "wb") as file:
            file.truncate(size)
    command = [tools.wasmtime, "run", *FLAGS, "-W", f"max-memory-size={4 * MIB}", "--dir", f"{tmp_path}::.", FIND, "."]
    most = 0
    with subprocess.Popen([*command, "--hash", str(at_a_time)], stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            most = max(most, len(open_files(process.pid, tmp_path)))
        lines = process.stdout.read().splitlines()
    crc = zlib.crc32(bytes(size))
    assert sorted(lines) == sorted(f"{crc:08x}  ./{number}" for number in range(count))
    assert process.returncode == 0 and most == at_a_time


def open_files(pid, folder):
    """The files in a folder that a process has open."""
    targets = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            targets.add(os.readlink(handle))
        except OSError:
            pass  # closed meanwhile
    return {target for target in targets if Path(target).parent == folder}


def test_what_goes_wrong(find, tree):
    top, files = tree
    assert find(top, "nowhere") == (1, [], "find: nowhere: no such file or directory\n")
    assert find(top, "a.c")[0] == 1
    for words in ([], [".", "--hash"], [".", "--hash", "0"], [".", "--hash", "257"], [".", "--type", "x"], [".", "--type", ""],
                  [".", "--size", "big"], [".", "-x", "y"]):  # fmt: skip
        code, _, said = find(top, *words)
        assert code == 1 and said.startswith("find: ") and "usage: find" in said
    with open("/dev/full", "w") as full:
        assert find(top, ".", "--hash", "3", stdout=full)[0] == find(top, ".", stdout=full)[0] == 1


def test_a_path_that_is_too_long(find, tmp_path):
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=at)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    code, lines, said = find(tmp_path, ".")
    assert code == 1 and lines == ["." + ("/" + "d" * 200) * depth for depth in range(1, 21)]
    assert len(said.splitlines()) == 5 and all(line.endswith("ddd: name too long") for line in said.splitlines())


def test_the_others_are_found(find, tmp_path):
    """A directory that cannot be read to its end is told, and the rest is there."""
    (tmp_path / "good").mkdir()
    (tmp_path / "good/x").write_text("x")
    (tmp_path / "bad").mkdir()
    (Path(os.fsdecode(os.fsencode(tmp_path / "bad") + b"/\xff"))).touch()
    code, lines, said = find(tmp_path, ".", "--hash", "2")
    assert (code, lines) == (1, ["8cdc1683  ./good/x"]) and said == "find: ./bad: not valid UTF-8\n"
