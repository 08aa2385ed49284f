# Names, and connections to them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import signal
import socket
import time

import pytest

from wasi.sockets import Script, accepted, at, becomes, cancelled, full_listener, leaves_nothing, listening, unused


def test_resolve(script):
    number, error, text = script.does("resolve localhost")
    assert error == "OK" and number == len(text.split())
    assert set(text.split()) <= {"127.0.0.1:7", "[::1]:7"} and text
    for address, its in {"192.0.2.1": "192.0.2.1:7 ", "2001:db8::1": "[2001:db8::1]:7 ", "::1": "[::1]:7 "}.items():
        assert script.does(f"resolve {address}") == (1, "OK", its)


NO_NAMES = {
    "": "EINVAL",
    "a b": "EINVAL",
    "x:80": "EINVAL",
    "\udcff": "EINVAL",  # no UTF-8
    "nothing.invalid": "ENONAME",
    "a" * 300: "ENONAME",
}


@pytest.mark.parametrize("name, error", NO_NAMES.items())
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


@pytest.mark.parametrize("where, error", {"localhost": "EINVAL", ":80": "EINVAL", "\udcff:80": "EINVAL", "nothing.invalid:80": "ENONAME", "localhost:0": "EINVAL"}.items())
def test_connect_by_name_to_nothing(script, where, error):
    assert script.does(f"connect-name {where}") == (0, error, "")
    assert script.sockets() == 0


def test_connect_to_any(script):
    """The error is that of the first."""
    with listening() as server, listening(socket.AF_INET6) as other:
        assert script.does(f"connect-any {unused()} {unused()} 127.0.0.1:0 {at(server)} {unused()}") == (0, "OK", "")
        assert script.does("peer")[2] == at(server)
        # Families take turns.
        assert script.does(f"connect-any {unused()} {at(server)} {at(other)}") == (0, "OK", "")
        assert script.does("peer")[2] == at(other)
        assert script.does(f"connect-any {unused()} 127.0.0.1:0") == (0, "ECONNREFUSED", "")
        assert script.does(f"connect-any 127.0.0.1:0 {unused()}") == (0, "EINVAL", "")
        assert script.does("connect-any") == (0, "EINVAL", "")
        assert script.sockets() == 0


def test_connect_to_one_of_many(script, host, component):
    """One that refuses costs no time, which were 30 s in all; to put them in order takes none, and 64 are tried at most."""
    with listening() as server, listening(socket.AF_INET6) as other:
        began = time.monotonic()
        assert script.does(f"connect-many 4000 {unused()} {at(other)}") == (0, "OK", "")
        assert script.does("peer")[2] == at(other)  # the next, though the last
        assert script.does(f"connect-many 64 {unused()} {at(server)}") == (0, "OK", "")
        assert script.does("peer")[2] == at(server)
        assert script.does(f"connect-many 65 {unused()} {at(server)}") == (0, "ECONNREFUSED", "")
        assert time.monotonic() - began < 20


def test_head_start(script):
    """One that says nothing is left behind after 250 ms, and closed."""
    with full_listener() as silent, listening() as server:
        before = script.sockets()
        began = time.monotonic()
        assert script.does(f"connect-any {at(silent)} {at(server)}") == (0, "OK", "")
        assert time.monotonic() - began > 0.2
        assert script.does("peer")[2] == at(server)
        assert script.sockets() == before + 1
        began = time.monotonic()
        assert script.does(f"connect-any {at(silent)} {at(silent)} {at(server)}") == (0, "OK", "")
        assert time.monotonic() - began > 0.45
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
