# What weft-native can do that no other host does: calls that fail on purpose, time that goes by itself, streams that are slow
# or cut, a dump of a program that stands still, and components that are linked.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import re
import signal
import subprocess

import pytest
from soak import much

from tools.service import Service

TEXT = "".join(f"{number}\n" for number in range(200))


def find(native, path, *options):
    return native("../../examples/find", ".", "--hash", "2", options=["--dir", f"{path}::.", "--leaks", *options])


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "a").write_text("a")
    (tmp_path / "d/b").write_text("b")
    return tmp_path


# ---- Calls that fail ----


@pytest.mark.parametrize(
    "fault, words",
    [
        ("reed:io", "reed: the component imports no such call that can fail; it imports wasi:cli/stdin#read-via-stream, "),
        ("now:io", "now: the component imports no such call that can fail; "),  # it has no error
        ("pen-at:io", "pen-at: the component imports no such call"),
        ("open:none", "none: open has no such error; it has access, already, bad-descriptor, "),
        ("stdout#write-via-stream:access", "access: stdout#write-via-stream has no such error; it has io, illegal-byte-sequence, pipe (wasi:cli/stdout#"),
        ("open:ECONNREFUSED", "ECONNREFUSED: open has no such error; "),
        ("open", "open: a fault is CALL:ERROR, CALL:ERROR@N or CALL:ERROR%P"),
        ("open:io@0", "behind the error stands @N, for the Nth call, or %P, from 1 to 100"),
        ("open:io@2x", "behind the error stands @N, "),
        ("open:io%101", "behind the error stands @N, "),
        ("open:io@-1", "behind the error stands @N, "),
        ("open:io@ 1", "behind the error stands @N, "),
        ("open:io%+1", "behind the error stands @N, "),
        ("open:io@99999999999999999999", "behind the error stands @N, "),
        ("open:io%10", "what fails by chance, or by any error, is drawn from a --seed: give one"),
        ("open:*", "what fails by chance, or by any error, is drawn from a --seed: give one"),
        ("*:*@2", "what fails by chance, or by any error, is drawn from a --seed: give one"),
    ],
)
def test_wrong_faults(native, tree, fault, words):
    ended = find(native, tree, "--fail", fault)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"weft-native: --fail: {words}" in ended.stderr or words in ended.stderr
    assert ended.stderr.count("\n") == 1


ALL = {"e8b7be43  ./a", "71beeff9  ./d/b"}


@pytest.mark.parametrize(
    "fault, found, told",
    [
        ("open-at:insufficient-space@2", None, "no space left"),
        ("open:ENOSPC@2", None, "no space left"),
        ("wasi:filesystem/types#descriptor.open-at:insufficient-space@2", None, "no space left"),
        ("types#descriptor.read-directory:io@1", set(), "find: ./: input or output failed"),
        ("readdir:EIO@1", set(), "find: ./: input or output failed"),
        ("readdir:ENOTSUP@1", set(), "find: ./: not supported"),
        ("descriptor.read-via-stream:io", set(), "find: ./a: input or output failed"),
        ("read-via-stream:other", set(), "find: ./a: "),
        ("open-at:io@100", ALL, None),
    ],
)
def test_faults(native, tree, fault, found, told):
    """A call fails by its name or libc's, in its result or in the future that tells how its stream ended."""
    ended = find(native, tree, "--fail", fault)
    lines = set(ended.stdout.splitlines())
    assert lines == found if found is not None else lines < ALL
    assert ended.returncode == (told is not None)
    assert (told or "") in ended.stderr


def test_failed_writes(native):
    """Of the streams that are written to."""
    ended = native("console-filter", options=["--fail", "stdout#write-via-stream:pipe"], stdin=TEXT)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "the other end is gone" in ended.stderr
    ended = native("console-filter", options=["--fail", "stderr#write:io", "--fail", "write-via-stream:io@2"], stdin=TEXT)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "no such call" in ended.stderr  # of a name, all behind a sign is given
    ended = native("console-filter", options=["--fail", "write-via-stream:io@2"], stdin=TEXT)
    assert (ended.returncode, ended.stdout) == (1, TEXT)


def test_transcript_tells_of_faults(native):
    ended = native("console-filter", options=["--fail", "read:EIO", "--transcript"], stdin=TEXT)
    assert re.search(r"call read-via-stream\n(1\.1 )?host lets the call fail: io\n", ended.stderr)


