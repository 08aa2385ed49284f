# Addresses, TCP, UDP and names, with real sockets on loopback.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import ctypes
import ipaddress
import os
import pathlib
import random
import resource
import selectors
import signal
import socket
import struct
import subprocess
import time

import pytest
from soak import much

NETWORK = ["-S", "inherit-network", "-S", "allow-ip-name-lookup"]
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

    def processor(self):
        """Seconds of processor time that it has used."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Bytes of memory that it has."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()

    def sockets(self):
        """How many the host has open for it."""
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        its_own = {line.split()[6] for line in (folder / "net/unix").read_text().splitlines()}
        links = [os.readlink(it) for it in (folder / "fd").iterdir()]
        return sum(link.startswith("socket:") and link[8:-1] not in its_own for link in links)


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


# ---- Names ----


def test_resolve(script):
    number, error, text = script.does("resolve localhost")
    assert error == "OK" and number == len(text.split())
    assert set(text.split()) <= {"127.0.0.1:7", "[::1]:7"} and text
    for address, its in {"192.0.2.1": "192.0.2.1:7 ", "2001:db8::1": "[2001:db8::1]:7 ", "::1": "[::1]:7 "}.items():
        assert script.does(f"resolve {address}") == (1, "OK", its)


@pytest.mark.parametrize("name, error", {"": "EINVAL", "a b": "EINVAL", "x:80": "EINVAL", "nothing.invalid": "ENONAME", "a" * 300: "ENONAME"}.items())
def test_resolve_no_name(script, name, error):
    assert script.does(f"resolve {name}") == (0, error, "")


def test_resolve_without_the_right_to(host, component):
    """Addresses need none."""
    with Script(host, component("net-script"), options=["-S", "inherit-network"]) as script:
        assert script.does("resolve localhost") == (0, "EFAILNAME", "")
        assert script.does("resolve 127.0.0.1")[1] == "OK"
        with listening() as server:
            port = server.getsockname()[1]
            assert script.does(f"connect-name localhost:{port}") == (0, "EFAILNAME", "")
            assert script.does(f"connect-name 127.0.0.1:{port}") == (0, "OK", "")


def test_connect_by_name(script, family):
    """Whatever addresses it has, the one that answers is taken."""
    with listening(family) as server:
        its_own = at(server).rpartition(":")[0]
        named = its_own in script.does("resolve localhost")[2]
        for host in (its_own, *["localhost"] * named):
            assert script.does(f"connect-name {host}:{server.getsockname()[1]}") == (0, "OK", "")
            with accepted(server) as peer:
                peer.sendall(b"hello")
                assert script.does("read") == (5, "OK", "hello")
                assert script.does("get")[2].split()[4] == "8"


@pytest.mark.parametrize("where, error", {"localhost": "EINVAL", ":80": "EINVAL", "nothing.invalid:80": "ENONAME", "localhost:0": "EINVAL"}.items())
def test_connect_by_name_to_nothing(script, where, error):
    assert script.does(f"connect-name {where}") == (0, error, "")
    assert script.sockets() == 0


def test_connect_to_any(script):
    """One that refuses costs no time; the error is that of the first."""
    with listening() as server, listening(socket.AF_INET6) as other:
        began = time.monotonic()
        assert script.does(f"connect-any {unused()} {unused()} 127.0.0.1:0 {at(server)} {unused()}") == (0, "OK", "")
        assert script.does("peer")[2] == at(server)
        # Families take turns.
        assert script.does(f"connect-any {unused()} {at(server)} {at(other)}") == (0, "OK", "")
        assert script.does("peer")[2] == at(other)
        assert script.does(f"connect-any {unused()} 127.0.0.1:0") == (0, "ECONNREFUSED", "")
        assert script.does(f"connect-any 127.0.0.1:0 {unused()}") == (0, "EINVAL", "")
        assert script.does("connect-any") == (0, "EINVAL", "")
        assert time.monotonic() - began < 0.25
        assert script.sockets() == 0


def test_head_start(script):
    """One that says nothing is left behind after 250 ms, and closed."""
    with full_listener() as silent, listening() as server:
        before = script.sockets()
        began = time.monotonic()
        assert script.does(f"connect-any {at(silent)} {at(server)}") == (0, "OK", "")
        assert 0.2 < time.monotonic() - began < 2
        assert script.does("peer")[2] == at(server)
        assert script.sockets() == before + 1
        began = time.monotonic()
        assert script.does(f"connect-any {at(silent)} {at(silent)} {at(server)}") == (0, "OK", "")
        assert 0.45 < time.monotonic() - began < 3
        # It may answer after all.
        script.does("close")
        script.tell(f"connect-any {at(silent)} {unused()}")
        time.sleep(0.4)
        assert script.sockets() == before + 1
        accepted(silent).close()
        assert script.answer() == (0, "OK", "")
        assert script.does("peer")[2] == at(silent)


def test_both_answer(script):
    """While the program is not looking. One is taken, and the other closed."""
    fillers = []
    with full_listener(fillers) as one, full_listener(fillers) as other:
        before = script.sockets()
        script.tell(f"connect-any {at(one)} {at(other)}")
        becomes(script.sockets, before + 2)
        os.kill(script.process.pid, signal.SIGSTOP)
        try:
            for peer in fillers:
                peer.close()
            peers = [accepted(server) for server in (one, other) for _ in range(2)]  # who was in the queue, and the program
        finally:
            os.kill(script.process.pid, signal.SIGCONT)
        assert script.answer() == (0, "OK", "")
        assert script.sockets() == before + 1
        for peer in peers:
            peer.close()


def test_cancelled_while_connecting_to_any(script):
    with full_listener() as silent:
        script.does("connect 127.0.0.1:1")

        def once(pause):
            cancelled(script, f"connect-any {at(silent)} {unused()} {at(silent)}", pause * 50)
            assert script.does("peer")[1] == "ESTATE"

        leaves_nothing(script, once)


def test_cancelled_while_connecting_by_name(script):
    with full_listener() as silent, listening() as server:

        def once(pause):
            cancelled(script, f"connect-name localhost:{silent.getsockname()[1]}", pause)
            cancelled(script, f"connect-name localhost:{server.getsockname()[1]}", pause)
            script.does("close")
            cancelled(script, "resolve localhost", pause / 10)
            script.does("close")

        leaves_nothing(script, once)


def test_no_memory(script):
    """Whichever allocation fails, that is the error, and nothing is left."""
    with listening() as server:
        addresses = f"{unused()} {at(server)}"
        commands = {
            f"connect {at(server)}": 1,
            f"connect-any {addresses}": 4,
            f"connect-name localhost:{server.getsockname()[1]}": 5,
            "resolve localhost": 1,
            "resolve 127.0.0.1": 1,
        }
        for command, most in commands.items():
            script.does(command)
            script.does("close")
            before, sockets = script.does("left")[0], script.sockets()
            errors = []
            while not errors or errors[-1] != "OK":
                script.does(f"fail {len(errors) + 1}")
                errors.append(script.does(command)[1])
                script.does("close")
                assert len(errors) <= most + 1
            assert set(errors[:-1]) <= {"ENOMEM", "ECONNREFUSED"} and errors[0] == "ENOMEM", (command, errors)
            script.does("fail 0")
            assert (script.does("left")[0], script.sockets()) == (before, sockets)


# ---- Datagrams ----


@pytest.fixture
def udp(family):
    with socket.socket(family, socket.SOCK_DGRAM) as peer:
        peer.bind((LOOPBACK[family], 0))
        peer.settimeout(WAIT)
        yield peer


def test_datagrams(script, udp):
    """A socket is opened by its first send."""
    assert script.does(f"udp-send-to {at(udp)} hello") == (0, "OK", "")
    text, address = udp.recvfrom(100)
    assert text == b"hello"
    for answer in (b"to you", b"", b"x" * 99):
        udp.sendto(answer, address)
        assert script.does("udp-receive") == (len(answer), "OK", f"{at(udp)} {answer.decode()}")
    assert script.does("udp-send-to " + at(udp)) == (0, "OK", "")
    assert udp.recv(100) == b""
    assert script.does("udp-own")[1] == "OK" and script.does("udp-peer")[1] == "ESTATE"
    assert script.does("udp-hand-over")[1] == "OK"
    assert script.does(f"udp-send-to {at(udp)} again")[1] == "OK" and udp.recv(100) == b"again"
    assert script.does("udp-options")[2].split()[4] == "9"
    script.does("udp-close")
    assert {script.does(it)[1] for it in ("udp-own", "udp-peer", "udp-receive", "udp-options", "udp-disconnect")} == {"ESTATE"}
    assert script.sockets() == 0
    assert script.ends() == ""


def test_bound_datagrams(script, udp):
    assert script.does(f"udp-bind {at(udp)}") == (0, "EADDRINUSE", "")
    assert script.does(f"udp-bind {at(udp).rpartition(':')[0]}:0") == (0, "OK", "")
    address = peer_at(script.does("udp-own")[2])
    udp.sendto(b"first", address)
    assert script.does("udp-receive") == (5, "OK", f"{at(udp)} first")


def test_connected_datagrams(script, udp, family):
    """Those of others are not seen."""
    assert script.does(f"udp-connect {at(udp)}") == (0, "OK", "")
    assert script.does("udp-peer") == (0, "OK", at(udp))
    assert script.does("udp-send hello") == (0, "OK", "")
    text, address = udp.recvfrom(100)
    assert text == b"hello"
    with socket.socket(family, socket.SOCK_DGRAM) as other:
        other.bind((LOOPBACK[family], 0))
        other.sendto(b"other", address)
        udp.sendto(b"mine", address)
        assert script.does("udp-receive") == (4, "OK", f"{at(udp)} mine")
        assert script.does(f"udp-send-to {at(other)} other") == (0, "EINVAL", "")
    assert script.does("udp-disconnect") == (0, "OK", "")
    assert script.does("udp-peer")[1] == "ESTATE"
    assert script.does("udp-send lost") == (0, "EINVAL", "")


def test_large_datagrams(script, udp):
    script.does(f"udp-send-to {at(udp)} hello")
    _, address = udp.recvfrom(100)
    assert script.does("udp-send-many 65507") == (0, "OK", "")
    assert udp.recv(1 << 16) == (bytes(range(251)) * 261)[:65507]
    udp.sendto(bytes(65507), address)
    assert script.does("udp-receive")[:2] == (65507, "OK")
    if udp.family == socket.AF_INET:
        assert script.does("udp-send-many 65508") == (0, "EMSGSIZE", "")
    assert script.does("udp-send-many 65535") == (0, "EMSGSIZE", "")


def test_refused_datagrams(script, udp):
    """A connected socket is told by what comes next."""
    address = at(udp)
    udp.close()
    assert script.does(f"udp-connect {address}") == (0, "OK", "")
    assert script.does("udp-send hello") == (0, "OK", "")
    assert script.does("udp-receive") == (0, "ECONNREFUSED", "")


@pytest.mark.parametrize(
    "command, error",
    {
        "udp-send-to 127.0.0.1:0 x": "EINVAL",
        "udp-send-to 0.0.0.0:7 x": "EINVAL",
        "udp-send-to 255.255.255.255:7 x": "EACCES",
        "udp-send-to [::ffff:127.0.0.1]:7 x": "EINVAL",
        "udp-send x": "EINVAL",
        "udp-receive": "ESTATE",
        "udp-bind 192.0.2.1:0": "EADDRNOTAVAIL",
        "udp-bind localhost:0": "EINVAL",
        "udp-connect 127.0.0.1:0": "EINVAL",
    }.items(),
)
def test_no_datagrams(script, command, error):
    assert script.does(command) == (0, error, "")
    assert script.does("udp-close")[1] == "OK" and script.sockets() == 0


def test_datagrams_without_the_right_to(host, component):
    for options in ([], ["-S", "udp=n"], ["-S", "udp"]):
        with Script(host, component("net-script"), options=options) as script:
            assert script.does("udp-send-to 127.0.0.1:7 x")[1] == script.does("udp-bind 127.0.0.1:0")[1] == "EACCES"


def test_cancelled_while_receiving(script, udp):
    """No datagram is lost by it, and none left."""
    script.does(f"udp-bind {at(udp).rpartition(':')[0]}:0")
    address = peer_at(script.does("udp-own")[2])

    def once(pause):
        cancelled(script, "udp-receive", pause)
        cancelled(script, f"udp-send-to {at(udp)} hello", pause)
        udp.sendto(b"text", address)
        assert script.does("udp-receive") == (4, "OK", f"{at(udp)} text")

    leaves_nothing(script, once)


def test_handed_over(script, family):
    """The socket of a connection goes to other bindings and back, whose ends were taken before."""
    with listening(family) as server, connected(script, server) as peer:
        assert script.does("hand-over") == (0, "OK", "")
        assert script.does("peer") == (0, "OK", at(server))
        assert script.does("read") == (0, "ESTATE", "")
        assert all_of(peer) == b""
        script.does("close")
    assert script.sockets() == 0


# ---- Listening ----


def test_accept(script, family):
    host = LOOPBACK[family]
    _, error, address = script.does(f"listen {f'[{host}]' if ':' in host else host}:0")
    assert error == "OK"
    script.tell("accept")
    with socket.create_connection(peer_at(address), timeout=WAIT) as peer:
        assert script.answer() == (0, "OK", "")
        assert script.does("own") == (0, "OK", address)
        assert script.does("peer") == (0, "OK", at(peer))
        peer.sendall(b"hello")
        assert script.does("read") == (5, "OK", "hello")
        script.does("unlisten")  # the connection goes on
        assert script.does("write to you") == (6, "OK", "")
        assert peer.recv(100) == b"to you"
    assert script.does("accept") == (0, "ESTATE", "")
    script.does("close")
    assert script.sockets() == 0


def test_cancelled_while_accepting(script):
    """Nobody who came meanwhile is lost."""
    address = peer_at(script.does("listen 127.0.0.1:0")[2])

    def is_next(peer):
        told = script.does("peer")
        return told[1] == "OK" and told[2] == at(peer)

    def once(pause):
        cancelled(script, "accept", pause)
        assert script.does("& accept")[1] == "OK"
        with socket.create_connection(address, timeout=WAIT) as peer:
            time.sleep(pause / 10)
            script.does("cancel")
            assert is_next(peer) or (script.does("accept")[1] == "OK" and is_next(peer))
        script.does("close")

    for _ in range(10):
        once(0)
    leaves_nothing(script, once)


# ---- Servers ----


@pytest.fixture
def server(host, component):
    with Script(host, component("net-serve")) as script:
        yield script


def serves(server, family=socket.AF_INET, limit=0, finish=500):
    """Starts it; its address."""
    host = LOOPBACK[family]
    number, error, address = server.does(f"listen {f'[{host}]' if ':' in host else host}:0")
    assert (number, error) == (0, "OK")
    server.does(f"finish {finish}")
    server.does(f"serve {limit}")
    return peer_at(address)


def meets(server, address, text=b"hello"):
    """A connection that has been served once."""
    peer = socket.create_connection(address, timeout=WAIT)
    peer.sendall(text)
    assert peer.recv(100) == text
    return peer


def becomes(look, value):
    ends = time.monotonic() + WAIT
    while look() != value:
        assert time.monotonic() < ends, (look(), value)
        time.sleep(0.01)


def test_serves(server, family):
    address = serves(server, family)
    with meets(server, address) as one, meets(server, address, b"other") as other:
        assert server.does("active") == (2, "OK", "")
        one.shutdown(socket.SHUT_WR)
        assert all_of(one) == b""
        becomes(lambda: server.does("active")[0], 1)
        other.sendall(b"more")
        assert other.recv(100) == b"more"
    becomes(lambda: server.does("active")[0], 0)
    assert server.does("stop")[1] == server.does("wait")[1] == "OK"
    assert server.sockets() == 0
    assert server.ends() == ""


def test_listen_in_use(server, family):
    with listening(family) as taken:
        address = at(taken)
        assert server.does(f"listen {address}") == (0, "EADDRINUSE", "")
    assert server.does(f"listen {address}") == (0, "OK", address)
    server.does("unlisten")
    assert server.does(f"listen {address}")[1] == "OK"


@pytest.mark.parametrize(
    "address, error",
    {
        "192.0.2.1:0": "EADDRNOTAVAIL",
        "[2001:db8::1]:0": "EADDRNOTAVAIL",
        "[::ffff:127.0.0.1]:0": "EINVAL",
        "localhost:0": "EINVAL",
        "127.0.0.1": "EINVAL",
    }.items(),
)
def test_listen_elsewhere(server, address, error):
    assert server.does(f"listen {address}") == (0, error, "")
    assert server.sockets() == 0


def test_listen_without_the_right_to(host, component):
    for options in ([], ["-S", "tcp=n"], ["-S", "tcp"]):
        with Script(host, component("net-serve"), options=options) as server:
            assert server.does("listen 127.0.0.1:0") == (0, "EACCES", "")


def test_failure_of_one(server, preset):
    """It ends that connection only, and a build with messages tells why."""
    address = serves(server)
    with meets(server, address) as one:
        with meets(server, address, b"fail") as failing:
            assert all_of(failing) == b""
        one.sendall(b"more")
        assert one.recv(100) == b"more"
        server.does("stop")
    server.does("wait")
    assert server.ends() == ("weft: echo failed: code 3\n" if preset == "debug" else "")


def test_reset_of_one(server):
    address = serves(server)
    with meets(server, address) as one:
        for _ in range(20):
            reset(meets(server, address))
            reset(socket.create_connection(address, timeout=WAIT))  # perhaps before it is accepted
        one.sendall(b"more")
        assert one.recv(100) == b"more"
        becomes(lambda: server.does("active")[0], 1)


def test_reset_before_it_is_accepted(server):
    """That is not the host's being out of handles: nobody pauses for it."""
    address = serves(server, limit=1)
    with meets(server, address) as one:
        for _ in range(30):
            reset(socket.create_connection(address, timeout=WAIT))
        began = time.monotonic()
        with socket.create_connection(address, timeout=WAIT) as last:
            last.sendall(b"last")
            one.close()
            assert last.recv(100) == b"last"
        assert time.monotonic() - began < 5


