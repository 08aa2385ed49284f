# Addresses, TCP, UDP and names, with real sockets on loopback.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import ctypes
import ipaddress
import os
import random
import socket
import struct
import subprocess
import time

import pytest

NETWORK = ["-S", "inherit-network"]
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
WAIT = 60  # seconds, for what comes in milliseconds

# ---- Addresses ----


def written(ip):
    """An address as RFC 5952 writes it: as Python does, but for one of IPv4 inside."""
    mapped = ip.version == 6 and ip.ipv4_mapped
    return f"::ffff:{mapped}" if mapped else str(ip)


def ways(ip, chance):
    """Texts of an address of IPv6 that are not the one that is written."""
    groups = ip.exploded.split(":")
    yield ip.exploded.upper()
    yield ":".join(f"{int(group, 16):x}" for group in groups)
    yield ":".join(groups[:6]) + ":" + str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    at = chance.randrange(8)
    if groups[at] == "0000":
        yield ":".join(groups[:at]) + "::" + ":".join(groups[at + 1 :])


def is_ip(text):
    """What RFC 4291 calls an address, and a scope that is a number."""
    try:
        ip, percent, scope = text.partition("%")
        number = int(scope) if percent else 0
        if percent and (not scope.isdigit() or str(number) != scope or number >= 1 << 32 or ":" not in ip):
            return None
        return written(ipaddress.ip_address(ip)) + (f"%{number}" if number else "")
    except ValueError:
        return None