def test_faults_by_chance(native, tree):
    """Any call by any error, drawn from the seed: the same is the same again, others are others."""

    def run(seed):
        ended = find(native, tree, "--seed", seed, "--fail", "*:*%20")
        assert ended.returncode in (0, 1)
        return ended.stdout, ended.stderr

    runs = [run(seed) for seed in range(1, much(500, 12))]
    assert len(set(runs)) > len(runs) / 2
    assert run(3) == runs[2]


# ---- Virtual time ----


@pytest.mark.parametrize("how", ["sleeps", "polls"])
def test_virtual_time(native, how):
    """An hour takes no time, whether it is slept or polled for; and it is the same hour each time."""
    runs = [native("clock-sleeps", how, "1h", options=["--virtual-time", *options]) for options in [[], [], ["--seed", "3"]]]
    assert {ended.returncode for ended in runs} == {0}
    assert runs[0].stdout == runs[1].stdout
    for ended in runs:
        took, _ = ended.stdout.split()
        assert int(took) == 3600 * 10**9 if how == "sleeps" else int(took) >= 3600 * 10**9


def test_virtual_time_and_outside(native, build):
    """Who waits for something outside gets it, if it comes soon; if it does not, the time comes."""
    assert native("clock-sleeps", "reads", "1h", options=["--virtual-time"], stdin="x").stdout == "0 1"
    command = [build / "sim/weft-native", "run", "--virtual-time", build / "tests/wasi/clock-sleeps.so", "reads", "1h"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.read() == b"3600000000000 0"


def test_virtual_dates(native):
    """Sleeps, deadlines, ticks and dates are exact."""
    for seed in range(1, much(100, 5)):
        ended = native("clock-times", options=["--virtual-time", "--seed", str(seed)])
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout == "1767225601.085000000|Thu, 01 Jan 2026 00:00:01 GMT|2026-01-01T00:00:01.085Z"
    for component in ["clock-ticks", "clock-old"]:
        assert native(component, options=["--virtual-time"]).returncode == 0


# ---- Streams that are slow, or cut ----


@pytest.mark.parametrize("options", [["--virtual-time"], [], ["--virtual-time", "--seed", "7"]])
def test_slow(native, options):
    """All comes, in small pieces, one after another."""
    ended = native("console-filter", options=["--slow", "--transcript", *options], stdin=TEXT)
    assert (ended.returncode, ended.stdout) == (0, TEXT)
    pieces = [int(status, 0) >> 4 for status in re.findall(r"stream\.read answers.* -> (\S+)|host wrote.* -> (\S+)", ended.stderr) for status in status if status]
    assert len(pieces) >= len(TEXT) / 16 and max(pieces) <= 16


def test_slow_files(native, tree):
    for seed in range(1, much(100, 5)):
        ended = find(native, tree, "--slow", "--virtual-time", "--seed", str(seed))
        assert (ended.returncode, set(ended.stdout.splitlines())) == (0, ALL)


@pytest.mark.parametrize("after", [0, 1, 100])
def test_cut(native, tmp_path, after):
    """Standard streams and files."""
    (tmp_path / "a").write_text(TEXT)
    ended = native("console-filter", options=[f"--cut={after}"], stdin=TEXT)
    assert (ended.returncode, ended.stdout) == (1, TEXT[:after])
    ended = native("fs-read", options=[f"--cut={after}", "--dir", f"{tmp_path}::d"])
    assert (ended.returncode, ended.stdout) == (1, TEXT[:after])


def test_cut_behind_the_end(native):
    ended = native("console-filter", options=[f"--cut={len(TEXT) + 1}"], stdin=TEXT)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, TEXT, "done\n")


def test_cut_anywhere(native):
    """At places that the seed draws, of streams that the seed draws."""
    places = set()
    for seed in range(1, much(300, 16)):
        ended = native("console-filter", options=["--cut", "--seed", str(seed)], stdin=TEXT)
        assert TEXT.startswith(ended.stdout)
        assert ended.returncode == (ended.stderr != "done\n")
        places.add(len(ended.stdout))
    assert len(places) > 3 and len(TEXT) in places


@pytest.mark.parametrize("option, words", [("--cut", "where is drawn from a --seed"), ("--cut=-1", "-1: is no number"), ("--cut=", ": is no number of bytes"), (f"--cut={10**20}", "is no number of bytes")])
def test_wrong_cuts(native, option, words):
    ended = native("console-filter", options=[option])
    assert ended.returncode == 1 and words in ended.stderr


# ---- A dump on a signal ----