def test_many_at_a_time(server, family):
    address = serves(server, family)
    peers = [meets(server, address, str(number).encode()) for number in range(200)]
    assert server.does("active") == (200, "OK", "")
    for number, peer in enumerate(peers):
        peer.sendall(b"%d" % (number * 7))
    for number, peer in enumerate(peers):
        with peer:
            assert peer.recv(100) == b"%d" % (number * 7)
    becomes(lambda: server.does("active")[0], 0)


def test_options_of_a_listener(server):
    """Its connections have them."""
    with socket.create_connection(serves(server), timeout=WAIT) as peer:
        peer.sendall(b"?")
        peer.shutdown(socket.SHUT_WR)
        assert all_of(peer) == b"?\x07"


def test_limit(server):
    """Who is over it waits, and is served when another has gone."""
    address = serves(server, limit=2)
    one, two = meets(server, address), meets(server, address)
    with two, socket.create_connection(address, timeout=0.2) as third:
        third.sendall(b"third")
        with pytest.raises(TimeoutError):
            third.recv(100)
        assert server.does("active") == (2, "OK", "")
        one.close()
        third.settimeout(WAIT)
        assert third.recv(100) == b"third"


@pytest.mark.parametrize("by", ["a call", "a connection"])
def test_stop(server, by):
    """Nobody is accepted any more; who is served may finish; who does not is cancelled."""
    address = serves(server, finish=1000)
    with meets(server, address) as one, meets(server, address, b"w") as waiting:
        if by == "a call":
            server.does("stop")
        else:
            meets(server, address, b"s").close()
        with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
            for _ in range(100):
                socket.create_connection(address, timeout=WAIT).close()
                time.sleep(0.01)
        one.sendall(b"more")
        assert one.recv(100) == b"more"
        one.close()
        began = time.monotonic()
        assert all_of(waiting) == b""
        assert server.does("wait") == (0, "OK", "")
        assert 0.3 < time.monotonic() - began < WAIT
    assert server.does("active")[0] == server.sockets() == 0
    assert server.does("ended")[0] == (2 if by == "a call" else 3)


