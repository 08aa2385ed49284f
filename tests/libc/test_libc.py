# Plain C in components: the program does what it does natively, and fibers do not disturb each other.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import functools
import os
import re
import resource
import signal
import socket
import subprocess

import pytest
from paths import ROOT

from libc.conftest import Natively, everywhere_on_fibers, on_fibers
from wasi.shells import start_as_nobody

WAIT = 60  # seconds, for what comes in milliseconds


def test_files(programs, native, run, tmp_path):
    here, there = tmp_path / "native", tmp_path / "component"
    for place in (here, there):
        (place / "d").mkdir(parents=True)
    expected = run([native("files")], cwd=here)
    done = programs.run(programs.path("files"), options=["--dir", "."], cwd=there)
    assert done.out.decode() == expected, done.err
    assert expected.count("\n") > 100

    def tree(place):
        return {file.relative_to(place): file.is_file() and file.read_bytes() for file in place.rglob("*")}

    assert tree(here) == tree(there)


@on_fibers
@pytest.mark.parametrize("program", ["files", "program", "serve", "fibers", "shared", "threads"])
def test_imports(programs, tools, run, program):
    """Nothing of preview 1 is left; of preview 2 what Weft's messages take, in Debug."""
    assert '(import "wasi_snapshot_preview1"' not in run([tools.wasm_tools, "print", "--skeleton", programs.path(program)])
    wit = run([tools.wasm_tools, "component", "wit", programs.path(program)])
    versions = set(re.findall(r"^  import wasi:.*@(\S+);", wit, re.M))
    assert versions == ({"0.3.2"} if programs.preset == "release" else {"0.3.2", "0.2.12"})
    assert "export wasi:cli/run@0.3.2" in wit


def test_given(everywhere):
    done = everywhere.run(everywhere.path("program"), "given", "a b", "", "ü", options=["--env", "OF_ONE=1", "--env", "OF_TWO="])
    assert done.out.decode() == "a b\n\nü\nOF_ONE=1\nOF_TWO=\n1\nchanged 1\n"


@pytest.mark.parametrize(
    "arguments, code, out",
    [
        (["return", "0"], 0, "buffered, bye\n"),
        (["return", "1"], 1, "buffered, bye\n"),
        (["return", "4"], 4, "buffered, bye\n"),
        (["exit", "0"], 0, "buffered, bye\n"),
        (["exit", "77"], 77, "buffered, bye\n"),
        (["_exit", "5"], 5, ""),
        (["abort"], None, ""),
    ],
)
def test_end(everywhere, arguments, code, out):
    done = everywhere.run(everywhere.path("program"), *arguments)
    assert (done.code, done.out.decode()) == (everywhere.aborted if code is None else code, out), done.err


def test_cat(everywhere):
    text = os.urandom(300_000)
    assert everywhere.run(everywhere.path("program"), "cat", stdin=text).out == text