def dumped(process, number, last):
    """What it tells, up to a line of the component's own dump."""
    process.send_signal(number)
    told = ""
    while last not in told:
        line = process.stderr.readline()
        assert line, told
        told += line
    return told


@pytest.fixture
def dumping(build):
    processes = []

    def start(component, *arguments):
        command = [build / "sim/weft-native", "run", "--dump", "--transcript", build / f"tests/wasi/{component}.so", *arguments]
        processes.append(subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1])
def test_dump(dumping, number):
    """It tells what everything waits for, as often as it is asked, and the run goes on."""
    process = dumping("console-filter")
    process.stdin.write("text")
    process.stdin.flush()
    assert process.stdout.read(4) == "text"
    told = dumped(process, number, "at filter.c:")
    while "task 1 (run): waits for set" not in told:  # it had not read again
        told = dumped(process, number, "at filter.c:")
    assert "weft-native: dump:\n" in told and "weft: dump in turn" in told
    out, err = process.communicate("more")
    assert (process.returncode, out) == (0, "more")
    assert "done\n" in err


def test_dump_of_who_sleeps(dumping):
    """Nobody waits for anything but a time."""
    process = dumping("clock-sleeps", "sleeps", "1h")
    while "call wait-until" not in process.stderr.readline():
        continue
    assert "of wait-until, STARTED, the host's to answer" in dumped(process, signal.SIGUSR1, "at sleeps.c:")
    assert process.poll() is None


# ---- Components that are linked ----

RUNNER, CALLEE = (f"../guest/calls-weft-{role}" for role in ("runner", "callee"))


@pytest.mark.parametrize("test, said", [("start_now_await_later", "ok"), ("cancel_after_start", "ok"), ("none", 'err("no such test")')])
def test_linked_components(native, build, test, said):
    """What one of them exports, another imports."""
    ended = native(RUNNER, options=["--link", build / f"tests/wasi/{CALLEE}.so", "--invoke", f'run("{test}")'])
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{said}\n", "")


def test_linked_with_nobody(native):
    ended = native(RUNNER, options=["--link", "/nowhere.so", "--invoke", 'run("start_now_await_later")'])
    assert ended.returncode == 1 and "/nowhere.so: cannot open shared object file" in ended.stderr
    ended = native(RUNNER, options=["--invoke", 'run("start_now_await_later")'])
    assert ended.returncode == 134 and re.search(r"nobody exports weft:calls/peer#\w+: --link a component that does", ended.stderr)


def test_taken_over(run, build):
    """A script answers two of the world's interfaces, and the world the others."""
    assert run([build / "tests/native/taken-clocks"]) == "1000000000.000000007|Sun, 09 Sep 2001 01:46:40 GMT|2001-09-09T01:46:40.000Z\n6 sleeps\n"


# ---- The same over the network ----


def asked(service, path="/"):
    try:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=600)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
    except (http.client.HTTPException, OSError):
        return None


@pytest.mark.parametrize(
    "options, answers",
    [
        (["--slow"], [(200, b"hello\n")] * 2),
        (["--slow", "--virtual-time"], [(200, b"hello\n")] * 2),
        (["--cut=20"], [None] * 2),
        (["--cut=10000"], [(200, b"hello\n")] * 2),
        (["--fail", "from-list:forbidden@1"], [(500, b""), (200, b"hello\n")]),
    ],
)
def test_services(build, options, answers):
    """A connection that is cut is not the end of the service."""
    with Service(build / "sim/weft-native", build / "examples/hello.so", *options) as service:
        assert [asked(service) for _ in answers] == answers
        assert not service.fault()


def test_clients(native, build):
    """Of HTTP: what is cut is told; a call fails by each of its errors, and by libc's names."""
    with Service(build / "sim/weft-native", build / "examples/hello.so") as service:

        def fetch(*options):
            ended = native("../../examples/fetch", f"http://127.0.0.1:{service.port}/", options=["-S", "http", *options])
            return ended.returncode, ended.stdout, ended.stderr

        assert fetch("--slow") == (0, "hello\n", "")
        for after in [0, 30, 100, 120]:
            code, out, said = fetch(f"--cut={after}")
            assert (code, out) == (1, "") and said
        for error, words in [("connection-timeout", "timed out"), ("ECONNREFUSED", "connection refused"), ("internal-error", "fetch failed")]:
            code, out, said = fetch("--fail", f"client#send:{error}")
            assert (code, out) == (1, "") and words in said
