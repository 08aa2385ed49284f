# Many requests, by the same connections and instances: when they have been answered, all is as it was before.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import json
import re
import selectors
import time

import pytest
from soak import much

from wasi.http_asks import LIMIT, connected
from wasi.sockets import handles_of, memory_of

REQUESTS, BEFORE = much((1_000_000, 20_000), (6_000, 1_500))
CONNECTIONS = 16
REUSE = ["--max-instance-reuse-count", 2**64 - 1, "--max-instance-concurrent-reuse-count", 2**64 - 1]
REUSE += ["--idle-instance-timeout", "3600s"]
MIB = 1 << 20

# What may stay of any number of requests.
KEPT = CONNECTIONS * 6000  # bytes that an instance has by weft_alloc: frames of requests, for the next ones
HANDLES = CONNECTIONS * 8  # which a number of a handle of an instance is below
GUEST = 2 * 65536  # bytes by which the linear memory of an instance may grow
HOST = 4 * MIB  # by which the host may grow; measured: 1


def hello(_):
    return b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"hello\n"


def echo(number):
    body = b"the words of request %d\n" % number * (1000 if number % 100 == 0 else 1)
    return b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body), body.upper()


def both(number):
    return (echo if number % 2 else hello)(number)


def body_of(answer):
    """None if it has not come whole."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK"[: len(head)]), answer
    if length := re.search(rb"\r\ncontent-length: (\d+)", head):
        return rest if len(rest) == int(length[1]) else None
    body = b""
    while found := re.match(rb"([0-9A-Fa-f]+)\r\n", rest):
        size, at = int(found[1], 16), found.end()
        if rest[at + size : at + size + 2] != b"\r\n":
            return None
        if not size:
            return body
        body, rest = body + rest[at : at + size], rest[at + size + 2 :]
    return None


def answers(peers, requests):
    """What was to come and what came, for each of the requests, which the peers make as they become free."""
    requests = iter(requests)
    with selectors.DefaultSelector() as selector:

        def asks(peer):
            if request := next(requests, None):
                text, expected = request
                peer.sendall(text)
                selector.register(peer, selectors.EVENT_READ, [expected, b""])

        for peer in peers:
            asks(peer)
        while selector.get_map():
            ready = selector.select(LIMIT)
            assert ready, "no answer"
            for key, _ in ready:
                part = key.fileobj.recv(65536)
                assert part, f"the connection was closed, after {key.data}"
                key.data[1] += part
                if (body := body_of(key.data[1])) is not None:
                    yield key.data[0], body
                    selector.unregister(key.fileobj)
                    asks(key.fileobj)


class Load:
    def __init__(self, service, peers, request):
        self.service, self.peers, self.request, self.asked = service, peers, request, 0

    def asks(self, count):
        numbers = range(self.asked, self.asked + count)
        for expected, body in answers(self.peers, map(self.request, numbers)):
            assert body == expected
            self.asked += 1

    def instances(self):
        """What each has, after all that was asked for. One that serves somebody else just then is asked again."""
        told = {}

        def is_quiet(it):
            return (it["tasks"], it["coroutines"], it["operations"]) == (1, 2, 0)

        for times in range(1000):
            peers = self.peers[: None if times % 2 else 1]  # one that serves all is not quiet while all ask
            for _, body in answers(peers, [(b"GET /stats HTTP/1.1\r\nhost: x\r\n\r\n", None)] * CONNECTIONS):
                self.asked += 1
                it = json.loads(body)
                told[it["name"]] = max(it, told.get(it["name"], it), key=lambda it: it["served"])
            if sum(it["served"] for it in told.values()) == self.asked and all(map(is_quiet, told.values())):
                return told.values()
        raise AssertionError(f"{self.asked} requests, and no end of it: {told}")

    def host(self):
        """Its bytes of memory, and how many handles it has."""
        return memory_of(self.service.process), len(handles_of(self.service.process))


@pytest.fixture
def load(host, request, monkeypatch):
    component, asked = request.param
    monkeypatch.setenv("ASAN_OPTIONS", "quarantine_size_mb=1:thread_local_quarantine_size_kb=64")  # else it keeps what is freed
    with host.serve(host.built(component), *REUSE) as service, contextlib.ExitStack() as open_ones:
        yield Load(service, [open_ones.enter_context(connected(service)) for _ in range(CONNECTIONS)], asked)
        assert not service.fault()


LOADS = {"hello": ("examples/hello", hello), "echo": ("examples/echo", echo), "both": ("tests/wasi/http-load", both)}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS, indirect=True)
def test_long(load, tell):
    """The answers are right; the host has no more after all requests than after the first; of the component that tells, each
    instance has nothing in flight, and few bytes and handles."""
    load.asks(BEFORE)
    before = load.instances() if load.request == both else ()
    memory, handles = load.host()
    began = time.monotonic()
    load.asks(REQUESTS)
    seconds = time.monotonic() - began
    memory_then, handles_then = load.host()
    tell(
        f"{REQUESTS} requests of {load.request.__name__}, {REQUESTS / seconds:.0f} a second: the host has {handles_then} handles"
        f" ({handles} before), {memory_then / MIB:.1f} MiB ({memory / MIB:.1f})"
    )
    assert handles_then == handles and memory_then - memory < HOST
    if before:
        most = {what: max(it[what] for it in load.instances()) for what in ("bytes", "handle", "memory")}
        tell(
            f"and each of {len(before)} instances has at most {most['bytes']} bytes of the heap, and {most['memory'] >> 10} KiB of"
            f" linear memory; the number of its next handle is at most {most['handle']}"
        )
        assert most["bytes"] < KEPT and most["handle"] < HANDLES
        assert most["memory"] <= max(it["memory"] for it in before) + GUEST
