# The gate example, in front of the file server, and of a service that does what it is told.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import gzip
import http.client
import random
import re
import socket
import threading
import time
import zlib

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

from examples.client import MIB

BEHIND = "tests/examples/behind"
WAIT = 300  # seconds, for what comes in milliseconds
# One instance for all, whose table stays.
KEPT = ["--max-instance-reuse-count=1000000", "--idle-instance-timeout=600s"]


@pytest.fixture(scope="module")
def gated(host, tools, run, tmp_path_factory):  # noqa: F811
    """gated("examples/serve", options..., NAME=VALUE) is the service with the gate in front."""

    @contextlib.contextmanager
    def serve(behind, *options, **settings):
        both = host.composed(tools, run, tmp_path_factory.mktemp("gate"), host.built("examples/gate"), host.built(behind))
        settings = [f"--env={name}={value}" for name, value in {"BURST": 1000000, **settings}.items()]
        with host.serve(*both, *KEPT, *settings, *options) as service:
            yield service
            assert not service.fault()

    return serve


@pytest.fixture(scope="module")
def service(gated):
    with gated(BEHIND) as service:
        yield service


def ask(service, path="/", body=None, method="POST", **headers):
    """The status, headers and body of an answer; _ in a header's name is -."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


TEXT = b"a text that is long enough to be worth it\n" * 20


def is_packed(headers, body, text=TEXT):
    """True if it is the text, compressed; false if it is the text as it was."""
    if headers["content-encoding"] is None:
        assert body == text
        return False
    assert headers["content-encoding"] == "gzip" and gzip.decompress(body) == text
    return True


@pytest.mark.parametrize(
    "takes, packed",
    {
        "gzip": True, "GZip": True, "br, gzip;q=0.5": True, "*": True, "*;q=0, gzip": True, "gzip ; q=1.0": True,
        "gzip;q=0.001": True, ",,gzip": True, "br;q=1, *;q=0.1": True,
        "": False, "br": False, "identity": False, "gzip;q=0": False, "gzip; q=0.000": False, "gzip;q=0, *": False,
        "*;q=0": False, "xgzip": False, "br;q=0.5": False, ",;,": False,
    }.items(),
)  # fmt: skip
def test_what_the_client_takes(service, takes, packed):
    status, headers, body = ask(service, body=TEXT, accept_encoding=takes, x_reply_content_type="text/plain")
    assert (status, headers["vary"], is_packed(headers, body)) == (200, "accept-encoding", packed)


@pytest.mark.parametrize(
    "type_, packed",
    {
        "text/html; charset=utf-8": True, "text/css": True, "application/json": True, "application/ld+json;x=y": True,
        "image/svg+xml": True, "application/javascript": True,
        "image/png": False, "application/octet-stream": False, "application/gzip": False, "": False,
    }.items(),
)  # fmt: skip
def test_what_is_worth_it(service, type_, packed):
    _, headers, body = ask(service, body=TEXT, accept_encoding="gzip", x_reply_content_type=type_)
    assert (headers["vary"] == "accept-encoding", is_packed(headers, body)) == (packed, packed)


ITS = {"x_reply_etag": '"1"', "x_reply_accept_ranges": "bytes", "x_reply_set_cookie": "a=b", "x_reply_content_type": "text/plain"}


@pytest.mark.parametrize("size, packed", [(0, False), (255, False), (256, True), (840, True)])
def test_headers(service, size, packed):
    """Those that are of the bytes go, the others stay."""
    _, headers, body = ask(service, body=TEXT[:size], accept_encoding="gzip", x_reply_content_length=str(size), **ITS)
    assert is_packed(headers, body, TEXT[:size]) == packed
    assert (headers["set-cookie"], headers["content-type"]) == ("a=b", "text/plain")
    of_bytes = [headers["content-length"], headers["etag"], headers["accept-ranges"]]
    assert of_bytes == ([None] * 3 if packed else [str(size), '"1"', "bytes"])


@pytest.mark.parametrize(
    "how",
    [
        {"x_reply_content_encoding": "br"},
        {"x_reply_cache_control": "public, no-transform"},
        {"x_status": "206", "x_reply_content_range": "bytes 0-839/900"},
    ],
)
def test_what_is_left_as_it_is(service, how):
    status, headers, body = ask(service, body=TEXT, accept_encoding="gzip", **ITS, **how)
    assert (status, headers["etag"], body) == (int(how.get("x_status", 200)), '"1"', TEXT)
    assert headers["content-encoding"] == how.get("x_reply_content_encoding")


@pytest.mark.parametrize("status", [204, 304])
def test_no_body(service, status):
    got, headers, body = ask(service, accept_encoding="gzip", x_status=str(status), **ITS)
    assert (got, headers["content-encoding"], headers["etag"], body) == (status, None, '"1"', b"")


def test_an_error_page_is_compressed(service):
    page = {"x_status": "404", "x_reply_content_type": "text/html", "x_reply_cache_control": "public"}
    status, headers, body = ask(service, body=TEXT, accept_encoding="gzip", **page)
    assert status == 404 and is_packed(headers, body)


# ---- Bodies ----


def words(size, seed=1):
    """A text, of words in no order."""
    numbers = random.Random(seed)
    some = [b"%x" % numbers.randrange(1 << 30) for _ in range(1000)]
    return b" ".join(numbers.choices(some, k=size // 8))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = tmp_path_factory.mktemp("site")
    (site / "words.txt").write_bytes(words(6 * MIB))
    (site / "noise.txt").write_bytes(random.Random(2).randbytes(5 * MIB + 3))
    (site / "noise.png").write_bytes(random.Random(3).randbytes(5 * MIB + 3))
    (site / "empty.txt").touch()
    with open(site / "large.txt", "wb") as file:
        file.truncate(64 * MIB)
    return site


@pytest.fixture(scope="module")
def files(gated, site):
    """The file server, which with the gate has 4 MiB of memory each."""
    with gated("examples/serve", "--dir", f"{site}::site", "-W", f"max-memory-size={4 * MIB}") as service:
        yield service


@pytest.mark.parametrize("name, packed", [("words.txt", True), ("noise.txt", True), ("noise.png", False), ("empty.txt", False)])
@pytest.mark.parametrize("takes", ["gzip", "identity"])
def test_files(files, site, name, packed, takes):
    data = (site / name).read_bytes()
    status, headers, body = ask(files, f"/{name}", method="GET", accept_encoding=takes)
    assert status == 200 and is_packed(headers, body, data) == (packed and takes == "gzip")
    assert name != "words.txt" or takes != "gzip" or len(body) < len(data) * 2 / 3
    status, head, body = ask(files, f"/{name}", method="HEAD", accept_encoding=takes)
    assert (status, head["content-length"], head["content-encoding"], body) == (200, str(len(data)), None, b"")


def test_ranges(files, site):
    status, headers, body = ask(files, "/words.txt", method="GET", accept_encoding="gzip", range="bytes=5-99999")
    assert (status, body) == (206, (site / "words.txt").read_bytes()[5:100000])


def test_memory_is_flat(files, size=64 * MIB, at_a_time=4):
    """Some large bodies at a time, each larger than all the memory there is."""
    lengths = []

    def get():
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", files.port, timeout=WAIT)) as connection:
            connection.request("GET", "/large.txt", headers={"accept-encoding": "gzip"})
            answer, unpacks, length = connection.getresponse(), zlib.decompressobj(31), 0
            while part := answer.read(65536):
                while part:
                    length += len(unpacks.decompress(part, MIB))
                    part = unpacks.unconsumed_tail
            lengths.append(length + len(unpacks.flush()) if unpacks.eof else None)

    threads = [threading.Thread(target=get) for _ in range(at_a_time)]
    for each in [*map(threading.Thread.start, threads), *threads]:
        if each:
            each.join()
    assert lengths == [size] * at_a_time


@contextlib.contextmanager
def sent(service, path, *headers):
    """A connection on which a request with a body in chunks was begun."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=WAIT) as connection:
        lines = [f"POST {path} HTTP/1.1", "host: x", "connection: close", "transfer-encoding: chunked", "te: trailers", *headers]
        connection.sendall("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n")
        yield connection


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def rest(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


PACKED = ["accept-encoding: gzip", "x-reply-content-type: text/plain"]


def test_what_is_written_goes_out(service):
    """What has come is there for the client before more of it comes."""
    with sent(service, "/", *PACKED) as connection:
        connection.sendall(chunk(b"the first of it"))
        got = b""
        while (start := got.find(b"\r\n\r\n")) < 0 or b"the first of it" not in unpacked(got[start + 4 :]):
            part = connection.recv(65536)
            assert part, got
            got += part
        connection.sendall(chunk(b", and the rest") + chunk(b""))
        got += rest(connection)
    assert unpacked(got[got.index(b"\r\n\r\n") + 4 :], whole=True) == b"the first of it, and the rest"


def unpacked(chunks, whole=False):
    """What is in chunks so far."""
    unpacks, text = zlib.decompressobj(31), b""
    while match := re.match(rb"([0-9a-fA-F]+)\r\n", chunks):
        size, start = int(match[1], 16), match.end()
        text += unpacks.decompress(chunks[start : start + size])
        chunks = chunks[start + size + 2 :]
    assert unpacks.eof or not whole
    return text


@pytest.mark.parametrize("headers", [[], PACKED], ids=["plain", "packed"])
def test_trailers(service, headers):
    with sent(service, "/trailers", "x-reply-trailer: x-last", *headers) as connection:
        connection.sendall(chunk(TEXT) + chunk(b""))
        got = rest(connection)
    assert got.endswith(b"\r\n0\r\nx-last: word\r\n\r\n")


@pytest.mark.parametrize("headers", [[], PACKED], ids=["plain", "packed"])
def test_a_body_that_is_cut_stays_so(service, headers):
    with sent(service, "/cut", *headers) as connection:
        connection.sendall(chunk(TEXT) + chunk(b""))
        got = rest(connection)
    assert got.startswith(b"HTTP/1.1 200 ") and b"0\r\n\r\n" not in got[got.index(b"\r\n\r\n") + 4 :]


def test_nothing_is_left(gated):
    """Of many requests to an instance that has little memory."""
    headers = dict(line.split(": ") for line in PACKED)
    with gated(BEHIND, "-W", f"max-memory-size={2 * MIB}") as service:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
            for _ in range(3000):
                connection.request("POST", "/", TEXT, headers)
                answer = connection.getresponse()
                assert is_packed(answer.headers, answer.read())


# ---- Ids and limits ----


def test_ids(service):
    """The client, the next service and the log get the same, which is not the client's own."""
    answers = [ask(service, "/some?query", body=b"12345", x_request_id="mine") for _ in range(3)]
    ids = [headers["x-request-id"] for _, headers, _ in answers]
    assert len(set(ids)) == 3 and all(re.fullmatch("[0-9a-f]{16}", id_) for id_ in ids)
    assert [(headers["x-got-id"], headers["x-got-ids"]) for _, headers, _ in answers] == [(id_, "1") for id_ in ids]
    status, headers, _ = ask(service, "/fail")
    assert status == 500
    ends = time.monotonic() + WAIT
    lines = [rf" info POST /some 200 \S+ ms {id_}\n" for id_ in ids] + [r" POST /fail 500 \S+ ms [0-9a-f]{16}\n"]
    while not all(re.search(line, service.words()) for line in lines):
        assert time.monotonic() < ends, service.words()
        time.sleep(0.01)


def test_limit(gated):
    with gated(BEHIND, BURST=3, PERIOD="1h") as service:
        for who in ({}, {"x_forwarded_for": "192.0.2.1"}, {"x_forwarded_for": "192.0.2.2"}, {"x_forwarded_for": "192.0.2.12"}):
            assert [ask(service, **who)[0] for _ in range(5)] == [200, 200, 200, 429, 429]
        status, headers, body = ask(service, body=b"x", x_forwarded_for="192.0.2.1")
        assert (status, body) == (429, b"Too Many Requests") and 3500 < int(headers["retry-after"]) <= 3600
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


def test_one_more_each_period(gated):
    with gated(BEHIND, BURST=2, PERIOD="300ms", CLIENT="x-who") as service:
        began = time.monotonic()
        assert [ask(service, x_who="a", x_forwarded_for=str(number))[0] for number in range(2)] == [200, 200]
        for more in (1, 2):
            while (answer := ask(service, x_who="a"))[0] == 429:
                assert answer[1]["retry-after"] == "1"
            assert answer[0] == 200 and time.monotonic() - began >= 0.3 * more


def test_what_is_not_used_is_not_saved_up(gated, period=0.2):
    with gated(BEHIND, BURST=2, PERIOD=f"{period}s") as service:
        ask(service)
        time.sleep(20 * period)
        began = time.monotonic()
        passed = [ask(service)[0] for _ in range(20)].count(200)
        assert 2 <= passed <= 3 + (time.monotonic() - began) / period


def test_clients_without_end(gated, count=5000):
    """The table stays as it is, and who asked last is in it."""
    with gated(BEHIND, "-W", f"max-memory-size={4 * MIB}", BURST=1, PERIOD="1h") as service:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
            for number in [*range(count), *range(count - 10, count)]:
                connection.request("POST", "/", headers={"x-forwarded-for": str(number)})
                answer = connection.getresponse()
                answer.read()
                count -= answer.status == 200
        assert count == 0


def test_a_setting_that_is_wrong_is_told(gated):
    with gated(BEHIND, BURST="x") as service:
        assert ask(service)[0] == 200
        ends = time.monotonic() + WAIT
        while "variable BURST" not in service.words():
            assert time.monotonic() < ends
