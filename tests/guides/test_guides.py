# The programs that the guides show do what they say: Weft's, beside those of libuv, asyncio and pthreads; and those with a
# fault print what the guide to debugging shows.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hosts import NATIVE, Native, Wasmtime
from limits import limited
from paths import ROOT

HERE = Path(__file__).parent
PRINTED = {"sleep": "awake\n", "both": "25\n", "timeout": "cleaned up\ntoo late\n", "channel": "55\n"}
ENVIRONMENT = {**os.environ, "RUST_BACKTRACE": "0"}


@pytest.fixture
def command(request, tools, run, need, tmp_path):
    """command(way, program) is the command line that runs one of the programs."""

    def make(way, program):
        if way == "weft":
            host = Wasmtime(tools.wasmtime)
            return [host.program, "run", *host.flags, "-S", "inherit-network", host.built(f"tests/guides/guide-{program}")]
        if way == "asyncio":
            return [sys.executable, HERE / f"asyncio/{program}.py"]
        flags = ["-pthread"]
        if way == "libuv":
            if subprocess.run([need("pkg-config"), "--exists", "libuv"]).returncode:
                (pytest.fail if os.environ.get("CI") else pytest.skip)("libuv is not installed")
            flags = run(["pkg-config", "--cflags", "--libs", "libuv"]).split()
        run([need("cc"), "-std=gnu11", "-Wall", "-Wextra", "-Werror", HERE / f"{way}/{program}.c", "-o", tmp_path / program, *flags])
        return [tmp_path / program]

    return make


@pytest.mark.parametrize("program", PRINTED)
@pytest.mark.parametrize("way", ["weft", "asyncio", "pthreads", "libuv"])
def test_same_program(command, way, program):
    done = limited(command(way, program))
    assert (done.returncode, done.stdout) == (0, PRINTED[program])


@pytest.mark.parametrize("way", ["weft", "asyncio", "pthreads", "libuv"])
def test_echo(command, way):
    server = subprocess.Popen(list(map(str, command(way, "echo"))), stdout=subprocess.PIPE, text=True)
    try:
        host, port = server.stdout.readline().strip().split(":")
        with socket.create_connection((host, int(port)), timeout=120) as first, socket.create_connection((host, int(port)), timeout=120) as second:
            for client, text in ((second, b"two"), (first, b"one" * 5000), (second, b"again")):
                client.sendall(text)
                got = b""
                while len(got) < len(text):
                    assert (part := client.recv(65536)), "the server hung up"
                    got += part
                assert got == text
            first.shutdown(socket.SHUT_WR)
            assert first.recv(1) == b""
    finally:
        server.kill()
        server.communicate()


def plain(text):
    """Without what differs from run to run, and between machines: addresses, times, ids of processes, and folders."""
    return re.sub(r"0x[0-9a-f]+|\d{4,}", "N", re.sub(r" +", " ", re.sub(r"\S*/", "", text)))


def shows(name, said):
    """Every line of the page stands in what was printed, in that order."""
    lines = iter(plain(said).splitlines())
    for line in plain((HERE / f"trouble/{name}.txt").read_text()).splitlines():
        assert line in lines, f"{line!r} is not in what {name} prints, or not there:\n{said}"


def until(command, last):
    """What a program that does not end has written when that has come."""
    said = ""
    process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        for line in process.stderr:
            said += line
            if last in line:
                break
    finally:
        process.kill()
        process.communicate()
    return said


def on_wasmtime(tools, name, preset="debug"):
    return [tools.wasmtime, "run", *Wasmtime(tools.wasmtime).flags, ROOT / f"build/{preset}/tests/guides/trouble-{name}.wasm"]


def natively(name, *options):
    host = Native()
    return [host.program, "run", *options, host.built(f"tests/guides/trouble-{name}")]


def test_hang(tools):
    shows("hang", until(on_wasmtime(tools, "hang"), "watchdog_run"))
    shows("hang", until(natively("hang"), "watchdog_run"))


def test_stuck(tools):
    with pytest.raises(subprocess.TimeoutExpired) as silent:
        subprocess.run(on_wasmtime(tools, "stuck"), capture_output=True, timeout=3)
    assert not silent.value.stdout and not silent.value.stderr
    done = limited(natively("stuck"))
    assert done.returncode == 134
    shows("stuck", done.stdout)


def test_trap(tools):
    shows("trap", limited(on_wasmtime(tools, "trap"), env=ENVIRONMENT).stdout)
    released = limited(on_wasmtime(tools, "trap", "release"), env=ENVIRONMENT).stdout
    assert "!weft_misuse_held" in released and "weft: " not in released


@pytest.mark.skipif(NATIVE != "sim", reason="another build of the native host may have no LeakSanitizer")
def test_leak():
    done = limited(natively("leak", "--leaks"), env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"})
    assert done.returncode != 0
    shows("leak", done.stdout)


def test_slow(tools):
    shows("slow", limited(on_wasmtime(tools, "slow"), env=ENVIRONMENT).stdout)
