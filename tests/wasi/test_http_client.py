# An HTTP client: http-fetch sends what its query says, and tells what came of it; the peers are here.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import os
import socket
import threading
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from paths import ROOT

from wasi.http_asks import LIMIT, Peer, ask, connected, reply

@pytest.fixture(scope="session")
def service(host, component):
    with host.serve(component("http-fetch"), "-S", "http") as service:
        yield service


@pytest.fixture
def fetch(service):
    """fetch(url, redirects=1, ...): what came of it."""

    def fetch(url, fields=(), **options):
        query = urllib.parse.urlencode({"url": url, **options})
        asked = urllib.request.Request(f"http://127.0.0.1:{service.port}/?{query}", headers=dict(fields))
        told = urllib.request.urlopen(asked, timeout=LIMIT).read().decode().split("\x1f")
        error, status, reason, redirected, url, peer, trailer, body = told
        return SimpleNamespace(
            error=error,
            status=int(status),
            reason=reason,
            redirected=int(redirected),
            url=url,
            peer=peer,
            trailer=trailer,
            body=body,
        )

    yield fetch
    assert not service.fault()


@pytest.fixture
def peer():
    """peer(answer): an answer is bytes, or a function of the connection, the path, and what came behind the head."""
    peers = []

    def make(answer):
        peers.append(Peer(answer))
        return peers[-1]

    yield make
    for it in peers:
        it.close()


def test_get(fetch, peer):
    it = peer(reply(b"the page", "200 OK", "X-pEEr: word"))
    got = fetch(f"{it.at}/a/b?c=d#e")
    assert (got.error, got.status, got.reason, got.body, got.peer) == ("OK", 200, "", "the page", "word")
    assert got.url == f"{it.at}/a/b?c=d"
    lines = it.heads[0].lower().split("\r\n")
    assert lines[0] == "get /a/b?c=d http/1.1" and "content-length: 0" not in lines and "transfer-encoding: chunked" not in lines


def test_name(fetch, peer):
    """Of its addresses, one after the other is tried."""
    assert fetch(peer(reply(b"the page")).at.replace("127.0.0.1", "localhost")).body == "the page"


def test_what_stays_when_it_is_closed(fetch, peer):
    got = fetch(peer(CUT["length"]).at, close=1)
    assert (got.error, got.status, got.reason, got.url, got.body) == ("EEOF", 200, "HTTP-protocol-error", "", "12345")


