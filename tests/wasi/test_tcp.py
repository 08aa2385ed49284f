# TCP connections, with real sockets on loopback.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import ctypes
import os
import socket

import pytest

from wasi.sockets import Script, accepted, all_of, at, cancelled, full_listener, leaves_nothing, listening, reset, unused


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


def test_handed_over(script, family):
    """The socket of a connection goes to other bindings and back, whose ends were taken before."""
    with listening(family) as server, connected(script, server) as peer:
        assert script.does("hand-over") == (0, "OK", "")
        assert script.does("peer") == (0, "OK", at(server))
        assert script.does("read") == (0, "ESTATE", "")
        assert all_of(peer) == b""
        script.does("close")
    assert script.sockets() == 0
