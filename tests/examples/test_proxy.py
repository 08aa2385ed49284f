# The proxy example: upstreams that are slow, bad, gone, or cut their answer.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import http.server
import threading

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

WAIT = 60  # seconds, for what comes in milliseconds


class Upstream(http.server.BaseHTTPRequestHandler):
    """`slow` answers when it is told to, or never; `bad` by 500; `good` in two pieces, the second when it is told to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        server.asked.append(f"{self.command} {self.path}")
        server.came.set()
        for other in server.behind:
            other.came.wait(WAIT)
        if server.kind == "slow":
            server.left = not self.connection.recv(1)  # until the proxy has cancelled it
            server.seen.set()
            self.close_connection = True
            return
        self.send_response(500 if server.kind == "bad" else 200)
        self.send_header("content-type", "text/x-parts")
        self.send_header("content-length", "8")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"one,")
            if server.kind != "bad":
                server.go.wait(WAIT)
            self.wfile.write(b"" if server.kind == "cut" else b"two\n")
        self.close_connection = server.kind == "cut"

    do_HEAD = do_POST = do_GET

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def upstream(kind):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as server:
        server.kind, server.asked, server.behind, server.left = kind, [], [], None
        server.came, server.go, server.seen = threading.Event(), threading.Event(), threading.Event()
        server.handle_error = lambda *_: None  # who has lost is left amid its answer
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


@pytest.fixture
def proxied(host):  # noqa: F811
    """proxied("slow", "good", ...) is a connection to the proxy, and its upstreams."""
    with contextlib.ExitStack() as stack:

        def start(*kinds, **settings):
            upstreams = [stack.enter_context(upstream(kind)) for kind in kinds]
            urls = ",".join(["http://127.0.0.1:1", *(it.url for it in upstreams)])  # the first one is gone
            options = [f"--env={name}={value}" for name, value in {"UPSTREAMS": urls, **settings}.items()]
            service = stack.enter_context(host.serve(host.example("proxy"), "-S", "http", *options))
            stack.callback(lambda: service.fault() and pytest.fail(service.fault()))
            asks = http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)
            return stack.enter_context(contextlib.closing(asks)), *upstreams

        yield start


def test_first_good(proxied):
    """It streams, and those that lost are cancelled before."""
    asks, slow, bad, good = proxied("slow", "bad", "good", TIMEOUT="1h")
    good.behind = [slow, bad]
    asks.request("GET", "/a/b?c=d")
    answer = asks.getresponse()
    assert (answer.status, answer.headers["content-type"], answer.read(4)) == (200, "text/x-parts", b"one,")
    assert slow.seen.wait(WAIT) and slow.left
    good.go.set()
    assert answer.read() == b"two\n"
    assert slow.asked == bad.asked == good.asked == ["GET /a/b?c=d"]


def test_none_good(proxied):
    asks, *_ = proxied("bad", "bad")
    asks.request("GET", "/")
    answer = asks.getresponse()
    assert (answer.status, answer.read()) == (502, b"Bad Gateway")


def test_none_in_time(proxied):
    asks, slow = proxied("slow", TIMEOUT="200ms")
    asks.request("GET", "/")
    assert asks.getresponse().status == 502
    assert slow.seen.wait(WAIT) and slow.left


def test_cut(proxied):
    asks, cut = proxied("cut")
    cut.go.set()
    asks.request("GET", "/")
    with pytest.raises(http.client.IncompleteRead) as said:
        asks.getresponse().read()
    assert said.value.partial in (b"", b"one,")


def test_client_that_goes(proxied):
    """All that was asked for it ends, by TIMEOUT at the latest."""
    asks, slow = proxied("slow", TIMEOUT="500ms")
    asks.request("GET", "/")
    assert slow.came.wait(WAIT)
    asks.close()
    assert slow.seen.wait(WAIT) and slow.left


def test_methods(proxied):
    asks, good = proxied("good")
    asks.request("HEAD", "/")
    answer = asks.getresponse()
    assert (answer.status, answer.headers["content-length"], answer.read()) == (200, "8", b"")
    asks.request("POST", "/", b"it")
    assert asks.getresponse().status == 405
    assert good.asked == ["HEAD /"]
