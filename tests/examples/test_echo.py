# The echo example, over HTTP: what a service must do with bodies of any size, and with clients that go. The
# service that all tests ask stays as it was. test_checks.py sees to it that each check fails where it must.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import hashlib
import re
import socket
import struct
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from examples.client import BLOCK, KIB, LIMIT, MIB, ask, blocks_of
from hosts import host, pytest_generate_tests  # noqa: F401
from paths import ROOT
from soak import much

# What streaming may add to the host's memory, whatever the body's size. Measured: 3 MiB, for 256 MiB and for 2 GiB.
MEMORY_BOUND = 32 * MIB
# The same for all tests; 64 requests at once make the host start more instances. Measured: 14 MiB.
MEMORY_BOUND_TOTAL = 96 * MIB


def most_memory(service):
    """The most bytes that the host had in memory so far."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * KIB


@contextlib.contextmanager
def grows_by_at_most(service, bound):
    before = most_memory(service)
    yield
    grown = most_memory(service) - before
    assert grown <= bound, f"the host grew by {grown / MIB:.1f} MiB, and {bound / MIB} are allowed"


@pytest.fixture(scope="module")
def served(host):  # noqa: F811
    with host.serve(host.example("echo")) as service:
        ask(service.port, method="GET")
        with grows_by_at_most(service, MEMORY_BOUND_TOTAL):
            yield service


@pytest.fixture
def service(served):
    yield served
    assert served.fault() is None


def test_file_by_curl(service):
    """The same by a client of another make."""
    file = ROOT / "LICENSE"
    command = ["curl", "--silent", "--show-error", "--fail", "--max-time", str(LIMIT), "--noproxy", "*"]
    command += ["--data-binary", f"@{file}", f"http://127.0.0.1:{service.port}/"]
    curl = subprocess.run(command, capture_output=True)
    assert curl.returncode == 0, curl.stderr
    assert curl.stdout == file.read_bytes().upper()


def test_stream(service, size=much(2048, else_=256) * MIB, limit=LIMIT):
    """A body far larger than any buffer streams through, the first byte long before the last."""
    with grows_by_at_most(service, MEMORY_BOUND):
        ask(service.port, blocks_of(size), length=size, limit=limit)


def test_trailers(service):
    """Trailers of the request are trailers of the answer; what is sent may depend on the body."""
    size, whole = 3 * BLOCK + 17, hashlib.sha256()

    def blocks():
        for block in blocks_of(size, seed=1):
            whole.update(block)
            yield block

    def trailers():
        return {"x-sha256": whole.hexdigest(), "x-length": str(size)}

    # hyper, the HTTP library in wasmtime, sends trailers to clients that ask for them by TE.
    fields = [("TE", "trailers"), ("Trailer", "x-sha256, x-length")]
    answer = ask(service.port, blocks(), fields=fields, trailers=trailers)
    assert "trailer" in answer.fields, "the answer has no `trailer` header, so its trailers do not reach the wire"
    assert answer.trailers == trailers()


@pytest.mark.parametrize("request_", [{"method": "GET"}, {"length": 0}, {}], ids=["GET", "of length 0", "of no chunks"])
def test_empty(service, request_):
    """An empty answer comes at once: a guest that leaves its trailers open makes the client wait for a timeout of the host,
    each time; a machine with much else to do is slow now and then."""
    assert any(ask(service.port, **request_).seconds < 1 for _ in range(10))


def begin_post(port, length):
    sock = socket.create_connection(("127.0.0.1", port), LIMIT)
    sock.sendall(f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n".encode())
    return sock


def read_until(sock, text):
    received = b""
    while text not in received:
        piece = sock.recv(BLOCK)
        assert piece, "no answer to the first part of a body"
        received += piece


def close_unread(sock):
    sock.sendall(b"a" * (MIB // 2))


def close_read(sock):
    sock.sendall(b"a" * 1000)
    read_until(sock, b"AAAA")


def reset_when_full(sock):
    """Sends and never reads, until nothing more goes: the service is stuck in a write when the connection is reset."""
    sock.settimeout(0.2)
    sent = 0
    with contextlib.suppress(socket.timeout):
        while sent < 1 << 29:
            sent += sock.send(b"a" * BLOCK)
    assert sent < 1 << 29, "the host took half a GiB that nobody read back"
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("hang_up", [close_unread, close_read, reset_when_full])
def test_client_hangs_up(service, hang_up):
    """Half-way; the next request has the right answer."""
    for _ in range(4):
        with begin_post(service.port, 1 << 30) as sock:
            hang_up(sock)
        ask(service.port, blocks_of(BLOCK + 1, seed=2), length=BLOCK + 1)


def test_body_ends_too_early(service):
    """The answer is cut off, and does not look whole."""
    with begin_post(service.port, 100) as sock:
        sock.sendall(b"half")
        read_until(sock, b"HALF")
        sock.shutdown(socket.SHUT_WR)
        rest = b""
        with contextlib.suppress(ConnectionError):
            while piece := sock.recv(BLOCK):
                rest += piece
    assert not rest.endswith(b"0\r\n\r\n"), "the answer to a body that was cut off looks whole"
    ask(service.port, blocks_of(BLOCK + 1, seed=2), length=BLOCK + 1)


def test_many(service, count=64):
    """Requests in flight at the same moment, each with a body of its own, which comes back to it."""
    barrier = threading.Barrier(count, timeout=LIMIT)

    def one(i):
        size = 100 * KIB + 331 * i
        try:
            return ask(service.port, blocks_of(size, seed=100 + i), length=size, at_first=barrier.wait).digest
        except threading.BrokenBarrierError:
            return None  # another tells why, or all waited for one that did not come
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(count) as clients:
        assert len({*clients.map(one, range(count))}) == count, "not all of the answers were under way at once"
