# weft-native serve by itself: how it begins and ends, and what becomes of clients. tests/wasi and tests/examples have what services
# see of it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from limits import limited
from paths import ROOT
from soak import much

from tools.service import Service
from wasi.http_asks import LIMIT, ask, connected, raw, request, rest
from wasi.sockets import accepted, becomes, handles_of, listening


@pytest.fixture
def serve(build):
    """serve("tests/wasi/http-cases", options...) is the service; at the end of its `with` it must end by SIGINT, with nothing left."""

    class Ends(Service):
        leaves = True

        def __exit__(self, *_):
            if self.leaves:
                self.process.send_signal(signal.SIGINT)
                assert self.process.wait(LIMIT) == 0, self.words()
            self.stop()

    return lambda component, *options: Ends(build / "sim/weft-native", build / f"{component}.so", *options)


@pytest.fixture
def cases(serve):
    with serve("tests/wasi/http-cases") as service:
        yield service
        assert not service.fault()


def test_hello(serve):
    with serve("examples/hello") as service:
        assert ask(service, "/")[2] == b"hello\n"
        assert service.words() == f"Serving HTTP on http://127.0.0.1:{service.port}/\n"


def test_demo(build):
    """What `make demo` shows of wasmtime."""
    command = [sys.executable, ROOT / "tools/demo.py", "--wasmtime", build / "sim/weft-native"]
    command += ["--echo", build / "examples/echo.so", "--cat", build / "examples/cat.so"]
    done = limited(command)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "component, options, words",
    [
        *[("examples/hello", ["--instances", count], f"{count}: is no number of instances, from 1 to 1000") for count in ("0", "2x", "+2", "1001")],
        ("tests/wasi/env-show", [], "is no service, for it does not export wasi:http/handler"),
        ("examples/hello", ["--addr", "nowhere"], "nowhere: is no ADDRESS:PORT"),
        ("examples/hello", ["--addr", "127.0.0.1:x"], "127.0.0.1:x: is no ADDRESS:PORT"),
        ("examples/hello", ["--addr", "127.0.0.1:65616"], "127.0.0.1:65616: is no ADDRESS:PORT"),
        ("examples/hello", ["--addr", "127.0.0.1:"], "127.0.0.1:: is no ADDRESS:PORT"),
        ("examples/hello", ["--instances", "3x"], "3x: is no number of instances, from 1 to 1000"),
        ("examples/hello", ["--instances", "2", "--fail", "nonsense:x"], "--fail: nonsense"),
    ],
)
def test_misuse(build, component, options, words):
    command = [build / "sim/weft-native", "serve", *options, build / f"{component}.so"]
    done = limited(command, stderr=subprocess.PIPE)
    assert done.returncode == 1 and words in done.stderr


@pytest.mark.parametrize("instances", [1, 2])
def test_port_that_is_taken(build, serve, instances):
    with serve("tests/wasi/http-cases", "--instances", instances) as service:
        address = f"127.0.0.1:{service.port}"
        command = [build / "sim/weft-native", "serve", "--instances", str(instances), "--addr", address, build / "examples/hello.so"]
        assert "Address already in use" in limited(command, stderr=subprocess.PIPE).stderr


def test_addresses(build):
    for address, told in ("[::1]:0", r"http://\[::1\]:\d+/"), ("0.0.0.0:0", r"http://0\.0\.0\.0:\d+/"):
        command = [build / "sim/weft-native", "serve", build / "examples/hello.so", "--addr", address]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert re.fullmatch(f"Serving HTTP on {told}\n", process.stderr.readline())
            process.send_signal(signal.SIGINT)
        assert process.returncode == 0


def test_interrupted(serve):
    """Those in flight are answered, those that are idle are not waited for, and nobody else is accepted."""
    with serve("tests/wasi/http-cases") as service, connected(service) as idle, connected(service) as one:
        idle.sendall(request("/status/200").replace(b"connection: close\r\n", b""))
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")
        one.sendall(request("/collect/9", "content-length: 9", body=b"half", method="POST"))
        time.sleep(0.1)
        service.process.send_signal(signal.SIGINT)
        assert rest(idle) == b""
        late = connected(service)
        late.sendall(request("/status/200"))
        one.sendall(b"-half")
        assert rest(one).endswith(b"half-half")
        assert service.process.wait(LIMIT) == 0
        with late:
            assert rest(late) == b""
        service.leaves = False


def test_interrupted_twice(serve):
    with serve("tests/wasi/http-cases") as service, connected(service) as one:
        one.sendall(request("/collect/9", "content-length: 9", body=b"half", method="POST"))
        time.sleep(0.1)
        for _ in range(2):
            service.process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        assert service.process.wait(LIMIT) == -signal.SIGINT
        service.leaves = False


