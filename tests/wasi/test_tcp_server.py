# TCP listeners and servers, with real clients on loopback.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import re
import resource
import selectors
import socket
import time

import pytest
from soak import much

from wasi.sockets import LOOPBACK, Script, WAIT, accepted, all_of, at, becomes, cancelled, leaves_nothing, listening, peer_at, reset


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


def test_listen_at_no_address(server):
    """What the listener was before is closed."""
    assert server.does("listen 127.0.0.1:0")[1] == "OK" and server.sockets() == 1
    assert server.does("listen localhost:0") == (0, "EINVAL", "")
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
    assert re.fullmatch(r"weft: echo failed: code 3 \(last waited in .*\)\n" if preset != "release" else "", server.ends())


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
        assert time.monotonic() - began > 0.3
    assert server.does("active")[0] == server.sockets() == 0
    assert server.does("ended")[0] == (2 if by == "a call" else 3)


def test_stop_of_reads(server):
    """Who waits for more hears of its end at once; what is being done goes on, and then hears of it."""
    server.does("reads")
    address = serves(server, finish=WAIT * 1000)
    with meets(server, address) as idle, meets(server, address, b"w") as busy, contextlib.ExitStack() as slow_ones:
        slow = slow_ones.enter_context(meets(server, address))
        slow.settimeout(0.5)
        with pytest.raises(TimeoutError):  # of whom nothing is read as long as it does not read
            while True:
                slow.sendall(b"x" * 65536)
        server.does("stop")
        assert all_of(idle) == b""
        becomes(lambda: server.does("active")[0], 2)
        slow.settimeout(WAIT)
        came = slow.recv(1 << 16)
        with contextlib.suppress(ConnectionResetError):  # what nobody read any more resets it
            while more := slow.recv(1 << 16):
                came += more
        assert set(came) == {ord("x")} and len(came) > 1 << 17
        assert server.does("walk w") == (1, "OK", "w")
        assert all_of(busy) == b""
    assert server.does("wait") == (0, "OK", "")
    assert server.does("ended")[0] == 3 and server.sockets() == 0


def test_stop_of_reads_by_one(server):
    """Its own, too; and one that is only just accepted."""
    server.does("reads")
    address = serves(server, finish=WAIT * 1000)
    with meets(server, address) as idle, meets(server, address, b"s") as stopping:
        assert all_of(idle) == all_of(stopping) == b""
    assert server.does("wait") == (0, "OK", "")


def test_stop_of_reads_leaves_nothing(server):
    server.does("reads")

    def once(pause):
        address = serves(server, finish=WAIT * 1000)
        with meets(server, address, b"x"), meets(server, address, b"y"):
            time.sleep(pause)
            server.does("stop")
            server.does("wait")

    leaves_nothing(server, once)


def test_walk(server):
    """The last one first; who has gone is in it no more."""
    address = serves(server)
    assert server.does("walk") == (0, "OK", "")
    peers = [meets(server, address, bytes([letter])) for letter in b"abcbd"]
    assert server.does("walk") == (5, "OK", "dbcba")
    assert server.does("walk b") == (5, "OK", "dbcba")
    becomes(lambda: server.does("walk"), (3, "OK", "dca"))
    peers[4].close()
    becomes(lambda: server.does("walk"), (2, "OK", "ca"))
    peers[0].close()
    becomes(lambda: server.does("walk"), (1, "OK", "c"))
    peers[2].close()
    becomes(lambda: server.does("walk"), (0, "OK", ""))


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


def test_stop_of_one_that_does_not_serve(server):
    """It does not stop the next."""
    for _ in range(2):
        server.does("stop")
        address = serves(server)
        meets(server, address).close()
        server.does("stop")
        assert server.does("wait") == (0, "OK", "")


def test_stop_while_it_is_cancelled(server):
    """By the finaliser of a connection."""
    address = serves(server)
    with meets(server, address, b"e"):
        assert server.does("cancel") == (0, "ECANCELED", "")
    assert server.does("ended")[0] == 1 and server.sockets() == 0


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


def test_long(many_handles, server, tell):
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
        tell(f"{CONNECTIONS} connections: {told} each; {sum(answered)} answers, slowest {slowest}, median {median}")
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
