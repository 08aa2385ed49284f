# Requests and responses as the library never uses them, by hand on the bindings: what comes of each is written down, as wasmtime says it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import http.server
import re
import threading

import pytest
from paths import ROOT

EXPECTED = dict(re.findall(r"^-- (\w+)\n((?:(?!-- ).*\n)*)", (ROOT / "tests/wasi/messages/messages.txt").read_text(), re.M))


class Peer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        """What came of it."""
        if size := int(self.headers.get("content-length", 0)):
            body = self.rfile.read(size)
            return body if len(body) == size else None
        body = b""
        while self.headers.get("transfer-encoding") == "chunked":
            size = int(self.rfile.readline() or "0", 16)
            body += self.rfile.read(size + 2)[:size]
            if not size:
                break
        return body

    def reply(self, body, *, headers=(), length=True):
        self.send_response(200)
        for name, value in headers:
            self.send_header(name, value)
        if length:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/trailers":
            headers = [("transfer-encoding", "chunked"), ("trailer", "x-end")]
            self.reply(b"5\r\nhello\r\n0\r\nx-end: 1\r\n\r\n", headers=headers, length=False)
        elif self.path == "/cut":
            self.reply(b"hello", headers=[("content-length", "100")], length=False)
            self.close_connection = True
        elif self.path == "/heard":
            self.server.heard.wait()
            self.reply(b"")
        else:
            self.reply(b"hello" if self.path == "/plain" else b"GET " + self.body())

    def do_POST(self):
        body = self.body()
        if self.path == "/silent":
            if body == b"four":
                self.server.heard.set()
            self.rfile.read(1)
        elif self.path == "/gone":
            self.close_connection = True
        elif body is not None:
            self.reply(b"POST " + body)


@pytest.fixture
def port():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer) as server:
        server.daemon_threads = True
        server.block_on_close = False
        server.heard = threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("case", EXPECTED)
def test_messages(host, component, port, case):
    ended = host.run(component("messages"), str(port), case, options=["-S", "http,inherit-network"])
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.decode() == f"-- {case}\n{EXPECTED[case]}"
