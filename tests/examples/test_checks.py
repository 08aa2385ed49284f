# The checks of the examples, and the demo, pass what is right and catch each defect. A stand-in for wasmtime has these.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import signal
import socket
import subprocess
import sys
from functools import partial

import pytest
from examples import test_cat, test_echo
from examples.client import MIB
from hosts import Wasmtime
from limits import limited
from paths import ROOT
from tools.service import Service

FAKE = ROOT / "tests/examples/fake_wasmtime.py"

STREAM = partial(test_echo.test_stream, size=64 * MIB)
HANG_UPS = (test_echo.close_unread, test_echo.close_read, test_echo.reset_when_full)
CHECKS = [test_echo.test_file_by_curl, STREAM, test_echo.test_trailers, test_echo.test_body_ends_too_early, test_echo.test_many]
CHECKS += [partial(test_echo.test_empty, request_={"method": "GET"})]
CHECKS += [partial(test_echo.test_client_hangs_up, hang_up=hang_up) for hang_up in HANG_UPS]


@pytest.fixture
def serve(tmp_path):
    """serve(defect) is a service that has it."""
    return lambda defect: Service(FAKE, tmp_path / f"{defect}.wasm")


def test_right(serve):
    with serve("ok") as service:
        for check in CHECKS:
            check(service)
        assert service.fault() is None


@pytest.mark.parametrize(
    "defect, check, reason",
    [
        ("status", test_echo.test_trailers, "status 500, not 200"),
        ("lower", STREAM, "another SHA-256"),
        ("leak", STREAM, "the host grew"),
        ("trailers", test_echo.test_trailers, "assert {} == {'x-length'"),
        ("whole", test_echo.test_body_ends_too_early, "looks whole"),
        ("collects", partial(STREAM, limit=5), "nothing came for 5 s, with 65536 bytes sent"),
    ],
)
def test_defect(serve, defect, check, reason):
    with serve(defect) as service, pytest.raises(AssertionError, match=reason):
        check(service)


def test_trap(serve):
    with serve("trap") as service:
        test_echo.test_client_hangs_up(service, test_echo.reset_when_full)
        assert "a guest trapped" in service.fault()


@pytest.mark.parametrize("defect", ["ok", "short"])
def test_cat_that_loses_a_byte(tmp_path, defect):
    host = Wasmtime(FAKE)
    host.example = lambda name: f"{defect}.wasm"
    copy = partial(test_cat.test_cat, host, tmp_path)
    if defect == "ok":
        copy()
    else:
        with pytest.raises(AssertionError, match="which are not"):
            copy()


@pytest.fixture
def demo(tmp_path):
    """demo(defect of the service, defect of cat) is the command that shows these."""

    def command(echo="ok", cat="ok"):
        files = {"echo": tmp_path / f"{echo}.wasm", "cat": tmp_path / f"{cat}.wasm", "wasmtime": FAKE}
        for name in ("echo", "cat"):
            files[name].touch()
        return [sys.executable, ROOT / "tools/demo.py", *(f"--{name}={file}" for name, file in files.items())]

    return command


@pytest.mark.parametrize(
    "echo, cat, failure",
    [
        ("ok", "ok", None),
        ("status", "ok", "A text comes back [^#]*FAILED"),
        ("trailers", "ok", "Trailers [^#]*FAILED"),
        ("lower", "ok", "256 MiB [^#]*FAILED"),
        ("leak", "ok", "more memory [^#]*FAILED"),
        ("trap", "ok", "FAILED: a guest trapped"),
        ("ok", "short", "A command, cat, [^#]*FAILED"),
    ],
)
def test_demo(demo, echo, cat, failure):
    done = limited(demo(echo, cat))
    assert done.returncode == (1 if failure else 0), done.stdout
    assert re.search(failure or r"\A(?!.*FAILED)", done.stdout, re.S), done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_demo_ends_the_host(demo, number):
    def heeds_interrupts():  # a job of the background ignores SIGINT, and so would all that it starts
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(demo(), stdout=subprocess.PIPE, text=True, preexec_fn=heeds_interrupts) as running:
        text = ""
        while "Each line" not in text:
            text += (line := running.stdout.readline())
            assert line, text
        port = int(re.search(r"serves on http://127\.0\.0\.1:(\d+)", text)[1])
        running.send_signal(number)
        assert running.wait() == 128 + number
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port)) != 0