def test_trap(serve):
    """Who waits is told, and who comes later finds a new instance."""
    with serve("tests/wasi/http-cases") as service:
        for times in 1, 2:
            with connected(service) as waits:
                waits.sendall(request("/collect/9", "content-length: 9", body=b"half", method="POST"))
                time.sleep(0.1)
                raw(service, request("/twice"))
                assert rest(waits).startswith(b"HTTP/1.1 500 ")
            assert ask(service, "/describe")[0] == 200
            assert service.words().count("weft-native: trap UNREACHABLE: ") == times
            assert service.words().count("weft: weft_http_begin: the export has returned already: ask weft_returned first") == times


def test_many_traps(serve):
    """They leave no more descriptors than a few, and each finds an instance that is new."""
    with serve("tests/wasi/http-cases") as service:
        opened = lambda: len(os.listdir(f"/proc/{service.process.pid}/fd"))
        for times in range(1, 41):
            raw(service, request("/twice"))
            assert ask(service, "/describe")[0] == 200
            assert service.words().count("weft: weft_http_begin: the export has returned already: ask weft_returned first") == times
            if times == 20:
                before = opened()
        assert opened() < before + 10  # a few may just be closed


def test_what_is_missing(serve):
    """The message names it, and the request ends as by a trap."""
    with serve("examples/gate") as service:
        assert ask(service, "/")[0] == 500
        assert re.search(r"weft-native: trap UNREACHABLE: handle: the native world does not have wasi:http/handler@\S+#handle", service.words())


@pytest.mark.parametrize(
    "head, status",
    [
        ("GET /status/200 HTTP/1.1\r\nhost: x", 200),
        ("G@T / HTTP/1.1\r\nhost: x", 400),
        (f"{33 * 'X'} / HTTP/1.1\r\nhost: x", 400),
        ("GET / HTTP/9.1\r\nhost: x", 400),
        ("\r\nGET /status/200 HTTP/1.1\r\nhost: x", 200),
        ("\0GET /status/200 HTTP/1.1\r\nhost: x", 400),
        ("CONNECT host:443 HTTP/1.1\r\nhost: x", 400),
        ("GET /\xe9 HTTP/1.1\r\nhost: x", 400),
        ("GET status HTTP/1.1\r\nhost: x", 400),
        ('GET /"quoted" HTTP/1.1\r\nhost: x', 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na b: c", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na : c", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na: b\r\n c", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na: \0", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2", 400),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1", 400),
        ("GET /<long> HTTP/1.1\r\nhost: x", 414),
        ("GET /status/200 HTTP/1.1\r\nhost: x\r\na: " + 6 * "<long>", 200),
        ("GET / HTTP/1.1\r\nhost: x\r\na: " + 7 * "<long>", 431),
        ("GET / HTTP/1.1\r\n" + "\r\n".join(f"x-{n}: y" for n in range(101)), 431),
    ],
)
def test_heads(cases, head, status):
    text = raw(cases, head.replace("<long>", 65536 * "x").encode() + b"\r\nconnection: close\r\n\r\n")
    assert text.startswith(f"HTTP/1.1 {status} ".encode()), text


def test_old_version(cases):
    """It has no chunks: the end of the connection is that of the body."""
    text = raw(cases, b"POST /echo HTTP/1.0\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\nwords")
    assert text.endswith(b"\r\n\r\nwords") and b"chunked" not in text


def test_old_version_of_a_request_that_fails(cases):
    assert raw(cases, b"GET /fails HTTP/1.0\r\nconnection: keep-alive\r\n\r\n").startswith(b"HTTP/1.1 500 ")


def test_reply_that_is_too_long(cases):
    """It is cut at once, though more of the request, which it passes on, is to come."""
    with connected(cases) as one:
        one.sendall(request("/splice/short", "content-length: 10", body=b"12345", method="POST"))
        assert rest(one)[-3:] in (b"123", b"")


def exchanges(service):
    """What each must come to, whatever a host chooses."""
    body = bytes(range(256)) * much(400, 40)
    for path in "/echo", "/splice", "/collect/1000000":
        assert ask(service, path, "POST", body)[2] == body
    assert raw(service, request("/trailers", "te: trailers")).endswith(b"x-last: word\r\n\r\n")
    assert not raw(service, request("/cut")).endswith(b"0\r\n\r\n")
    assert ask(service, "/early")[2] == b"early\n"
    assert not service.fault()


def test_seeds(serve):
    for seed in range(1, much(500, 15)):
        with serve("tests/wasi/http-cases", "--seed", seed) as service:
            exchanges(service)


def test_slow(serve):
    with serve("tests/wasi/http-cases", "--seed", 1, "--slow", "--virtual-time") as service:
        assert ask(service, "/echo", "POST", b"some words")[2] == b"some words"