def test_a_reader_that_goes(everywhere):
    process = everywhere.start(everywhere.path("program"), "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        process.stdout.close()
        with pytest.raises(BrokenPipeError):
            while True:
                process.stdin.write(bytes(100_000))
        process.stdin = None
        assert process.wait(WAIT) == 1


def test_times_and_numbers(everywhere):
    assert everywhere.run(everywhere.path("program"), "times").out == b"1 1\n1\n"
    assert everywhere.run(everywhere.path("program"), "numbers").out == b"0 0 1\n"


def test_many_descriptors(everywhere):
    """The next is the lowest that is free, and takes no look at all the others."""
    natively = isinstance(everywhere, Natively)
    options = [] if natively else ["-W", "fuel=200000000"]  # a look at each would take several times as much
    done = everywhere.run(everywhere.path("program"), "many", "500" if natively else "20000", options=options)
    assert (done.code, done.out) == (0, b"1 1 1 1\n"), done


MISSING = """stat 0
accept ENOTSUP
nonblock ENOTSUP
above EPERM
rename EXDEV
popen ENOSYS
system ENOSYS
getuid ENOSYS
getegid ENOSYS
chmod ENOSYS
same mode 0
chown ENOSYS
same owner 0
fchown 0
peek ENOTSUP
recv 0
send 0
"""


def test_missing(programs, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/file").touch()
    (tmp_path / "other").touch()
    done = programs.run(programs.path("program"), "missing", options=["--dir", "."], cwd=tmp_path)
    assert done.out.decode() == MISSING, done.err


def test_a_listing_that_is_cut_short(programs, tmp_path):
    """wasmtime ends at a name that is no UTF-8, behind names that it has told."""
    (tmp_path / "d").mkdir()
    for name in [*(b"file%d" % i for i in range(40)), b"\xff"]:
        open(os.fsencode(tmp_path) + b"/d/" + name, "w").close()
    done = programs.run(programs.path("program"), "lists", options=["--dir", "."], cwd=tmp_path)
    assert done.out == b"1\n", done.err


def few_bytes():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


def test_a_full_disk(programs, tmp_path):
    """As much is written as the program was told, and then it learns of the error."""
    options = {"options": ["--dir", "."], "cwd": tmp_path, "stdout": subprocess.PIPE}
    with programs.start(programs.path("program"), "fills", **options, preexec_fn=few_bytes) as process:
        assert process.stdout.read() == b"-1 1\n"


def test_to_read_only(programs, tmp_path):
    """What is there is read, by O_CREAT too; and what is not there may not be made."""
    (tmp_path / "file").write_text("text")
    (tmp_path / "file").chmod(0o444)
    tmp_path.chmod(0o555)
    start = functools.partial(programs.start, programs.path("program"), "opens", "file", cwd=tmp_path, options=["--dir", "."])
    with start_as_nobody(functools.partial(start, stdout=subprocess.PIPE), tmp_path) as process:
        assert process.stdout.read() == b"1 1\n"


def test_waits(everywhere):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with everywhere.start(everywhere.path("program"), "waits", **pipes) as process:
        assert process.stderr.readline() == b"go\n"
        process.stdin.write(b"hi\n")
        process.stdin.flush()
        assert process.stderr.readline() == b"end\n"
        process.stdin.close()
        assert process.stdout.read() == b"0 0\n2 1 1\n1\nhi\n0\n2 1\n"


@everywhere_on_fibers
def test_fibers(everywhere):
    """Standard input has no end, for a read that is cancelled."""
    with everywhere.start(everywhere.path("fibers"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"errno: 0 of 40 wrong\n"
        process.stdin.write(b"xy")
        process.stdin.flush()
        assert process.stdout.read() == (
            b"taken: x y\nno turn: 1\ncancelled: -1 1 1 1\nsent: 2 0 -1 1, got 2 0\noutside of a fiber: 1\n"
        )
        process.stdin.close()


SHARED = {
    "print": "printed: 400 whole, 400 in order, switched: 1",
    "read": "read: 200 whole, 200 in order, by both: 1",
    "file": "file: 400 whole, 400 in order, switched: 1",
    "close": "closed: xc-s",
    "lock": "locked: lbco 0",
    "left": "left: hcge",
    "flush": "flushed: yfw",
    "list": "listed: 100 100",
    "go": "gone: 0 0 wrong",
    "directory": "1 is in /here/b",
    "split": "strtok: - -, strtok_r: c 3",
    "set": "environment: of 1, of 0",
}


@on_fibers
@pytest.mark.parametrize("what", SHARED)
def test_shared(programs, tmp_path, what):
    done = programs.run(programs.path("shared"), what, options=["--dir", ".::/here", "--dir", "."], cwd=tmp_path)
    assert done.out.decode() == SHARED[what] + "\n", done.err


@pytest.mark.parametrize("what", ["print", "read", "close", "lock", "left", "flush"])
def test_shared_natively(natively, tmp_path, what):
    done = natively.run(natively.path("shared"), what, cwd=tmp_path)
    assert done.out.decode() == SHARED[what] + "\n", done.err


def lines_of(fiber, text):
    """The numbers of its lines. All are whole, as is the last."""
    assert text.endswith("\n")
    return [int(re.fullmatch(r"\d is at (\d+) of its lines", line)[1]) for line in text.splitlines() if line.startswith(f"{fiber} is")]


def test_message_of_a_misuse_natively(natively):
    """It does not pass through the component's stderr, which is cut here. What is linked behind weft::libc has Weft's libc, too."""
    done = natively.run(natively.path("misuse"), options=["--cut=7"])
    assert (done.code, done.out) == (134, b"1 said\n") and "weft: weft_acquire: the permit is held already" in done.err, done


@on_fibers
def test_two_on_stdout(programs):
    text = programs.run(programs.path("shared"), "stdout").out.decode()
    assert lines_of(0, text) == lines_of(1, text) == list(range(1, 201))
    assert text.count("\n") == 400


@on_fibers
def test_exit_while_another_prints(programs):
    """Two exit."""
    text = programs.run(programs.path("shared"), "exit").out.decode()
    printed = lines_of(0, text)
    assert printed == list(range(1, len(printed) + 1))
    assert len(printed) > 10 and text.count("\n1 exits\n") == text.count("\n2 exits\n") == 1 and text.count("\n") == len(printed) + 2


@on_fibers
def test_threads(programs, native, run):
    expected = subprocess.run([native("threads", "-pthread")], input=b"abcdefgh", capture_output=True, timeout=WAIT).stdout
    done = programs.run(programs.path("threads"), stdin=b"abcdefgh")
    assert (done.code, done.out) == (0, expected), done.err
    assert expected.count(b"\n") == 10


@on_fibers
def test_threads_print_whole_lines(programs):
    """The program ends with the last of them, as main has left it to them."""
    done = programs.run(programs.path("threads"), "print")
    text = done.out.decode()
    assert done.code == 0 and lines_of(0, text) == lines_of(1, text) == list(range(1, 201))


@on_fibers
@pytest.mark.parametrize("code", [0, 3])
def test_main_ends_before_its_threads(programs, code):
    done = programs.run(programs.path("threads"), "leave", str(code))
    assert (done.code, done.out) == (code, b"left\n"), done.err


@pytest.mark.parametrize("backend", ["none"], indirect=True)
def test_no_threads(programs):
    """Where no fiber is, none can be made; the rest of pthread.h is there."""
    done = programs.run(programs.path("threads"), "alone")
    assert (done.code, done.out) == (0, b"EAGAIN 0 0\n0 0 1\n"), done.err


@pytest.mark.parametrize("backend", ["none"], indirect=True)
@pytest.mark.parametrize("program", ["files", "program", "threads"])
def test_without_fibers(programs, tools, run, program):
    """Any host runs it: it has neither Binaryen's code nor threads of the host."""
    text = run([tools.wasm_tools, "print", "--skeleton", programs.path(program)])
    assert not re.search(r'asyncify|thread\.new|"wasi_snapshot_preview1"', text)


@everywhere_on_fibers
def test_serve(everywhere):
    """Clients at once, each in the middle of what it does; and a stop, which those hear who still wait."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with everywhere.start(everywhere.path("serve"), options=["-S", "inherit-network"], **pipes) as process:
        port = int(process.stdout.readline().decode().rpartition(":")[2])
        peers = [socket.create_connection(("127.0.0.1", port), timeout=WAIT) for _ in range(5)]
        files = [peer.makefile("rw") for peer in peers]

        def ask(i, text):
            files[i].write(text)
            files[i].flush()

        ask(0, "sleep 300\n")
        for i in range(1, 5):
            ask(i, f"I am {i}\nhal")
        for i in range(1, 5):
            assert files[i].readline() == f"1: I am {i}\n"
        for i in range(4, 0, -1):
            ask(i, "f\nquit\n" if i > 2 else "f\n")
            assert files[i].readline() == "2: half\n"
        assert [files[i].read() for i in (3, 4)] == ["bye\n", "bye\n"]
        assert files[0].readline() == "1: sleep 300\n"
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert [files[i].read() for i in (0, 1, 2)] == [""] * 3
        assert process.stdout.read() == b"3 cancelled\n"
        process.stdin.close()
        assert process.wait(WAIT) == 0
        for one in [*files, *peers]:
            one.close()
