# Sockets of the tests of weft/wasi.h: peers on loopback, and a program that does what it is told.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import os
import pathlib
import resource
import socket
import struct
import subprocess
import time

import pytest

NETWORK = ["-S", "inherit-network", "-S", "allow-ip-name-lookup"]
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
WAIT = 300  # seconds, for what comes in milliseconds


@pytest.fixture(params=LOOPBACK, ids=["ipv4", "ipv6"])
def family(request):
    return request.param


def at(server):
    """The address of a socket as text."""
    host, port = server.getsockname()[:2]
    return f"[{host}]:{port}" if server.family == socket.AF_INET6 else f"{host}:{port}"


def peer_at(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def listening(family=socket.AF_INET, backlog=128):
    server = socket.create_server((LOOPBACK[family], 0), family=family, backlog=backlog)
    server.settimeout(WAIT)
    return server


def accepted(server):
    peer, _ = server.accept()
    peer.settimeout(WAIT)
    return peer


def reset(peer):
    """Closes it so that the other side sees a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def all_of(peer):
    """What comes until the end."""
    return b"".join(iter(lambda: peer.recv(1 << 16), b""))


def memory_of(process):
    """Bytes of memory that it has."""
    return int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * resource.getpagesize()


def handles_of(process):
    """What the handles of the system are that it has open."""
    links = []
    for it in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it is closed meanwhile
            links.append(os.readlink(it))
    return links


class Script:
    """A program that does what it is told, a line at a time, and answers each."""

    def __init__(self, host, component, *arguments, options=NETWORK, **more):
        self.process = host.start(
            component, *arguments, options=options, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self.process:
            self.process.kill()

    def tell(self, command):
        self.process.stdin.write(os.fsencode(f"{command}\n"))
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline().decode()
        assert line, self.process.stderr.read().decode()
        number, error, text = line.rstrip("\n").split(" ", 2)
        return int(number), error, text

    def does(self, command):
        self.tell(command)
        return self.answer()

    def ends(self):
        """Lets it end, and returns what it wrote on standard error."""
        self.process.stdin.close()
        assert self.process.wait(WAIT) == 0
        return self.process.stderr.read().decode()

    def processor(self):
        """Seconds of processor time that it has used."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        return memory_of(self.process)

    def sockets(self):
        """How many the host has open for it."""
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        links = handles_of(self.process)  # first: one that it opens for itself meanwhile is among its own
        its_own = {line.split()[6] for line in (folder / "net/unix").read_text().splitlines()}
        return sum(link.startswith("socket:") and link[8:-1] not in its_own for link in links)


@pytest.fixture
def script(host, component):
    with Script(host, component("net-script")) as script:
        yield script


def unused(family=socket.AF_INET):
    """An address at which nobody listens."""
    with listening(family) as server:
        return at(server)


PAUSES = [0, 0, 0, 0.001, 0.003, 0.01]  # seconds until what goes on is cancelled


def leaves_nothing(script, once):
    """once(pause), several times, leaves neither memory, nor handles, nor sockets."""

    def left():
        memory, _, handle = script.does("left")
        return memory, script.sockets(), int(handle)

    once(0)  # what is kept for the next time
    *before, handle = left()
    for pause in PAUSES:
        once(pause)
    *after, next_handle = left()
    assert after == before and next_handle < handle + len(PAUSES)


def cancelled(script, command, pause):
    assert script.does(f"& {command}")[:2] == (0, "OK")
    time.sleep(pause)
    script.does("cancel")


@contextlib.contextmanager
def full_listener(fillers=None):
    """One whose queue is full, so that a connect to it waits. `fillers` gets those who fill it."""
    with listening(backlog=0) as server, contextlib.ExitStack() as waiting:
        for _ in range(4):
            peer = waiting.enter_context(socket.socket())
            peer.setblocking(False)
            peer.connect_ex(server.getsockname())
            if fillers is not None:
                fillers.append(peer)
        yield server


@pytest.fixture
def server(host, component):
    with Script(host, component("net-serve")) as script:
        yield script


def becomes(look, value):
    ends = time.monotonic() + WAIT
    while look() != value:
        assert time.monotonic() < ends, (look(), value)
        time.sleep(0.01)