def test_write_that_is_stopped(serve):
    """What goes out is what the component knows to be taken, however long that takes."""
    for seed in range(1, 10):
        with serve("tests/wasi/http-cases", "--seed", seed, "--slow") as service:
            sent, _, count = ask(service, "/changes")[2].partition(b"b")
            assert sent == b"a" * int(count)


def test_slow_and_partial(serve, tmp_path):
    """All of a body that is a stream of the host, though the host takes it in pieces."""
    (tmp_path / "text").write_bytes(body := bytes(range(256)) * 8)
    with serve("examples/serve", "--seed", 1, "--always", "partial", "--slow", "--virtual-time", "--dir", f"{tmp_path}::site") as service:
        assert ask(service, "/text")[2] == body


def test_client_of_silent_peer(serve):
    """Who passes on what a peer sends gives it up when the client has gone, though the peer says nothing."""
    with serve("tests/wasi/http-handed", "-S", "inherit-network") as service, listening() as server:
        sockets = lambda: sum(link.startswith("socket:") for link in handles_of(service.process))
        before = sockets()
        with connected(service) as client:
            client.sendall(request(f"/peer/{server.getsockname()[1]}"))
            peer = accepted(server)
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        with peer:
            becomes(sockets, before)


def test_cut(serve):
    """Clients that are gone, at any moment: no answer is taken for a whole one, and nothing is left."""
    body = bytes(range(256)) * 8
    for cut in range(1, 2600, much(7, 150)):
        with serve("tests/wasi/http-cases", f"--cut={cut}") as service:
            for path in "/echo", "/splice", "/collect/10000", "/describe":
                lines = [f"content-length: {len(body)}", "te: trailers"]
                text = raw(service, request(path, *lines, body=body, method="POST"))
                assert len(text) <= cut
                assert path != "/echo" or not text.endswith(b"0\r\n\r\n") or body in text
            assert not service.fault()


def test_instances(serve):
    """Each is a process: one that ends takes its own requests along, and another takes its place."""
    with serve("tests/wasi/http-cases", "--instances", 3) as service, contextlib.ExitStack() as held:
        children = lambda: Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
        clients = [held.enter_context(connected(service)) for _ in range(20)]
        for client in clients:
            client.sendall(request("/collect/9", "content-length: 9", body=b"half", method="POST"))
        time.sleep(0.5)
        assert len(before := children()) == 3
        os.kill(int(before[0]), signal.SIGKILL)
        ends = time.monotonic() + LIMIT
        while "instance 0 has ended by signal 9" not in service.words() or len(children()) < 3:
            assert time.monotonic() < ends
            time.sleep(0.05)
        for client in clients:
            with contextlib.suppress(OSError):
                client.sendall(b"-half")
        answers = [rest(client) for client in clients]
        assert all(not answer or answer.endswith(b"half-half") for answer in answers) and any(answers)
        assert ask(service, "/describe")[0] == 200
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(LIMIT) == 1
        service.leaves = False


def test_instances_end(serve):
    with serve("tests/wasi/http-cases", "--instances", 3) as service:
        for _ in range(20):
            assert ask(service, "/echo", "POST", b"words")[2] == b"words"


@pytest.fixture
def group(build):
    """group(options...): a service in a process group of its own, as a shell starts it; tells `port`, `pid` and `process`."""

    @contextlib.contextmanager
    def begun(*options):
        command = [build / "sim/weft-native", "serve", "--addr", "127.0.0.1:0", *options, build / "tests/wasi/http-cases.so"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, process_group=0) as process:
            try:
                port = int(re.search(r":(\d+)/", process.stderr.readline())[1])
                yield SimpleNamespace(port=port, pid=process.pid, process=process)
            finally:
                process.kill()

    return begun


def test_instances_interrupted(group):
    """By a terminal, which tells the whole group, those in flight are answered as by one signal."""
    with group("--instances", "2") as service, connected(service) as one:
        one.sendall(request("/collect/9", "content-length: 9", body=b"half", method="POST"))
        time.sleep(0.5)
        os.killpg(service.pid, signal.SIGINT)
        time.sleep(0.2)
        one.sendall(b"-half")
        assert rest(one).endswith(b"half-half")
        assert service.process.wait(LIMIT) == 0, service.process.stderr.read()


def test_instances_dump(group):
    with group("--instances", "2", "--dump") as service:
        assert ask(service, "/describe")[0] == 200
        time.sleep(0.2)
        os.kill(service.pid, signal.SIGUSR1)
        told = ""
        while told.count("weft-native: dump:\n") < 2:
            told += (line := service.process.stderr.readline())
            assert line, told
        assert ask(service, "/describe")[0] == 200
        os.kill(service.pid, signal.SIGINT)
        assert service.process.wait(LIMIT) == 0
