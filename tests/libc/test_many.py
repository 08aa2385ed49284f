# Programs that know nothing of Weft, many at once: each has streams, arguments and an end of its own.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import re
import socket
import subprocess

from libc.conftest import everywhere_on_fibers
from soak import much

WAIT = 60  # seconds, for what comes in milliseconds
pytestmark = everywhere_on_fibers


class Client:
    def __init__(self, port):
        self.peer = socket.create_connection(("127.0.0.1", port), timeout=WAIT)
        self.file = self.peer.makefile("rw")

    def tell(self, text):
        self.file.write(text)
        self.file.flush()

    def line(self):
        return self.file.readline()

    def rest(self):
        with self.peer, self.file:
            return self.file.read()


@contextlib.contextmanager
def serving(programs):
    """Gives a function that makes clients, and one that stops the server and returns what it tells."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with programs.start(programs.path("many"), options=["-S", "inherit-network"], **pipes) as process:
        port = int(process.stdout.readline().decode().rpartition(":")[2])

        def stop():
            out, err = process.communicate(b"\n", timeout=WAIT)
            assert process.returncode == 0, err
            return out.decode(), err.decode()

        yield lambda: Client(port), stop


def test_streams(everywhere):
    """Half a line of each is in its stdout while the other's is read."""
    with serving(everywhere) as (client, stop):
        one, other, third = (client() for _ in range(3))
        assert [each.line() for each in (one, other, third)] == ["1 of 2\n", "2 of 2\n", "3 of 2\n"]
        one.tell("numbers\n1\n")
        other.tell("numbers\n10\n")
        third.tell("hello\nwarn\n")
        assert third.line() == "1: hello\n"
        one.tell("2\n\n")
        other.tell("20\n\nlast\n")
        assert (one.line(), other.line(), other.line()) == ("numbers: 1 3 sum 3\n", "numbers: 10 30 sum 30\n", "2: last\n")
        one.peer.shutdown(socket.SHUT_WR)
        assert one.rest() == "farewell, goodbye\n"
        third.tell("exit\n")
        assert third.rest() == "farewell, goodbye\n"
        out, err = stop()
        assert other.rest() == "" and out == "1 ended with 0\n1 ended with 3\n1 ended with 100\n"
        assert "warned in line 2\n" in err


def test_one_that_is_not_read(everywhere):
    """It waits in its stdout, and the others have theirs."""
    with serving(everywhere) as (client, stop):
        one, other = client(), client()
        one.tell("flood\n")
        assert one.line() == "1 of 2\n" and one.line() == "0" * 65000 + "\n"
        for n in range(1, 20):
            other.tell("hello\n")
            assert (n > 1 or other.line()) and other.line() == f"{n}: hello\n"
        one.peer.shutdown(socket.SHUT_WR)
        assert one.rest().splitlines() == [f"{i:065000}" for i in range(1, 200)] + ["farewell, goodbye"]
        other.tell("exit\n")
        other.rest()
        assert stop()[0] == "1 ended with 0\n1 ended with 20\n"


def test_ends(everywhere):
    """exit ends one of them, from a depth, runs its own functions, and closes what it left open; _exit does not tell them."""
    with serving(everywhere) as (client, stop):
        stays, exits, leaves, opens, locks = (client() for _ in range(5))
        exits.tell("a\nraw\nexit\n")
        leaves.tell("opens\nb\n_exit\n")
        opens.tell("opens\nexit\n")
        locks.tell("locks\nexit\n")
        assert exits.rest() == "2 of 2\n1: a\nraw\nfarewell, goodbye\n"
        assert re.fullmatch(r"3 of 2\n\d+\n2: b\n", leaves.rest())
        assert re.fullmatch(r"4 of 2\n\d+\nfarewell, goodbye\nfrom line 1, ", opens.rest())
        assert locks.rest() == "5 of 2\nfarewell, goodbye\nlocked, "
        stays.tell("fills\nexit\n")
        assert stays.rest() == "1 of 2\nfarewell, goodbye\n"
        assert stop()[0] == "3 ended with 2\n2 ended with 3\n"


def test_files_of_their_own(everywhere):
    """One flushes all its FILEs while another has some on its own standard output, and a third waits in a write."""
    with serving(everywhere) as (client, stop):
        one, other, waits = client(), client(), client()
        waits.tell("flood\n")
        assert one.line() and other.line() and waits.line() and waits.line()
        one.tell("secret\nopens\n")
        assert one.line()
        other.tell("fills\nhello\n")
        assert other.line() == "2: hello\n"
        one.tell("numbers\n\n")
        assert one.line() == "numbers: sum 0\n"
        for each in (one, other):
            each.tell("exit\n")
        assert sorted(one.rest().partition("goodbye\n")[2].split(", ")) == ["", "from line 2", "of 1 alone"]
        assert other.rest() == "farewell, goodbye\n"
        waits.peer.shutdown(socket.SHUT_WR)
        waits.rest()
        assert stop()[0] == "1 ended with 0\n1 ended with 3\n1 ended with 4\n"


def test_a_hundred(everywhere, count=100):
    """In turns, each in the middle of its lines; a third of them goes away, and a third exits."""
    with serving(everywhere) as (client, stop):
        clients = [client() for _ in range(count)]
        names = [int(each.line().split()[0]) for each in clients]
        assert sorted(names) == list(range(1, count + 1))
        for each, name in zip(clients, names):
            each.tell(f"numbers\n{name}\nhalf")
        for round in range(much(20, 3)):
            for each, name in zip(clients, names):
                each.tell(f"\n{name}\n{round}")
        for each in clients:
            each.tell("\n\nword\n")
        for i, (each, name) in enumerate(zip(clients, names)):
            sums = list(map(int, re.fullmatch(r"numbers: ((?:\d+ )+)sum \d+\n", each.line())[1].split()))
            assert sums[0] == name and all((b - a) in (name, *range(20)) for a, b in zip(sums, sums[1:])), sums
            assert re.fullmatch(r"\d+: word\n", each.line())
            if i % 3 == 1:
                each.tell("exit\n")
            if i % 3:
                each.peer.shutdown(socket.SHUT_WR)
                assert each.rest() == "farewell, goodbye\n"
        out, _ = stop()
        for each in clients[::3]:
            each.rest()
        assert out == f"{count // 3} ended with 0\n{count // 3} ended with 3\n{count // 3 + 1} ended with 100\n"


def test_one_after_another(everywhere):
    """What one has left is given back: numbers, streams, and stacks that were left from a depth."""
    with serving(everywhere) as (client, stop):
        count, numbers = much(20_000, 200), set()
        for _ in range(count):
            one = client()
            one.tell("opens\nsecret\nexit\n")
            numbers.add(re.match(r"\d+ of 2\n(\d+)\n", one.rest())[1])
        assert len(numbers) == 1
        assert stop()[0] == f"{count} ended with 3\n"