def lines_of_addresses():
    chance = random.Random(1)
    for _ in range(300):
        yield str(ipaddress.IPv4Address(chance.getrandbits(32)))
        bits = chance.getrandbits(128)
        for group in range(8):
            if chance.random() < 0.6:
                bits &= ~(0xFFFF << 16 * group)
        ip = ipaddress.IPv6Address(bits)
        yield from (str(ip), *ways(ip, chance))
    known = ["::", "::1", "1::", "::ffff:192.0.2.1", "::1.2.3.4", "64:ff9b::1.2.3.4", "fe80::1%2", "fe80::1%4294967295", "1.2.3.4"]
    yield from known
    yield from (f"ffff:{'ffff:' * 5}255.255.255.255", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:0:0:2:0:0:0:3", "1:0:0:2:3:0:0:4")
    letters = "0123456789abcdefg:.%[] "
    for _ in range(2000):  # almost addresses
        text = list(chance.choice(known))
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(len(text) + 1)
            text[at : at + chance.randrange(2)] = chance.choice(letters)
        yield "".join(text)
    yield from ("", ":", ":::", "1::2::3", "::1::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "12345::", "::1.2.3", "1.2.3.4::", "01.2.3.4")
    yield from ("1.2.3.256", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "::1%", "::1%x", "::1%4294967296", "1.2.3.4%1", "::%01", "localhost")


def test_addresses(host, component):
    lines = list(lines_of_addresses())
    ended = host.run(component("net-addresses"), stdin="".join(f"{line}\n" for line in lines).encode())
    assert (ended.code, ended.err) == (0, "")
    told = [line.split(" ")[0] for line in ended.out.decode().splitlines()]
    assert [(line, ip) for line, ip in zip(lines, told, strict=True)] == [(line, is_ip(line) or "-") for line in lines]


WITH_PORTS = {
    "127.0.0.1:80": ("127.0.0.1:80", "127.0.0.1"),
    "[::1]:0": ("[::1]:0", "::1"),
    "[0:0::1%7]:65535": ("[::1%7]:65535", "0:0::1%7"),
    "[::ffff:1.2.3.4]:443": ("[::ffff:1.2.3.4]:443", "::ffff:1.2.3.4"),
    "example.org:80": ("-", "example.org"),
    "[127.0.0.1]:80": ("-", "127.0.0.1"),
} | dict.fromkeys(
    ["::1:80", "[::1]", "[::1]80", "127.0.0.1", "127.0.0.1:", ":80", "[]:80", "1.2.3.4:65536", "1.2.3.4:+1", "1.2.3.4:x", "1.2.3.4:00080", "[::1]:80:90"],
    ("-", "-"),
)


def test_addresses_with_ports(host, component):
    ended = host.run(component("net-addresses"), stdin="".join(f"{line}\n" for line in WITH_PORTS).encode())
    told = [tuple(line.split(" ")[1:]) for line in ended.out.decode().splitlines()]
    assert dict(zip(WITH_PORTS, told, strict=True)) == WITH_PORTS


# ---- Connections ----


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
        self.process.stdin.write(f"{command}\n".encode())
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

    def sockets(self):
        """How many the host has open for it."""
        folder = f"/proc/{self.process.pid}/fd"
        links = [os.readlink(f"{folder}/{name}") for name in os.listdir(folder)]
        return sum(link.startswith("socket:") for link in links)


@pytest.fixture
def script(host, component):
    with Script(host, component("net-script")) as script:
        yield script


def connected(script, server):
    assert script.does(f"connect {at(server)}") == (0, "OK", "")
    return accepted(server)


def test_connect(script, family):
    with listening(family) as server, connected(script, server) as peer:
        assert script.does("write hello") == (5, "OK", "")
        assert peer.recv(100) == b"hello"
        peer.sendall(b"to you")
        assert script.does("read") == (6, "OK", "to you")
        assert script.does("peer") == (0, "OK", at(server))
        assert script.does("own")[2].rpartition(":")[2] == str(peer.getpeername()[1])
        script.does("close")
        assert peer.recv(100) == b""
        assert script.does("peer")[1] == script.does("own")[1] == script.does("set")[1] == script.does("get")[1] == "ESTATE"
        with connected(script, server) as again:
            again.sendall(b"2")
            assert script.does("read") == (1, "OK", "2")
        assert script.ends() == ""


def unused(family=socket.AF_INET):
    """An address at which nobody listens."""
    with listening(family) as server:
        return at(server)


def test_connect_refused(script, family):
    assert script.does(f"connect {unused(family)}") == (0, "ECONNREFUSED", "")
    with listening(family) as server, connected(script, server):
        pass


@pytest.mark.parametrize("address", ["127.0.0.1:0", "0.0.0.0:80", "255.255.255.255:80", "224.0.0.1:80", "[::ffff:127.0.0.1]:80", "[::]:80"])
def test_connect_to_no_address_of_a_host(script, address):
    assert script.does(f"connect {address}") == (0, "EINVAL", "")


def test_connect_without_the_right_to(host, component):
    for options in ([], ["-S", "tcp=n"], ["-S", "tcp"]):
        with Script(host, component("net-script"), options=options) as script:
            assert script.does(f"connect {unused()}") == (0, "EACCES", ""), options


def without_network():
    """For a process: a network of its own, that nothing leads out of."""
    assert ctypes.CDLL(None).unshare(0x40000000) == 0  # CLONE_NEWNET


def test_connect_unreachable(host, component, family):
    if os.geteuid():
        pytest.skip("a network of its own is root's to make")
    with Script(host, component("net-script"), preexec_fn=without_network) as script:
        # Linux looks for an address of one's own first, and has always one of IPv4.
        address, error = {
            socket.AF_INET: ("192.0.2.1:80", "EHOSTUNREACH"),
            socket.AF_INET6: ("[2001:db8::1]:80", "EADDRNOTAVAIL"),
        }[family]
        assert script.does(f"connect {address}") == (0, error, "")


def test_own_half_closed(script, family):
    """The peer sees the end, and goes on to write."""
    with listening(family) as server, connected(script, server) as peer:
        script.does("write question")
        assert script.does("finish") == (0, "OK", "")
        assert all_of(peer) == b"question"
        peer.sendall(b"answer")
        assert script.does("read") == (6, "OK", "answer")
        peer.close()
        assert script.does("read") == script.does("read") == (0, "OK", "")


def test_own_half_closed_without_waiting(script):
    with listening() as server, connected(script, server) as peer:
        script.does("write question")
        script.does("close-out")
        assert all_of(peer) == b"question"
        peer.sendall(b"answer")
        assert script.does("read") == (6, "OK", "answer")


def test_peer_half_closed(script, family):
    with listening(family) as server, connected(script, server) as peer:
        peer.sendall(b"question")
        peer.shutdown(socket.SHUT_WR)
        assert script.does("read") == (8, "OK", "question")
        assert script.does("read") == (0, "OK", "")
        assert script.does("write answer") == (6, "OK", "")
        assert script.does("finish") == (0, "OK", "")
        assert all_of(peer) == b"answer"


def test_reader_closed(script):
    """That tells the peer nothing."""
    with listening() as server, connected(script, server) as peer:
        script.does("close-in")
        assert script.does("write still") == (5, "OK", "")
        assert peer.recv(100) == b"still"


def test_reset_while_reading(script, family):
    with listening(family) as server, connected(script, server) as peer:
        peer.sendall(b"data")
        assert script.does("read") == (4, "OK", "data")
        script.tell("read")
        reset(peer)
        assert script.answer() == (0, "ECONNRESET", "")
        assert script.does("read") == (0, "ECONNRESET", "")
        for _ in range(3):
            error = script.does("write x")[1]
        assert error in ("ECONNBROKEN", "ECONNRESET")


def test_peer_gone_while_writing(script, family):
    """The first write is taken; then it is known."""
    with listening(family) as server, connected(script, server) as peer:
        peer.close()
        assert script.does("read") == (0, "OK", "")
        done, error, _ = script.does("pour 67108864")
        assert done < 67108864 and error in ("ECONNBROKEN", "ECONNRESET")
        assert script.does("write x") == (0, error, "")
        assert script.does("finish") == (0, error, "")


def test_reset_while_a_write_waits(script, family):
    with listening(family) as server, connected(script, server) as peer:
        script.tell("pour 67108864")
        peer.recv(100)
        reset(peer)
        done, error, _ = script.answer()
        assert done < 67108864 and error in ("ECONNBROKEN", "ECONNRESET")


@pytest.mark.parametrize("size", [1, 65536, 16 << 20])
def test_much(script, size):
    """Both ways, each byte."""
    pattern = (bytes(range(251)) * (size // 251 + 1))[:size]
    with listening() as server, connected(script, server) as peer:
        script.tell(f"pour {size}")
        sent = bytearray()
        while len(sent) < size:
            sent += peer.recv(1 << 16)
        assert script.answer() == (size, "OK", "")
        assert sent == pattern
        script.tell("drain")
        peer.sendall(pattern)
        peer.close()
        assert script.answer() == (size, "OK", "")


def test_options(script, family):
    with listening(family) as server, connected(script, server):
        before = script.does("get")[2].split()
        assert before[0] == "0"
        assert script.does("set") == (0, "OK", "")
        on, idle, interval, count, hops, receive, send = map(int, script.does("get")[2].split())
        assert (on, idle, interval, count, hops) == (1, 30000, 5000, 4, 9)
        assert receive >= 100000 and send >= 50000


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
def full_listener():
    """One whose queue is full, so that a connect to it waits."""
    with listening(backlog=0) as server, contextlib.ExitStack() as waiting:
        for _ in range(4):
            peer = waiting.enter_context(socket.socket())
            peer.setblocking(False)
            peer.connect_ex(server.getsockname())
        yield server


def test_cancelled_while_connecting(script):
    with full_listener() as server:

        def once(pause):
            cancelled(script, f"connect {at(server)}", pause)
            assert script.does("peer")[1] == "ESTATE"

        leaves_nothing(script, once)


def test_cancelled_while_reading(script):
    """The connection goes on."""
    with listening() as server, connected(script, server) as peer:
        leaves_nothing(script, lambda pause: cancelled(script, "read", pause))
        peer.sendall(b"data")
        assert script.does("read") == (4, "OK", "data")


def test_cancelled_while_writing(script):
    """What was counted has gone out, and no more."""
    with listening() as server, connected(script, server) as peer:
        leaves_nothing(script, lambda pause: cancelled(script, f"pour {64 << 20}", pause))
        done = script.does("written")[0]
        script.tell("finish")
        assert len(all_of(peer)) == done > 65536
        assert script.answer() == (0, "OK", "")


def test_cancelled_while_finishing(script):
    """Bytes that were taken go out all the same."""
    with listening() as server:

        def once(pause):
            with connected(script, server) as peer:
                script.does("write text")
                cancelled(script, "finish", pause)
                script.does("close")
                assert all_of(peer) == b"text"

        leaves_nothing(script, once)


def test_imports_of_a_connection(component, imports):
    version = "@0.3.2"
    names = {"wasi:cli/types", "wasi:cli/stdout", "wasi:sockets/types"}
    assert imports(component("net-ask")) == {name + version for name in names}
