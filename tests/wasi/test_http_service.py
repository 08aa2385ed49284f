# An HTTP service, as clients of every kind see it.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import os
import re
import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from paths import ROOT

from wasi import http_asks
from wasi.http_asks import LIMIT, connected, raw, request, rest


@pytest.fixture(scope="session")
def service(host, component):
    with host.serve(component("http-cases")) as service:
        yield service


@pytest.fixture
def ask(service):
    return lambda *what, **more: http_asks.ask(service, *what, **more)


@pytest.mark.parametrize("how", ["", "/body-first"])
def test_request(ask, how):
    status, headers, text = ask(f"/describe{how}?a=1&b=%20?", "POST", b"x", {"X-One": "first", "x-Two": ""})
    assert status == 200
    assert headers["content-type"] == "text/plain" and int(headers["content-length"]) == len(text)
    lines = text.decode().splitlines()
    assert lines[:5] == ["method: POST", f"path: /describe{how}", "query: a=1&b=%20?", "x-one: first", "absent: not there"]
    assert {"header x-one=first", "header x-two=", "header content-length=1"} <= set(lines)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "BREW"])
def test_method(ask, method):
    assert ask("/describe", method)[2].decode().startswith(f"method: {method}\n")


def test_path_is_as_it_came(ask):
    lines = ask("//describe/..%2f%00?%zz")[2]
    assert lines == b"Not Found"
    assert b"path: /describe/..%2f%00\nquery: %zz\n" in ask("/describe/..%2f%00?%zz")[2]


@pytest.mark.parametrize("size", [0, 1, 5000, 1 << 20])
def test_read_all(ask, size):
    body = os.urandom(size)
    status, headers, text = ask(f"/collect/{1 << 20}", "POST", body)
    assert (status, text, headers["content-length"]) == (200, body, str(size))


def test_read_all_has_a_limit(ask):
    assert ask("/collect/10", "POST", b"0123456789")[0] == 200
    assert ask("/collect/10", "POST", b"0123456789a")[::2] == (400, b"ELIMIT")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [0, 1, 3 << 20])
@pytest.mark.parametrize("path", ["/echo", "/splice"])
def test_echo(ask, size, chunked, path):
    body = os.urandom(size)
    parts = iter([body[:1], body[1:]]) if chunked else body
    assert ask(path, "POST", parts, encode_chunked=chunked, headers={"Transfer-Encoding": "chunked"} if chunked else {})[2] == body


def test_handed_on(host, component, tmp_path):
    """A file's stream that the service has had for a while is the body."""
    (tmp_path / "text").write_bytes(body := os.urandom(200000))
    with host.serve(component("http-handed"), "--dir", f"{tmp_path}::d") as service:
        assert http_asks.ask(service, "/file")[2] == body


@pytest.mark.parametrize("size", [0, 1, 5, 6, 3 << 20])
def test_splice(ask, size):
    """To its end; but not behind a read, unless that has told that there is nothing."""
    body = os.urandom(size)
    assert ask("/splice/finish", "POST", body)[::2] == (200, body)
    if size < 1 << 20:  # a reply that does not wait for so much breaks the client's pipe
        for how in ["rest"] if size == 1 else ["rest", "line"]:  # which would see the end
            assert ask(f"/splice/{how}", "POST", body)[::2] == ((400, b"Bad Request") if size else (200, b""))


@pytest.mark.parametrize("rest, error", [(b"\r\n", "OK"), (b"x: y\r\n\r\n", "OK"), (b"nonsense\r\n\r\n", "EEOF")])
def test_end_that_is_told_late(service, rest, error):
    """Behind the last byte, and behind a few reads that were stopped while they waited to be told."""
    with connected(service) as connection:
        connection.sendall(request("/late", "transfer-encoding: chunked", body=b"5\r\nwords\r\n0\r\n", method="POST"))
        time.sleep(0.2)
        connection.sendall(rest)
        assert http_asks.rest(connection).endswith(f"words stopped {error}".encode())


def test_reads_beside_a_write(service):
    """What a read that waits has for an error is not the writer's."""
    with connected(service) as connection:
        connection.sendall(request("/both", "content-length: 4", method="POST"))
        got = b""
        while b"both" not in got:
            got += connection.recv(65536)
        connection.sendall(b"body")
        assert b"body" in rest(connection)


def test_error_of_a_read_is_not_of_the_reply(ask):
    assert ask("/tolerant", "POST", b"12345")[::2] == (200, b"ELIMIT")


