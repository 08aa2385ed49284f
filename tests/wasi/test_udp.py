# Datagrams, with real sockets on loopback.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import socket

import pytest

from wasi.sockets import LOOPBACK, Script, WAIT, at, cancelled, leaves_nothing, peer_at


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


def test_bound_to_no_address(script, udp):
    """What the socket was before is closed."""
    assert script.does(f"udp-bind {at(udp).rpartition(':')[0]}:0") == (0, "OK", "")
    assert script.does("udp-bind localhost:0") == (0, "EINVAL", "")
    assert script.does("udp-own")[1] == "ESTATE" and script.sockets() == 0


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
