# A client that sends a request's body while it reads the answer, as curl does, and that takes note of both.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import hashlib
import http.client
import random
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

KIB, MIB = 1 << 10, 1 << 20
BLOCK = 64 * KIB
LIMIT = 120  # seconds without a byte after which an answer hangs; a right service on a slow machine is faster


def blocks_of(size, seed=0):
    """`size` bytes of every value, block by block, the same on every machine; no two blocks are equal, so order matters."""
    bytes_of = random.Random(seed)
    for start in range(0, size, BLOCK):
        yield bytes_of.randbytes(min(BLOCK, size - start))


class Response(http.client.HTTPResponse):
    """One that keeps its trailers."""

    def _read_and_discard_trailer(self):
        self.trailers = {}
        while (line := self.fp.readline()) != b"\r\n":
            if not line.endswith(b"\r\n"):
                raise http.client.IncompleteRead(line)
            name, _, value = line.decode().partition(":")
            self.trailers[name.lower()] = value.strip()


@dataclass
class Answer:
    fields: http.client.HTTPMessage
    trailers: dict
    digest: str
    seconds: float


def ask(port, blocks=(), method="POST", length=None, fields=(), trailers=dict, at_first=None, limit=LIMIT):
    """Sends a request, whose body is chunked unless it has a length, and returns the Answer, which has to be the upper-cased
    body. No more than the first block is sent until a byte of the answer is here: who collects the body first, hangs. At that
    byte, at_first() is called. trailers() is called behind the body."""
    chunked = method == "POST" and length is None
    expected, got, first, sent, received = hashlib.sha256(), hashlib.sha256(), threading.Event(), 0, 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)
    connection.response_class = Response
    connection.putrequest(method, "/")
    for name, value in fields:
        connection.putheader(name, value)
    if method == "POST":
        connection.putheader(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", length)))
    started = time.monotonic()
    connection.endheaders()
    sock = connection.sock  # which the connection forgets if the answer is its last

    def send():
        nonlocal sent
        with contextlib.suppress(OSError):  # of a connection that is gone, which the reader sees, too
            for block in blocks:
                if sent:
                    first.wait()
                expected.update(block.upper())
                sent += len(block)
                sock.sendall(b"%x\r\n%s\r\n" % (len(block), block) if chunked else block)
            if chunked:
                last = "".join(f"{name}: {value}\r\n" for name, value in trailers().items())
                sock.sendall(f"0\r\n{last}\r\n".encode())

    with contextlib.closing(connection), ThreadPoolExecutor(1) as sender:
        sending = sender.submit(send)
        try:
            response = connection.getresponse()
            assert response.status == 200, f"status {response.status}, not 200"
            assert response.chunked, "the answer is not chunked"
            while piece := response.read1(BLOCK):
                if not received and at_first:
                    at_first()
                first.set()
                got.update(piece)
                received += len(piece)
            first.set()
            sending.result(limit)
        except socket.timeout:
            raise AssertionError(f"nothing came for {limit} s, with {sent} bytes sent and {received} received") from None
        finally:
            first.set()
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
    assert received == sent, f"{received} bytes came back, not {sent}"
    assert got.digest() == expected.digest(), "what came back has another SHA-256 than expected"
    return Answer(response.headers, response.trailers, got.hexdigest(), time.monotonic() - started)