def test_log_line_of_a_client_that_goes(service):
    with connected(service) as connection:
        connection.sendall(request("/until-gone", "x-log: gone"))
        assert connection.recv(65536)
    ends = time.monotonic() + LIMIT
    while not re.search(r" info GET /until-gone 200 \S+ ms, cut gone\n", service.words()):
        assert time.monotonic() < ends, service.words()
        time.sleep(0.05)


def test_ends_in_the_middle_of_a_write(service):
    text = raw(service, request("/in-flight"))
    assert not text.endswith(b"0\r\n\r\n") and len(text) < 8 << 20


CUT = {
    "length": b"content-length: 10\r\n\r\n12345",
    "chunk": b"transfer-encoding: chunked\r\n\r\na\r\n12345",
    "no last chunk": b"transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n",
    "bad chunk": b"transfer-encoding: chunked\r\n\r\n5\r\n12345\r\nzz\r\n",
}


@pytest.mark.parametrize("how", CUT)
@pytest.mark.parametrize("path", ["/echo", "/collect/100", "/splice"])
def test_body_cut_short_is_none(service, how, path):
    """A client that goes in the middle of a body: the handler learns it, and the reply, if somebody still reads, is cut, too."""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\n".encode() + CUT[how]
    with connected(service) as connection:
        connection.sendall(head)
        if how != "bad chunk":
            connection.shutdown(socket.SHUT_WR)
        text = rest(connection)
    assert b"HTTP/1.1 200" not in text or (b"12345" in text and not text.endswith(b"0\r\n\r\n")), text
    assert not service.fault()


def test_trailers(service):
    text = raw(service, request("/trailers", "te: trailers"))
    assert text.endswith(b"5\r\nbody\n\r\n0\r\nx-last: word\r\n\r\n"), text
    body = b"3\r\nabc\r\n0\r\nx-mine: t\r\n\r\n"
    text = raw(service, request("/echo", "te: trailers", "transfer-encoding: chunked", body=body, method="POST"))
    assert text.endswith(b"3\r\nabc\r\n0\r\n\r\n"), text  # whose name no header `trailer` has announced


@pytest.mark.parametrize("name", ["connection", "keep-alive", "transfer-encoding", "upgrade", "host", "a b", "a:b", "a\xe9"])
def test_header_that_is_not_allowed(ask, name):
    status, headers, text = ask("/header", headers={"x-value": "fine", "x-name": name})
    assert (status, text) == (400, b"EHEADER")
    assert headers["x-given"] == "fine"


def test_header_is_never_injected(service, ask):
    assert ask("/header", headers={"x-value": "tab\tand \xff"})[0] == 200
    text = raw(service, request("/split"))
    assert b"set-cookie" not in text.lower() and text.endswith(b"EHEADER")


def test_too_many_headers(ask):
    assert ask("/many")[0] == 500


@pytest.mark.parametrize("status", [200, 201, 204, 205, 304, 404, 418, 500, 599])
def test_status(ask, status):
    answer, headers, text = ask(f"/status/{status}")
    assert answer == status and (status != 205 or not text)
    assert ("content-length" in headers) == (status not in (204, 304))


@pytest.mark.parametrize("status", [209, 427, 432, 512])
def test_status_without_a_name(service, status):
    assert raw(service, request(f"/status/{status}")).startswith(b"HTTP/1.1 %d <none>\r\n" % status)


@pytest.mark.parametrize("status", [0, 99, 100, 103, 199, 600, 70000])
def test_status_that_is_none(ask, status):
    assert ask(f"/status/{status}")[0] == 500


@pytest.mark.parametrize("path, status", [("/nothing", 500), ("/fails", 500), ("/no-memory", 503)])
def test_ends_without_a_reply(ask, path, status):
    """The client gets a reply, and nothing in it of what went wrong, nor of what was made ready."""
    answer, headers, text = ask(path)
    assert (answer, text, headers["content-length"]) == (status, b"", "0")
    assert "x-lost" not in headers


@pytest.mark.parametrize("path, half", [("/cut", b"4\r\nhalf\r\n"), ("/short", b"half")])
def test_ends_in_the_middle(service, path, half):
    """The client sees that the reply is cut: the host sends nothing of it, its head, or what was written, and no end."""
    body = raw(service, request(path)).partition(b"\r\n\r\n")[2]
    assert body in (b"", half)


