# The ask example: names, and the time of servers on loopback that lose questions, lie and are late.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import os
import re
import socket
import struct
import threading
import time

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

NAMES = ["-S", "inherit-network,allow-ip-name-lookup"]
LINE = re.compile(r"(\S+) (\S+) offset ([+-]\d+) us, delay (-?\d+) us")
AHEAD = 1000  # seconds that a server's clock is


@pytest.fixture
def ask(host):  # noqa: F811
    def ask(*words, options=NAMES, **settings):
        options = [*options, *(f"--env={name}={value}" for name, value in settings.items())]
        ended = host.run(host.example("ask"), *words, options=options)
        own = [line for line in ended.err.splitlines(True) if not line.startswith("weft: ")]  # a debug build says more
        return ended.code, sorted(ended.out.decode().splitlines()), "".join(own)

    return ask


def answer(question, ahead=AHEAD, first=4 << 3 | 4, stratum=2, held=0, number=None):
    """The answer of a server whose clock is so many seconds ahead, and that had the question for `held` seconds."""

    def stamp(seconds):
        return struct.pack("!II", int(seconds + 2208988800) % 2**32, int(seconds % 1 * 2**32))

    now = time.time() + ahead
    return struct.pack("!BBbb", first, stratum, 6, -20) + bytes(20) + (number or question[40:48]) + stamp(now - held) + stamp(now)


class Server(contextlib.AbstractContextManager):
    """A server that calls talk(server, question, from whom, how many came before)."""

    def __init__(self, talk, family=socket.AF_INET):
        self.talk, self.questions = talk, []
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while (come := self.socket.recvfrom(100))[0]:
            self.questions.append((time.monotonic(), *come))
            self.talk(self, *come, len(self.questions) - 1)

    def say(self, to, *arguments, **more):
        self.socket.sendto(answer(*arguments, **more), to)

    def __exit__(self, *_):
        self.socket.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()


def right(server, question, to, before):
    server.say(to, question)


def after_losses(server, question, to, before):
    if before >= 2:
        server.say(to, question)


def late(server, question, to, before):
    """Answers the first when the second is there, to either's address, and then the second."""
    if before:
        _, first, of_first = server.questions[0]
        for address in (of_first, to):
            server.say(address, first, ahead=5)
        server.say(to, question)


def of_another_number(server, question, to, before):
    for number in (os.urandom(8), bytes(8), question[24:32]):
        server.say(to, question, ahead=5, number=number)
    server.say(to, question)


def from_elsewhere(server, question, to, before):
    with socket.socket(server.socket.family, socket.SOCK_DGRAM) as other:
        other.sendto(answer(question, ahead=5), to)
    server.say(to, question)


def of_no_form(server, question, to, before):
    for text in (b"", b"x", answer(question, ahead=5)[:47], answer(question, ahead=5, first=4 << 3 | 3)):
        server.socket.sendto(text, to)
    server.socket.sendto(answer(question) + bytes(20), to)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("talk", [right, after_losses, late, of_another_number, from_elsewhere, of_no_form])
def test_time(ask, talk, family):
    with Server(talk, family) as server:
        ip = server.socket.getsockname()[0]
        name = f"[{ip}]:{server.port}" if ":" in ip else f"{ip}:{server.port}"
        code, lines, said = ask("-t", name, TIMEOUT="400ms", PAUSE="20ms", TRIES=10)
    assert (code, said) == (0, "")
    got_name, address, offset, delay = LINE.fullmatch(lines[0]).groups()
    assert (got_name, address) == (name, ip)
    assert int(delay) >= 0 and abs(int(offset) - AHEAD * 1000000) <= int(delay) / 2 + 1000
    questions = [question for _, question, _ in server.questions]
    assert all(len(question) == 48 and question[0] & 7 == 3 for question in questions)
    assert len(set(question[40:48] for question in questions)) == len(questions)


def test_what_a_server_held(ask):
    """It is no part of the delay: one that says it had the question for 5 s makes that less than none."""
    with Server(lambda server, question, to, _: server.say(to, question, ahead=0, held=5)) as server:
        began = time.monotonic()
        code, lines, _ = ask("-t", f"127.0.0.1:{server.port}")
        took = (time.monotonic() - began) * 1000000
    offset, delay = map(int, LINE.fullmatch(lines[0]).groups()[2:])
    assert 0 <= delay + 5000000 <= took and abs(offset + 2500000) <= took


