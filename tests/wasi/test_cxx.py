# A command and a TCP server in C++.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import socket
import subprocess

from wasi.sockets import WAIT, peer_at


def test_echo(host, component):
    process = host.start(component("cxx-echo"), options=["-S", "inherit-network"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    with process, contextlib.ExitStack() as peers:
        address = peer_at(process.stdout.readline().decode().strip())
        some = [peers.enter_context(socket.create_connection(address, timeout=WAIT)) for _ in range(5)]
        for i, peer in enumerate(some):
            peer.sendall(b"hello %d" % i)
        for i, peer in enumerate(some):
            assert peer.recv(100) == b"hello %d" % i
        some[0].close()
        some[1].sendall(b"stop")
        assert some[1].recv(100) == b"stop"
        for peer in some[1:]:
            peer.close()
        assert process.wait(WAIT) == 1