@pytest.mark.parametrize("status", [200, 204, 304, 404, 500])
def test_status_is_no_error(fetch, peer, status):
    got = fetch(peer(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n".encode()).at)
    assert (got.error, got.status) == ("OK", status)


def read_body(connection, head, rest):
    """The body behind a head with a length."""
    length = next(int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:"))
    while len(rest) < length:
        rest += connection.recv(65536)
    return rest


@pytest.mark.parametrize("method", ["", "PUT", "GET", "DELETE", "BREW"])
def test_body_is_sent(fetch, peer, method):
    """Also behind a GET: a host leaves it out, where no length is announced."""
    it = peer(lambda connection, path, rest: connection.sendall(reply(read_body(connection, it.heads[-1], rest))))
    got = fetch(it.at, body="some words", method=method)
    assert got.body == "some words"
    assert it.heads[0].startswith(f"{method or 'POST'} / ") and "content-type: text/x-test" in it.heads[0].lower()


def test_no_body_has_a_length(fetch, peer):
    it = peer(reply())
    fetch(it.at, method="POST")
    assert "content-length: 0" in it.heads[0].lower() and "chunked" not in it.heads[0]


@pytest.mark.parametrize("length", [0, 300000])
def test_streamed_body(fetch, peer, length):
    def answer(connection, path, rest):
        if length:
            return connection.sendall(reply(b"%d" % len(read_body(connection, it.heads[-1], rest))))
        while not rest.endswith(b"0\r\n\r\n"):
            rest += connection.recv(65536)
        connection.sendall(reply(b"%d" % len(rest)))

    it = peer(answer)
    got = fetch(it.at, stream=300000, length=length)
    assert got.error == "OK" and int(got.body) >= 300000


def test_streamed_body_of_a_get(fetch, peer):
    """A host would send none of it."""
    assert fetch(peer(reply()).at, stream=100, method="GET").error == "ELENGTH"


@pytest.mark.parametrize("how", [{}, {"fail-close": 1}], ids=["memory", "no memory"])
@pytest.mark.parametrize("when", ["before", "behind"])
def test_streamed_body_that_is_cut(fetch, peer, how, when):
    """Before or behind the response: the peer sees no end of it."""
    ends = []

    def answer(connection, path, rest):
        if when == "behind":
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                rest += part
        ends.append(rest[-7:])

    it = peer(answer)
    fetch(it.at, stream=100000, cut=1 if when == "before" else 2, **how)
    limit = time.monotonic() + LIMIT
    while not ends and time.monotonic() < limit:
        time.sleep(0.01)
    assert not ends[0].endswith(b"0\r\n\r\n")


@pytest.mark.parametrize(
    "url, error",
    [
        ("", "EURI"),
        ("x", "EURI"),
        ("ftp://127.0.0.1/", "EURI"),
        ("http://", "EURI"),
        ("http:///path", "EURI"),
        ("http://user@127.0.0.1/", "EURI"),
        ("http://127.0.0.1:port/", "EURI"),
        ("http://a b/", "EURI"),
        ("http://127.0.0.1/\r\nx: y", "EURI"),
        ("http://127.0.0.1/%ff", "ECONNREFUSED"),
        ("http://127.0.0.1:1/", "ECONNREFUSED"),
        ("http://no-such-name.invalid/", "ENONAME"),
    ],
)
def test_urls(fetch, url, error):
    assert fetch(url).error == error


def test_url_that_is_no_utf8(service):
    """A host would end the component."""
    with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/?url=http://127.0.0.1/%ff", timeout=LIMIT) as answer:
        assert answer.read().startswith(b"EURI\x1f")


@pytest.mark.parametrize("method", ["a b", "a\r\nb", "a\xe9"])
def test_method_that_is_none(fetch, peer, method):
    assert fetch(peer(reply()).at, method=method).error == "EMETHOD"


REDIRECTS = [
    # status, method and body of the request, and of the next
    (301, "", "", "GET", ""),
    (301, "", "b", "GET", ""),
    (302, "PUT", "b", "PUT", "b"),
    (302, "HEAD", "", "HEAD", ""),
    (303, "PUT", "b", "GET", ""),
    (303, "HEAD", "", "HEAD", ""),
    (307, "", "b", "POST", "b"),
    (308, "PUT", "b", "PUT", "b"),
]


@pytest.mark.parametrize("status, method, body, then, with_body", REDIRECTS)
def test_redirect(fetch, peer, status, method, body, then, with_body):
    def answer(connection, path, rest):
        if path == "/a/b":  # not before the body is here: a host takes an early answer for a broken one
            if body:
                read_body(connection, it.heads[-1], rest)
            return connection.sendall(reply(b"", f"{status} x", "location: ../c?d"))
        text = read_body(connection, it.heads[-1], rest) if with_body else rest
        connection.sendall(reply(text + b"|" if then != "HEAD" else b""))

    it = peer(answer)
    got = fetch(f"{it.at}/a/b", redirects=1, method=method, body=body)
    assert (got.error, got.status, got.redirected, got.url) == ("OK", 200, 1, f"{it.at}/c?d")
    assert it.heads[1].startswith(f"{then} /c?d ")
    assert got.body == (f"{with_body}|" if then != "HEAD" else "")


def test_redirects_have_a_limit(fetch, peer):
    it = peer(reply(b"", "302 x", "location: /again"))
    assert fetch(it.at).status == 302
    got = fetch(it.at, redirects=5)
    assert (got.error, got.redirected, got.status, len(it.heads)) == ("EREDIRECTS", 5, 0, 1 + 6)


@pytest.mark.parametrize("to", ["", "mailto:x", "http://user@127.0.0.1/", "ftp://127.0.0.1/"])
def test_redirect_to_nowhere(fetch, peer, to):
    got = fetch(peer(lambda connection, path, rest: connection.sendall(reply(b"", "302 x", f"location: {to}"))).at, redirects=2)
    assert got.error == ("EREDIRECTS" if not to else "EURI")


def test_secrets_stay_with_their_origin(fetch, peer):
    secret = {"authorization": "Basic eDp5", "cookie": "a=b", "x-mine": "z"}
    other = peer(reply(b"end"))
    it = peer(lambda connection, path, rest: connection.sendall(
        reply(b"", "302 x", f"location: {'/same' if path == '/' else other.at + '/other'}")))
    assert fetch(it.at, secret, redirects=2).body == "end"
    for head in it.heads:
        assert {"authorization: basic edp5", "cookie: a=b", "x-mine: z"} <= set(head.lower().split("\r\n"))
    names = {line.partition(":")[0].lower() for line in other.heads[0].split("\r\n")}
    assert "x-mine" in names and not names & {"authorization", "cookie"}


def failing(times, how):
    """A peer that fails so often, and then answers with the body."""
    def answer(connection, path, rest):
        nonlocal times
        body = read_body(connection, head, rest) if "content-length" in (head := it.heads[-1].lower()) else b""
        times -= 1
        connection.sendall(reply(body) if times < 0 else how)

    it = Peer(answer)
    return it


UNAVAILABLE = reply(b"later", "503 x")


@pytest.mark.parametrize("method, body", [("GET", ""), ("POST", "words"), ("PUT", "words")])
@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_sent_again(fetch, method, body, status):
    with failing(2, reply(b"later", f"{status} x")) as it:
        got = fetch(it.at, retries=3, pause=1, method=method, body=body)
        assert (got.error, got.status, got.body, len(it.heads)) == ("OK", 200, body, 3)


def test_sent_again_so_often(fetch):
    with failing(9, UNAVAILABLE) as it:
        assert (fetch(it.at, retries=1, pause=1).body, len(it.heads)) == ("later", 2)
        assert (fetch(it.at).status, len(it.heads)) == (503, 3)
        assert fetch(it.at, retries=1000, pause=60, timeout=200).error == "ETIMEDOUT"


@pytest.mark.parametrize("status", [200, 301, 400, 404, 500, 501])
def test_status_that_does_not_pass(fetch, status):
    with failing(1, reply(b"", f"{status} x")) as it:
        assert (fetch(it.at, retries=3, pause=1).status, len(it.heads)) == (status, 1)


@pytest.mark.parametrize("method, sent", [("GET", 2), ("HEAD", 2), ("PUT", 2), ("DELETE", 2), ("POST", 1), ("PATCH", 1), ("BREW", 1)])
def test_what_may_be_sent_twice(fetch, method, sent):
    """A connection that is closed without an answer: nobody knows what has become of the request."""
    with failing(1, b"") as it:
        assert (fetch(it.at, retries=1, pause=1, method=method).error, len(it.heads)) == ("OK" if sent == 2 else "EPROTO", sent)


def test_pauses(fetch):
    """At least a half of 100 and of 200 ms, also of a POST: nothing was sent."""
    began = time.monotonic()
    assert fetch("http://127.0.0.1:1/", retries=2, pause=100, method="POST").error == "ECONNREFUSED"
    assert time.monotonic() - began >= 0.15


def test_pause_that_a_peer_asks_for(fetch):
    began = time.monotonic()
    with failing(1, reply(b"", "503 x", "retry-after: 1")) as it:
        assert (fetch(it.at, retries=1, pause=1).status, len(it.heads)) == (200, 2)
    assert time.monotonic() - began >= 1
    for more in "31", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT":
        with failing(1, reply(b"", "503 x", f"retry-after: {more}")) as it:
            assert (fetch(it.at, retries=1, pause=1).status, len(it.heads)) == (503, 1)


CUT = {
    "length": b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345",
    "chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\n12345",
    "no last chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n",
    "bad chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\nzz\r\n",
}


@pytest.mark.parametrize("how", CUT)
def test_body_cut_short_is_none(fetch, peer, how):
    got = fetch(peer(CUT[how]).at)
    assert (got.error, got.status, got.reason, got.body) == ("EEOF", 200, "HTTP-protocol-error", "12345")


@pytest.mark.parametrize("method, came", [("GET", ("OK", "", 2)), ("POST", ("EEOF", "12345", 1))])
def test_body_cut_short_is_sent_again_by_who_reads_it(fetch, method, came):
    """Once its head is here, it is not by itself, whatever `retries` is."""
    with failing(1, CUT["length"]) as it:
        got = fetch(it.at, retries=9, pause=1, whole=1, method=method)
        assert (got.error, got.body, len(it.heads)) == came


def test_trailers(fetch, peer):
    text = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\nx-end: last\r\n\r\n"
    got = fetch(peer(text).at)
    assert (got.error, got.body, got.trailer) == ("OK", "12345", "last")


NONE = [b"", b"HTTP/1.1 200", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\na b: c\r\n\r\n"]
NONE += [b"HTTP/1.1 %s x\r\ncontent-length: 0\r\n\r\n" % status for status in (b"000", b"001", b"099")]
NONE += [b"HTTP/1.1 199 x\r\ncontent-length: 5\r\n\r\nhello", b"HTTP/1.1 199 x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]


@pytest.mark.parametrize("answer", NONE)
def test_no_response(fetch, peer, answer):
    got = fetch(peer(answer).at)
    assert (got.error, got.status, got.reason) == ("EPROTO", 0, "HTTP-protocol-error")


@pytest.mark.parametrize("field", [b"", b"content-length: 5\r\n", b"transfer-encoding: chunked\r\n"])
def test_answers_in_between(fetch, peer, field):
    """They have no body, whatever they say."""
    got = fetch(peer(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 x\r\n" + field + b"\r\n" + reply(b"the page")).at)
    assert (got.error, got.status, got.body) == ("OK", 200, "the page")


def test_reset(fetch, peer):
    def answer(connection, path, rest):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()

    assert fetch(peer(answer).at).error == "EPROTO"


def wait(connection, path, rest):
    with contextlib.suppress(OSError):
        connection.recv(1)


def part_and_wait(connection, path, rest):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345")
    wait(connection, path, rest)


def test_timeouts(fetch, peer):
    slow, stuck = peer(wait), peer(part_and_wait)
    assert fetch(slow.at, timeout=100).error == "ETIMEDOUT"
    assert fetch(slow.at, first=100).error == "ETIMEDOUT"
    got = fetch(stuck.at, timeout=100)
    assert (got.error, got.status, got.body) == ("ETIMEDOUT", 200, "12345")
    got = fetch(stuck.at, between=100)
    assert (got.error, got.status, got.body) == ("ETIMEDOUT", 200, "12345")


def test_timeout_of_a_tls_handshake(fetch, peer, answer):
    """No timeout of the host's ends it."""
    assert fetch(peer(wait).at.replace("http:", "https:"), timeout=100).error == answer("`https` of a peer that says nothing, in time")


def test_timeout_of_a_connection(fetch):
    """To a listener whose backlog is full."""
    with socket.socket() as listener, contextlib.ExitStack() as full:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            other = full.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        at = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert fetch(at, connect=200).error == "ETIMEDOUT"
        assert fetch(at, timeout=200).error == "ETIMEDOUT"


def test_cancel(fetch, peer):
    """It stays what it was, however often it is waited for."""
    assert fetch(peer(wait).at, cancel=100).error == "ECANCELED"
    assert fetch(peer(wait).at, cancel=100, timeout=5000).error == "ECANCELED"


@pytest.mark.parametrize("size", [0, 1, 3 << 20])
def test_body_that_goes_on(service, peer, size):
    """As the reply's, after the fetch was closed, with the connection that it comes from."""
    body = os.urandom(size)
    query = urllib.parse.urlencode({"url": peer(reply(body)).at, "proxy": 1})
    assert urllib.request.urlopen(f"http://127.0.0.1:{service.port}/?{query}", timeout=LIMIT).read() == body
    assert not service.fault()


def test_client_of_a_body_that_goes_on_goes(service, peer):
    """The task that has handed it on ends, and so does the connection that it comes from."""
    ends = threading.Event()

    def answer(connection, path, rest):
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n12345")
        wait(connection, path, rest)
        ends.set()

    query = urllib.parse.urlencode({"url": peer(answer).at, "proxy": 1})
    with connected(service) as client:
        client.sendall(f"GET /?{query} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        assert b"200 OK" in client.recv(1000)
    assert ends.wait(LIMIT)
    limit = time.monotonic() + LIMIT
    while left(service)[0] != 1 and time.monotonic() < limit:
        time.sleep(0.05)
    assert left(service)[0] == 1


def left(service):
    """How many tasks there are, and the number of the next handle."""
    return tuple(map(int, ask(service, "/?tasks=1")[2].split()))


def test_rate(fetch, peer):
    """Each request is a turn of it: again, behind a redirect, and of another fetch. A timeout begins behind the first."""
    asked = []

    def answer(connection, path, rest):
        asked.append((time.monotonic(), path))
        answers = [UNAVAILABLE, reply(b"", "302 Found", "location: /b"), reply(b"the page")]
        connection.sendall(answers[min(len(asked), 3) - 1])

    at = peer(answer).at
    assert fetch(f"{at}/a", rate=400, retries=1, pause=1, redirects=1).body == "the page"
    assert fetch(f"{at}/c", rate=400, cancel=50).error == "ECANCELED"
    assert fetch(f"{at}/d", rate=400, timeout=300).body == "the page"
    assert fetch(f"{at}/e", rate=400, timeout=10000).body == "the page"
    assert [path for _, path in asked] == ["/a", "/a", "/b", "/d", "/e"]
    assert all(later - earlier > 0.35 for (earlier, _), (later, _) in zip(asked, asked[1:]))


TIMES = 40


@pytest.mark.parametrize(
    "how, end", [({}, b""), ({"body": "some"}, b"some"), ({"stream": 10}, b"0\r\n\r\n")], ids=["get", "post", "stream"]
)
def test_no_memory(fetch, service, peer, how, end):
    """For each block in turn: the request fails by that, and leaves no handle behind."""

    def answer(connection, path, rest):
        while end not in rest and (part := connection.recv(65536)):
            rest += part
        connection.sendall(reply(b"the page"))

    where = peer(answer).at
    assert fetch(where, **how).body == "the page"
    got = [fetch(where, **how, fail=block) for block in range(1, 8)]
    assert {it.error for it in got} == {"OK", "ENOMEM"} and got[0].error == "ENOMEM"
    assert all(it.body == "the page" for it in got if it.error == "OK")
    tasks, handle = left(service)
    for _ in range(TIMES):
        for block, it in enumerate(got, 1):
            assert it.error == "OK" or fetch(where, **how, fail=block).error == "ENOMEM"
    assert left(service)[0] == tasks and left(service)[1] < handle + TIMES


@pytest.mark.parametrize("cut", [1, 2])
def test_no_memory_when_it_is_closed(fetch, service, peer, cut):
    """Before and behind the response of an upload that is cut: that takes none."""

    def answer(connection, path, rest):
        connection.sendall(reply(b""))
        wait(connection, path, rest)

    where = peer(answer).at
    fetch(where, stream=10, cut=cut)
    tasks, handle = left(service)
    for _ in range(TIMES):
        fetch(where, stream=10, cut=cut, **{"fail-close": 1})
    assert left(service)[0] == tasks and left(service)[1] < handle + TIMES


def test_no_memory_for_the_own_body(service):
    """A reader of none tells so; the next one may have it."""
    assert ask(service, "/?own=1", "POST", b"the body")[::2] == (200, b"ENOMEM, then OK: the body")


def test_no_tls(fetch, peer):
    got = fetch(peer(b"HTTP/1.1 200 OK\r\n\r\n").at.replace("http:", "https:"))
    assert (got.error, got.reason) == ("ETLS", "TLS-protocol-error")


def test_answers_without_reading(fetch, peer):
    """The peer takes nothing of a large body, and answers."""
    def answer(connection, path, rest):
        connection.sendall(reply(b"too large", "413 x"))
        wait(connection, path, rest)

    got = fetch(peer(answer).at, stream=64 << 20)
    assert (got.status, got.body) == (413, "too large") or got.error == "EPROTO"


def test_limit_of_a_body(fetch, peer):
    got = fetch(peer(reply(b"x" * (1 << 16))).at)
    assert got.error == "OK"
    got = fetch(peer(reply(b"x" * (1 << 16) + b"y")).at)
    assert (got.error, got.status) == ("ELIMIT", 200)


def test_many_at_once(fetch, peer):
    it = peer(lambda connection, path, rest: connection.sendall(reply(path.encode())))
    with ThreadPoolExecutor(40) as clients:
        assert list(clients.map(lambda n: fetch(f"{it.at}/{n}").body, range(200))) == [f"/{n}" for n in range(200)]


def test_nothing_is_left(service, fetch, peer):
    """Whatever the moment at which a request is cut, its connection goes."""
    def slowly(connection, path, rest):
        for part in (b"HTTP/1.1 302 x\r\nlocation: /x\r\n", b"content-length: 5\r\n\r\n", b"12", b"345"):
            time.sleep(0.002)
            connection.sendall(part)

    it = peer(slowly)
    opened = lambda: len(os.listdir(f"/proc/{service.process.pid}/fd"))
    fetch(it.at)
    before = opened()
    with ThreadPoolExecutor(8) as clients:
        list(clients.map(lambda n: fetch(it.at, redirects=3, timeout=n % 30 + 1, body="x" * (n % 2)), range(240)))
    ends = time.monotonic() + LIMIT
    while opened() > before + 4 and time.monotonic() < ends:
        time.sleep(0.05)
    assert opened() <= before + 4