def test_no_memory_for_one(server):
    """It is closed, and the others are served."""
    address = serves(server)
    with meets(server, address) as one:
        server.does("fail 1")
        with socket.create_connection(address, timeout=WAIT) as lost:
            assert all_of(lost) == b""
        one.sendall(b"more")
        assert one.recv(100) == b"more"
        meets(server, address).close()


def test_stop_at_the_limit(server):
    address = serves(server, limit=1, finish=1)
    with meets(server, address, b"w"):
        server.does("stop")
        assert server.does("wait") == (0, "OK", "")


def test_stop_leaves_nothing(server):
    def once(pause):
        address = serves(server, finish=1)
        with meets(server, address, b"w"), meets(server, address, b"x"):
            time.sleep(pause)
            server.does("stop")
            server.does("wait")

    leaves_nothing(server, once)


def test_cancelled_while_serving(server):
    def once(pause):
        address = serves(server, limit=2)
        with meets(server, address, b"w"), meets(server, address, b"x"):
            time.sleep(pause)
            server.does("cancel")
        serves(server)
        time.sleep(pause)
        server.does("cancel")
        server.does("listen 127.0.0.1:0")
        server.does("unlisten")

    leaves_nothing(server, once)


def test_out_of_handles(host, component, preset):
    """It pauses, serves on whom it has, and goes on when there are some again."""
    few = 64

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, few))

    with Script(host, component("net-serve"), preexec_fn=limit) as server:
        address = serves(server)
        one = meets(server, address)
        others = [socket.create_connection(address, timeout=WAIT) for _ in range(2 * few)]
        for other in others:
            other.sendall(b"other")
        becomes(lambda: server.does("active")[0] > few // 3, True)
        time.sleep(0.2)
        used = server.processor()
        time.sleep(1)
        assert server.processor() - used < 0.3  # it does not spin
        one.sendall(b"more")
        assert one.recv(100) == b"more"
        for other in others:
            with other:
                assert other.recv(100) == b"other"
        becomes(lambda: server.does("active")[0], 1)
        meets(server, address).close()
        assert server.does("left")[1] == "OK"
        one.close()


@pytest.fixture
def many_handles():
    """As many sockets as the system allows, here and in the host."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


CONNECTIONS, SECONDS = much((10000, 60), (500, 2))
FRAME = 1024  # bytes of linear memory that a connection may take, without the buffer of its handler


def echoes(peers, seconds):
    """How often each was answered, 64 bytes at a time, by each byte right."""
    answered = dict.fromkeys(peers, 0)
    ends = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:

        def asks(peer):
            text = b"%032d%032d" % (peer.fileno(), answered[peer])
            peer.sendall(text)
            selector.register(peer, selectors.EVENT_READ, (peer, text))

        for peer in peers:
            asks(peer)
        while selector.get_map():
            for key, _ in selector.select(WAIT):
                peer, text = key.data
                assert peer.recv(100) == text
                selector.unregister(peer)
                answered[peer] += 1
                if time.monotonic() < ends:
                    asks(peer)
    return sorted(answered.values())


def test_long(many_handles, server):
    """Many at once, a tenth of them busy: each byte is right, none starves, and when they have gone, all is as before."""
    if many_handles < CONNECTIONS * 1.2:
        pytest.skip(f"the system allows {many_handles} handles")
    address = serves(server, limit=CONNECTIONS)
    meets(server, address).close()
    becomes(lambda: server.does("active")[0], 0)
    before, memory, handles = server.does("left"), server.memory(), server.sockets()
    with contextlib.ExitStack() as open_ones:
        peers = [open_ones.enter_context(meets(server, address)) for _ in range(CONNECTIONS)]
        each = (server.does("left")[0] - before[0]) / CONNECTIONS - 16384
        assert 0 < each < FRAME
        answered = echoes(peers[::10], SECONDS)
        slowest, median = answered[0], answered[len(answered) // 2]
        assert slowest > median / 4
        told = f"{each:.0f} bytes of linear memory, {(server.memory() - memory) / CONNECTIONS:.0f} of the host"
        print(f"{CONNECTIONS} connections: {told} each; {sum(answered)} answers, slowest {slowest}, median {median}")
    becomes(lambda: server.does("active")[0], 0)
    table = 16 * CONNECTIONS  # bytes that the table of operations keeps, at most
    assert server.does("left")[0] - before[0] < table and server.sockets() == handles


def test_slow_reader(server):
    """Who does not read what he gets is not read from any more, and takes no memory."""
    address = serves(server)
    with meets(server, address) as slow, meets(server, address) as other:
        memory = server.memory()
        slow.settimeout(1)
        sent, block = 0, bytes(1 << 20)
        with pytest.raises(TimeoutError):
            while sent < 256 << 20:
                sent += slow.send(block)
        assert server.memory() - memory < 8 << 20
        other.sendall(b"more")
        assert other.recv(100) == b"more"
        slow.settimeout(WAIT)
        slow.shutdown(socket.SHUT_WR)
        assert len(all_of(slow)) == sent


SERVER = {"wasi:cli/stdin", "wasi:clocks/monotonic-clock", "wasi:sockets/types"}
IMPORTS = {
    "net-addresses": {"wasi:cli/stdin"},
    "net-ask": {"wasi:sockets/types"},
    "net-serve": SERVER,
    "net-script": SERVER | {"wasi:sockets/ip-name-lookup"},
}


@pytest.mark.parametrize("program", IMPORTS)
def test_imports(component, imports, program):
    version = "@0.3.2"
    types = "wasi:clocks/types" + version  # the name of a number, which a build that is optimised may not need
    names = IMPORTS[program] | {"wasi:cli/types", "wasi:cli/stdout"}
    assert imports(component(program)) - {types} == {name + version for name in names}
