# The calc example: several lines at once, each in the middle of its brackets.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import socket
import subprocess

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

WAIT = 300  # seconds, for what comes in milliseconds


@pytest.fixture
def calc(host):  # noqa: F811
    options = ["-S", "inherit-network"]
    process = host.start(host.example("calc"), "127.0.0.1:0", options=options, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    with process:
        port = int(process.stdout.readline().decode().removeprefix("listening at 127.0.0.1:"))
        with contextlib.ExitStack() as peers:

            def connect():
                peer = peers.enter_context(socket.create_connection(("127.0.0.1", port), timeout=WAIT))
                return peer, peers.enter_context(peer.makefile("r"))

            yield connect
        process.kill()


@pytest.mark.parametrize(
    "line, reply",
    [
        ("2*(3+4)", "14"),
        ("1.5 - -2/(1+1+2)", "2"),
        ("(" * 100 + "7" + ")" * 100, "7"),
        ("1/0", "inf"),
        ("", "a number is missing"),
        ("(1+2", "a bracket is not closed"),
        ("1 2x", "the line goes on"),
        ("(" * 101 + "7" + ")" * 101, "too many brackets"),
    ],
)
def test_line(calc, line, reply):
    peer, replies = calc()
    peer.sendall(f"{line}\n1+1\n".encode())
    assert (replies.readline(), replies.readline()) == (f"{reply}\n", "2\n")


def test_at_once(calc):
    lines = [f"({i}+(2*({i}-1)))" for i in range(20)]
    peers = [calc() for _ in lines]
    for at in range(max(map(len, lines))):
        for line, (peer, _) in zip(lines, peers):
            peer.sendall(line[at : at + 1].encode())
    for i, (peer, replies) in enumerate(peers):
        peer.sendall(b"\n")
        assert replies.readline() == f"{3 * i - 2}\n"


def test_who_leaves_amid_a_line(calc):
    peer, _ = calc()
    peer.sendall(b"((1+")
    peer.close()
    peer, replies = calc()
    peer.sendall(b"1+1\n1+")
    peer.shutdown(socket.SHUT_WR)
    assert replies.read() == "2\n"