def test_the_next_era(ask):
    """From 2036 on, the seconds are counted from 0 again."""
    ahead = 20 * 365 * 86400
    with Server(lambda server, question, to, _: server.say(to, question, ahead=ahead)) as server:
        code, lines, _ = ask("-t", f"127.0.0.1:{server.port}")
    assert abs(int(LINE.fullmatch(lines[0])[3]) - ahead * 1000000) <= 60000000


@pytest.mark.parametrize("how", [{"stratum": 0}, {"first": 3 << 6 | 4 << 3 | 4}], ids=["goes away", "no time"])
def test_denied(ask, how):
    """It is not asked again."""
    with Server(lambda server, question, to, _: server.say(to, question, **how)) as server:
        name = f"127.0.0.1:{server.port}"
        assert ask("-t", name, PAUSE="1ms") == (1, [], f"ask: {name}: request denied\n")
    assert len(server.questions) == 1


def test_silence(ask):
    """Each try waits as long, and each pause is longer than the one before, from half of it on."""
    with Server(lambda *_: None) as server, Server(right) as other:
        names = [f"127.0.0.1:{it.port}" for it in (server, other)]
        code, lines, said = ask("-t", *names, TIMEOUT="100ms", PAUSE="200ms", TRIES=4)
    assert (code, len(lines), said) == (1, 1, f"ask: {names[0]}: timed out\n")
    assert LINE.fullmatch(lines[0])[1] == names[1]
    times = [when for when, *_ in server.questions]
    assert len(times) == 4
    for index, (before, after) in enumerate(zip(times, times[1:])):
        assert after - before >= 0.095 + 0.1 * 2**index


def test_so_many_at_a_time(ask, limit=5, count=20):
    """A server that answers only when so many questions are there, and no more come."""
    waiting, most = [], 0

    def talk(server, question, to, before):
        nonlocal most
        waiting.append((question, to))
        most = max(most, len(waiting))
        if len(waiting) == limit:
            server.socket.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                server.socket.recvfrom(100)
                most += 1
            server.socket.settimeout(None)
            for question, to in waiting:
                server.say(to, question)
            waiting.clear()

    with Server(talk) as server:
        code, lines, _ = ask("-t", *[f"127.0.0.1:{server.port}"] * count, LIMIT=limit, TIMEOUT="60s", TRIES=1)
    assert (code, len(lines), most) == (0, count, limit)


def test_names(ask):
    code, lines, said = ask("192.0.2.1", "localhost", "2001:db8::1")
    assert (code, said) == (0, "") and {"192.0.2.1 192.0.2.1", "2001:db8::1 2001:db8::1"} <= set(lines)
    local = [line for line in lines if line.startswith("localhost ")]
    assert local and set(local) <= {"localhost 127.0.0.1", "localhost ::1"}
    assert ask(*["localhost"] * 300, LIMIT=100) == (0, sorted(local * 300), "")
    code, lines, said = ask("nothing.invalid", "localhost", "a b")
    assert (code, lines) == (1, local)
    assert sorted(said.splitlines()) == ["ask: a b: invalid argument", "ask: nothing.invalid: name not known"]
    assert ask("localhost", "127.0.0.1", options=[]) == (1, ["127.0.0.1 127.0.0.1"], "ask: localhost: names cannot be resolved\n")


def test_time_of_a_name(ask):
    """Each try asks its next address, so also the last is found, if it is the one that answers."""
    ip = socket.getaddrinfo("localhost", 0, type=socket.SOCK_DGRAM)[-1][4][0]
    with Server(right, socket.AF_INET6 if ":" in ip else socket.AF_INET) as server:
        code, lines, _ = ask("-t", f"localhost:{server.port}", TIMEOUT="400ms", PAUSE="10ms", TRIES=10)
    assert code == 0 and LINE.fullmatch(lines[0]).groups()[:2] == (f"localhost:{server.port}", ip)


def test_what_goes_wrong(ask):
    assert ask() == ask("-t") == (1, [], "ask: usage: ask [-t] NAME...\n")
    assert ask("localhost", TRIES="11")[2].startswith("ask: variable TRIES: ")
    assert ask("-t", "127.0.0.1", options=[])[2] == "ask: 127.0.0.1: permission denied\n"
