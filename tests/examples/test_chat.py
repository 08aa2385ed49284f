# The chat example: rooms, members who come and go, one who does not read.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import resource
import socket
import subprocess
import time

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

WAIT = 300  # seconds, for what comes in milliseconds


class Chat:
    def __init__(self, host):
        options = ["-S", "inherit-network"]
        self.process = host.start(
            host.example("chat"), "127.0.0.1:0", options=options, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        words = self.process.stdout.readline().decode()
        self.address = "127.0.0.1", int(words.removeprefix("listening at 127.0.0.1:"))

    @contextlib.contextmanager
    def comes(self, introduction):
        """The lines that it hears, and its socket."""
        with socket.create_connection(self.address, timeout=WAIT) as peer, peer.makefile("r") as lines:
            peer.sendall(f"{introduction}\n".encode())
            yield lines, peer

    @contextlib.contextmanager
    def member(self, introduction):
        """The same, when it has been let in."""
        with self.comes(introduction) as (lines, peer):
            assert lines.readline() == "welcome\n"
            yield lines, peer


@pytest.fixture
def chat(host):  # noqa: F811
    it = Chat(host)
    with it.process:
        yield it
        it.process.kill()


def test_rooms(chat):
    with chat.member("tea Ann") as (ann, ann_says), chat.member("coffee Cid") as (cid, cid_says):
        with chat.member("tea Bob") as (bob, bob_says):
            assert ann.readline() == "Bob is here\n"
            bob_says.sendall(b"hello\r\nyou\n")
            assert (ann.readline(), ann.readline()) == ("Bob: hello\n", "Bob: you\n")
            ann_says.sendall(b"yes\n")
            assert bob.readline() == "Ann: yes\n"
        assert ann.readline() == "Bob has left\n"
        with chat.member("coffee Dan"):
            assert cid.readline() == "Dan is here\n"


@pytest.mark.parametrize("line", ["tea", "", f"tea {'a' * 32}", f"{'a' * 32} Ann"])
def test_no_introduction(chat, line):
    with chat.comes(line) as (hears, _):
        assert hears.read() == "send a line: ROOM NAME\n"


def test_many_rooms(chat):
    """As many as there are members. Words of the same letters are not the same room."""
    with contextlib.ExitStack() as all_of_them:
        for number in range(100):
            all_of_them.enter_context(chat.member(f"{number} Ann"))
        with chat.member("0 Bob") as (bob, _), chat.member("00 Dan"), chat.member("0 Cid"):
            assert bob.readline() == "Cid is here\n"


def test_slow_reader(chat):
    """The others go on, and hear that it has been dropped."""
    with chat.member("tea Ann") as (ann, _), chat.member("tea Slow") as (_, slow), chat.member("tea Bob") as (_, bob):
        assert (ann.readline(), ann.readline()) == ("Slow is here\n", "Bob is here\n")
        line = b"x" * 200 + b"\n"
        ends, said, heard = time.monotonic() + WAIT, 0, ""
        while heard != "Slow has left\n" and time.monotonic() < ends:
            bob.sendall(line * 32)
            said += 32
            while said and (heard := ann.readline()) != "Slow has left\n":
                said -= 1
        assert heard == "Slow has left\n"


def test_stop(chat):
    with chat.member("tea Ann") as (ann, _), chat.member("tea Bob"):
        assert ann.readline() == "Bob is here\n"
        chat.process.stdin.close()
        assert ann.read() == ""
    assert chat.process.wait(WAIT) == 0


@pytest.fixture
def many_handles():
    """Room for a thousand sockets here, and in the host."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_members(many_handles, chat, members=1000, rooms=50):
    """Each hears who comes after; one more waits until another has left."""
    with contextlib.ExitStack() as all_of_them:
        hear = [all_of_them.enter_context(chat.member(f"{number % rooms} {number}")) for number in range(members)]
        with chat.comes("0 more") as (_, says):
            says.settimeout(0.1)
            with pytest.raises(TimeoutError):
                says.recv(1)
            for number, (lines, _) in enumerate(hear):
                for later in range(number + rooms, members, rooms):
                    assert lines.readline() == f"{later} is here\n"
            hear[0][1].shutdown(socket.SHUT_WR)
            assert hear[rooms][0].readline() == "0 has left\n"
            assert hear[rooms][0].readline() == "more is here\n"