def test_goes_on_after_the_reply(ask):
    assert ask("/early")[2] == b"early\n"


def test_client_that_goes(service, ask):
    """The handler hears it, and that it fails by it is told to nobody."""
    with connected(service) as connection:
        connection.sendall(request("/endless"))
        assert connection.recv(65536)
    assert ask("/describe")[0] == 200
    ends = time.monotonic() + LIMIT
    while "the client has gone: EPIPE" not in service.words():
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert "the other end is gone" not in service.words() and not service.fault()


def test_no_memory_to_start_with(host, component):
    """A request for which there is no memory is refused, and one that has some goes on."""
    options = ["-W", "max-memory-size=8000000", "--max-instance-concurrent-reuse-count=1000"]
    with host.serve(component("http-large"), *options) as service, contextlib.ExitStack() as held:
        waiting, told = [], []
        while not told:
            waiting.append(held.enter_context(connected(service)))
            waiting[-1].sendall(request("/", "content-length: 9", body=b"half", method="POST"))
            told = select.select(waiting, [], [], 0.1)[0]
        for one in told:
            assert rest(one).startswith(b"HTTP/1.1 503 ")
            waiting.remove(one)
        for one in waiting:
            one.sendall(b"-half")
            assert rest(one).endswith(b"half-half")
        assert not service.fault()


@pytest.mark.parametrize(
    "path, line",
    [
        ("/describe/a?secret=b", "GET /describe/a 200"),
        ("/status/404", "GET /status/404 404"),
        ("/fails", "GET /fails 500"),
        ("/cut", "GET /cut 200"),
    ],
)
def test_log_line(service, path, line):
    raw(service, request(path, "x-log: a note"))
    ends = time.monotonic() + LIMIT
    while not (told := re.search(rf" info {line} \d+\.\d{{3}} ms(.*)\n", service.words())):
        assert time.monotonic() < ends, service.words()
        time.sleep(0.05)
    assert told[1] == (", cut a note" if path == "/cut" else " a note")


MISUSE = {
    "/twice": "weft_http_begin: the export has returned already: ask weft_returned first",
    "/finish-first": "weft_http_finish: the reply has not begun: call weft_http_begin first",
}


@pytest.mark.parametrize("path", MISUSE)
def test_misuse(host, component, path):
    with host.serve(component("http-cases")) as service:
        raw(service, request(path))
        ends = time.monotonic() + LIMIT
        while not service.fault():
            assert time.monotonic() < ends
            time.sleep(0.05)
        if "debug" in str(component("http-cases")):
            assert f"weft: {MISUSE[path]}" in service.words()


def test_many_at_once(ask):
    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(lambda number: ask("/echo", "POST", b"%d" % number)[2], range(300)))
    assert answers == [b"%d" % number for number in range(300)]


def test_head(ask, service):
    status, headers, text = ask("/status/200", "HEAD")
    assert (status, text) == (200, b"") and not service.fault()


def test_pipelined(service):
    text = raw(service, request("/status/200").replace(b"connection: close\r\n", b"") * 3 + request("/status/404"))
    assert text.count(b"HTTP/1.1 200 OK") == 3 and text.count(b"HTTP/1.1 404") == 1


def test_head_a_byte_at_a_time(service):
    with connected(service) as connection:
        for byte in request("/status/200"):
            connection.send(bytes([byte]))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_expect_continue(service):
    with connected(service) as connection:
        connection.sendall(request("/collect/3", "content-length: 3", "expect: 100-continue", method="POST"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(b"abc")
        text = rest(connection)
        assert text.endswith(b"abc")


def test_expect_continue_of_an_old_version(service):
    """That knows no such answer."""
    with connected(service) as connection:
        connection.sendall(b"POST /collect/3 HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n")
        assert not select.select([connection], [], [], 0.3)[0]
        connection.sendall(b"abc")
        assert rest(connection).endswith(b"abc")


def test_offer_of_an_upgrade(service):
    """Nobody takes it, and the connection goes on."""
    first = request("/status/200", "upgrade: h2c", "http2-settings: x").replace(b"connection: close", b"connection: upgrade, http2-settings")
    text = raw(service, first + request("/status/404"))
    assert text.count(b"HTTP/1.1 200 OK") == 1 and text.count(b"HTTP/1.1 404") == 1


def test_imports(imports):
    assert imports(ROOT / "build/debug/examples/hello.wasm") == {"wasi:http/types@0.3.2"}
