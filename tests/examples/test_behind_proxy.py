# Hosts behind nginx, by the configuration that docs/hosting.md shows: what a client sees, also of hosts that stall, stop and die.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from examples.client import ask, blocks_of
from paths import ROOT

from tools.service import Service

CONFIGURATION = (ROOT / "tests/examples/nginx.conf").read_text()
# What a distribution's nginx.conf has around it, and nothing of it that is the system's.
AROUND = """
daemon off; master_process on; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/hello.conf;
}}
"""
LIMIT = 60  # seconds for what comes in milliseconds


def soon(check):
    ends = time.monotonic() + LIMIT
    while not (found := check()):
        assert time.monotonic() < ends
        time.sleep(0.01)
    return found


class Proxy:
    def __init__(self, nginx, folder, hosts, changes):
        self.folder, self.hosts, self.changes = folder, hosts, changes
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        self.configure()
        command = [nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "errors"]
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL)
        soon(self.answers)

    def configure(self, *changes):
        text = CONFIGURATION
        ports = zip(("8080", "8081", "8082"), (self.port, *(host.port for host in self.hosts)))
        for before, after in (*((f"127.0.0.1:{port}", f"127.0.0.1:{free}") for port, free in ports), *self.changes, *changes):
            assert before in text
            text = text.replace(before, after)
        (self.folder / "hello.conf").write_text(text)

    def answers(self):
        assert self.process.poll() is None, (self.folder / "errors").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True

    def end(self):
        self.process.terminate()
        self.process.wait()

    def worker(self):
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().strip()

    def get(self, method="GET"):
        """The status of a request on a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)) as connection:
            connection.request(method, "/")
            answer = connection.getresponse()
            answer.read()
            return answer.status

    def begun(self):
        """A request whose body goes on, and whose answer has begun."""
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT)
        peer.sendall(b"POST / HTTP/1.1\r\nhost: tea\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
        got = b""
        while b"ONE" not in got:
            got += peer.recv(1000)
        assert got.startswith(b"HTTP/1.1 200 ")
        return peer


def connections(port):
    """Those from this machine to the port, also those that are just over."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return [row[1] for row in rows if row[2] == f"0100007F:{port:04X}"]


def stall(host):
    host.process.send_signal(signal.SIGSTOP)
    os.waitpid(host.process.pid, os.WUNTRACED)  # until all its threads have stopped


def whole(peer):
    """Sends the rest of the body, and tells whether the answer has its last chunk."""
    with peer:
        got = b""
        with contextlib.suppress(OSError):  # of a connection that is cut
            peer.sendall(b"0\r\n\r\n")
            while not got.endswith(b"0\r\n\r\n") and (piece := peer.recv(1000)):
                got += piece
        return got.endswith(b"0\r\n\r\n")


@pytest.fixture
def behind(tools, need, tmp_path):
    """behind("hello"): two hosts that serve this example, and nginx in front of them."""
    with contextlib.ExitStack() as stack:

        def start(example, *changes):
            component = ROOT / f"build/release/examples/{example}.wasm"
            hosts = [stack.enter_context(Service(tools.wasmtime, component)) for _ in range(2)]
            proxy = Proxy(need("nginx"), tmp_path, hosts, changes)
            stack.callback(proxy.end)
            return proxy

        yield start


def test_connections_stay(behind):
    proxy = behind("hello")
    assert [proxy.get() for _ in range(40)] == [200] * 40
    assert [len(connections(host.port)) for host in proxy.hosts] == [1, 1]


def test_bodies_are_streamed(behind):
    ask(behind("echo").port, blocks_of(1 << 20))  # sends no more than a block until the answer begins


def test_one_dies(behind):
    """An answer that it has begun is cut, and seen to be. What comes then goes to the other."""
    proxy = behind("echo")
    peers = [proxy.begun(), proxy.begun()]  # one on each
    proxy.hosts[0].process.kill()
    proxy.hosts[0].process.wait()
    assert sorted(whole(peer) for peer in peers) == [False, True]
    assert [proxy.get(method) for method in ("GET", "POST") * 5] == [200] * 10


def test_one_dies_before_it_answers(behind):
    """A GET is sent again to the other; a POST, which it may have begun, is not."""
    for method, status in (("GET", 200), ("POST", 502)):
        proxy = behind("hello")
        assert [proxy.get(), proxy.get()] == [200, 200]
        stall(proxy.hosts[0])
        with ThreadPoolExecutor(2) as pool:
            answers = [pool.submit(proxy.get, method) for _ in range(2)]
            soon(lambda: sum(answer.done() for answer in answers) == 1)
            proxy.hosts[0].process.kill()
            assert sorted(answer.result() for answer in answers) == sorted((200, status))
        proxy.end()


def test_one_is_slow(behind):
    proxy = behind("hello", ("proxy_read_timeout 60s", "proxy_read_timeout 1s"))
    for host in proxy.hosts:
        stall(host)
    try:
        assert proxy.get("POST") == 504
    finally:
        for host in proxy.hosts:
            host.process.send_signal(signal.SIGCONT)


def test_half_a_head(behind):
    proxy = behind("hello", ("client_header_timeout 10s", "client_header_timeout 1s"))
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=LIMIT) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n")
        assert peer.recv(1000) == b""


def test_one_leaves(behind):
    """Marked as down first, then stopped: no request fails, and what it has begun ends well."""
    proxy = behind("echo")
    peers = [proxy.begun(), proxy.begun()]
    old = proxy.worker()
    port = proxy.hosts[0].port
    proxy.configure((f"127.0.0.1:{port} ", f"127.0.0.1:{port} down "))
    proxy.process.send_signal(signal.SIGHUP)
    soon(lambda: "shutting down" in Path(f"/proc/{old}/cmdline").read_text())  # it ends what it has, and takes nothing more
    proxy.hosts[0].process.send_signal(signal.SIGINT)
    assert [proxy.get(method) for method in ("GET", "POST") * 5] == [200] * 10
    assert [whole(peer) for peer in peers] == [True, True]
    assert proxy.hosts[0].process.wait(LIMIT) == 0
