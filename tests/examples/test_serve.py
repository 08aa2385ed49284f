# The serve example: a file server.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import email.utils
import http.client
import os

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

DATA = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    site = folder / "site"
    (site / "sub").mkdir(parents=True)
    (site / "index.html").write_text("<p>index\n")
    (site / "sub/index.html").write_text("<p>sub\n")
    (site / "a b%.txt").write_text("name\n")
    (site / "data").write_bytes(DATA)
    (site / "empty.css").touch()
    (folder / "secret").write_text("secret\n")
    (site / "out").symlink_to("../secret")
    (site / "absolute").symlink_to(folder / "secret")
    (site / "loop").symlink_to("loop")
    os.mkfifo(site / "pipe")
    (site / "device").symlink_to("/dev/zero")
    return site


@pytest.fixture(scope="module")
def service(host, site):  # noqa: F811
    with host.serve(host.example("serve"), "--dir", f"{site}::site") as service:
        yield service


@pytest.fixture
def ask(service):
    def ask(path, method="GET", **headers):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)) as connection:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    yield ask
    assert not service.fault()


@pytest.mark.parametrize(
    "path, kind, text",
    [
        ("/", "text/html", b"<p>index\n"),
        ("/sub/", "text/html", b"<p>sub\n"),
        ("/a%20b%25.txt?query", "text/plain", b"name\n"),
        ("/data", "application/octet-stream", DATA),
        ("/empty.css", "text/css", b""),
        ("/sub/../data", "application/octet-stream", None),
    ],
)
def test_files(ask, path, kind, text):
    status, headers, got = ask(path)
    if text is None:
        assert status == 403
        return
    assert (status, headers["content-type"], headers["content-length"], got) == (200, kind, str(len(text)), text)
    status, head, got = ask(path, "HEAD")
    assert (status, head["content-length"], head["etag"], got) == (200, str(len(text)), headers["etag"], b"")


@pytest.mark.parametrize(
    "path, status",
    [
        ("/nothing", 404),
        ("/data/x", 404),
        ("/data/", 404),
        ("/loop", 404),
        ("/out", 403),
        ("/absolute", 403),
        ("/../secret", 403),
        ("/%2e%2e/secret", 403),
        ("/..%2fsecret", 403),
        ("/pipe", 403),
        ("/device", 403),
        ("/%00", 400),
        ("/%ff", 400),
        ("/%zz", 400),
        ("/" + "x" * 300, 404),
        ("/" + "x" * 60000, 404),
    ],
)
def test_what_is_not_served(ask, path, status):
    got, _, text = ask(path)
    assert got == status and b"secret" not in text


def test_directory_without_a_slash(ask):
    status, headers, _ = ask("/sub")
    assert (status, headers["location"]) == (301, "./sub/")


def test_method(ask):
    status, headers, _ = ask("/", "POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


END = len(DATA)


@pytest.mark.parametrize(
    "range_, first, last",
    [("0-0", 0, 0), ("5-9", 5, 9), ("100000-400000", 100000, 400000), ("7-", 7, END - 1), ("-3", END - 3, END - 1),
     (f"-{END + 9}", 0, END - 1), (f"9-{END + 9}", 9, END - 1)],
)  # fmt: skip
def test_range(ask, range_, first, last):
    status, headers, got = ask("/data", range=f"bytes={range_}")
    assert (status, headers["content-range"]) == (206, f"bytes {first}-{last}/{END}")
    assert got == DATA[first : last + 1]


@pytest.mark.parametrize("range_, status", [(f"{END}-", 416), ("-0", 416), ("9-5", 200), ("x-", 200), ("-", 200), ("1-2,4-5", 200)])
def test_range_that_is_none(ask, range_, status):
    got, headers, text = ask("/data", range=f"bytes={range_}")
    assert got == status
    assert text == DATA if status == 200 else headers["content-range"] == f"bytes */{END}"


def test_conditions(ask, site):
    _, headers, _ = ask("/data")
    etag, date = headers["etag"], headers["last-modified"]
    assert email.utils.parsedate_to_datetime(date).timestamp() == int((site / "data").stat().st_mtime)
    for known in ({"if_none_match": etag}, {"if_none_match": f'"x", {etag}'}, {"if_none_match": "*"}, {"if_modified_since": date}):
        status, headers, text = ask("/data", **known)
        assert (status, headers["etag"], text) == (304, etag, b"")
    for other in ({"if_none_match": '"x"'}, {"if_modified_since": "Sun, 06 Nov 1994 08:49:37 GMT"}, {"if_modified_since": "x"}):
        assert ask("/data", **other)[0] == 200


def test_health_and_metrics(ask):
    assert ask("/healthz")[2] == b"ok\n"
    figures = dict(line.split() for line in ask("/metrics")[2].decode().splitlines())
    assert int(figures["weft_tasks"]) >= 1 and int(figures["weft_bytes"]) >= 0
