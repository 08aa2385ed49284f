# The log: lines on standard error that nobody waits for.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\w+) (.*)")
ALL = [("error", 0), ("warning", 1), ("info", 2), ("debug", 3)]


def logged(text):
    """Lines of the log as (level, text), others as they are. Where a failure was, Debug tells, and console's tests look."""
    text = re.sub(r" \(last waited in \w+ at \w+\.c:\d+\)", "", text)
    return [found.groups() if (found := LINE.fullmatch(line)) else line for line in text.splitlines()]


@pytest.mark.parametrize("level", [None, "error", "Warning", "info", "DEBUG"])
def test_lines(host, component, level):
    """A level and what matters more; control characters are escaped, long lines cut; the program returns when all is out."""
    ended = host.run(component("log-lines"), options=["--env", f"LOG={level}"] if level else [])
    most = 1 + [name for name, _ in ALL].index(level.lower() if level else "info")
    lines = logged(ended.err)
    assert ended.code == 1
    assert sorted(lines[: most + 1], key=str) == sorted([*((name, f"a line of level {n}") for name, n in ALL[:most]), "printed"], key=str)
    assert lines[most + 1 :] == [
        ("error", r"one\ntwo\r\t\x1b[31m\x7f\x00\xc2\x9b ä \ end\n"),
        ("error", "1".rjust(1000)),
        ("error", " " * 1000 + "..."),
        ("error", "1".rjust(999) + "..."),  # no half of a character
        ("error", "1".rjust(997) + "..."),
        ("error", ""),
        ("error", "lines failed: no such file or directory"),
    ]


def test_losses(host, component):
    """Lines are whole and in their order, also beside prints; those that are lost are counted."""
    ended = host.run(component("log-losses"))
    assert ended.code == 0
    lines = logged(ended.err)
    assert [line for line in lines if isinstance(line, str)] == [f"printed {n}" for n in range(50)]
    expected, lost = 0, 0
    for level, text in (line for line in lines if not isinstance(line, str)):
        if found := re.fullmatch(r"(\d+) lines lost", text):
            assert level == "warning"
            lost += int(found[1])
            expected += int(found[1])
        elif text != "last":
            number = int(re.fullmatch(r"round (\d) line (\d+)", text)[1]) * 400 + int(text.rpartition(" ")[2])
            assert number == expected
            expected += 1
    assert expected == 1600
    assert lost > 400
    assert lines[-1] == ("info", "last")


@pytest.mark.parametrize("full", [False, True])
def test_nobody_reads(host, component, full):
    """A log that nobody reads is no error."""
    read, write = os.pipe() if not full else (os.open("/dev/null", os.O_RDONLY), os.open("/dev/full", os.O_WRONLY))
    os.close(read)
    with host.start(component("log-losses"), stderr=write) as process:
        os.close(write)
    assert process.returncode == 0


def test_written_while_it_waits(host, component):
    with host.start(component("log-waits"), stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert logged(process.stderr.readline().decode()) == [("info", "waits")]
        process.stdin.write(b".")
        process.stdin.close()
        assert logged(process.stderr.read().decode()) == [("info", "has it")]
    assert process.returncode == 0


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_service(host, component):
    """Each request's lines come out, also those after its reply, of which a failure is one; its code is not for the client."""
    with host.serve(component("log-service"), "--no-logging-prefix") as service:
        with ThreadPoolExecutor(16) as pool:
            assert list(pool.map(lambda n: ask(service.port, f"/{n}"), range(200))) == [200] * 200
        assert ask(service.port, "/fail") == 500
        ends = time.monotonic() + 60
        while len(lines := [line for line in logged(service.words()) if not isinstance(line, str)]) < 402:
            assert time.monotonic() < ends, len(lines)
            time.sleep(0.01)
        assert service.fault() is None
    asked = [f"{said} /{n}" for n in range(200) for said in ("asked for", "replied to")]
    assert sorted(text for _, text in lines[:-2]) == sorted(asked)
    assert lines[-2:] == [("info", "asked for /fail"), ("error", "service failed: code 7")]


@pytest.mark.parametrize("count", [0, 100])
def test_in_an_export(host, component, count):
    """Who has an export of their own flushes the log: any number may, and a cancel loses nothing."""
    ended = host.run(component("mine-log"), options=["--invoke", f"work({count})"])
    assert (ended.code, ended.out) == (0, f"{count}\n".encode())
    lines = [*(f"line {n}" for n in range(count)), "flushed", "flushed", "last"]
    assert logged(ended.err) == [("info", line) for line in lines]


def test_imports(component, imports):
    """Only programs that log ask for the time."""
    assert imports(component("log-losses")) == {"wasi:clocks/system-clock@0.3.2", "wasi:cli/types@0.3.2", "wasi:cli/stderr@0.3.2"}
