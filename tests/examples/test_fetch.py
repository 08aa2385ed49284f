# The fetch example: a small curl.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import collections
import http.server
import threading

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401

asked = collections.Counter()  # so often, by path; of the test that runs


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        text = f"{self.command} {self.path} {self.headers.get('x-word')} {body.decode()}\n".encode()
        status = {"/moved": 302, "/missing": 404}.get(self.path, 200)
        if self.path.startswith("/busy/"):  # /busy/<how often>/<whose>
            asked[self.path] += 1
            status = 503 if asked[self.path] <= int(self.path.split("/")[2]) else 200
        if self.path == "/large":
            text = b"0123456789abcdef" * (1 << 18)
        self.send_response(status)
        if status == 302:
            self.send_header("location", "/there")
        self.send_header("content-length", str(len(text) + (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(text)
        if self.path == "/cut":
            self.close_connection = True

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def pages():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def fetch(host, tmp_path):  # noqa: F811
    asked.clear()

    def run(*words):
        ended = host.run(host.example("fetch"), *words, options=["-S", "http", "--dir", f"{tmp_path}::."])
        return ended.code, ended.out, ended.err

    return run


def test_page(fetch, pages):
    assert fetch(f"{pages}/page?a=b") == (0, b"GET /page?a=b None \n", "")
    assert fetch("-H", "x-word: some", "-d", "text", "-X", "PUT", f"{pages}/") == (0, b"PUT / some text\n", "")


def test_redirect(fetch, pages):
    assert fetch(f"{pages}/moved")[1] == b"GET /moved None \n"
    assert fetch("-L", f"{pages}/moved")[1] == b"GET /there None \n"


def test_again(fetch, pages):
    assert fetch("-r", "2", f"{pages}/busy/2/a")[:2] == (0, b"GET /busy/2/a None \n")
    assert fetch("-r", "1", f"{pages}/busy/2/b")[0] == 1
    assert asked["/busy/2/b"] == 2


def test_file_is_whole_or_not_there(fetch, pages, tmp_path):
    page = tmp_path / "page"
    code, out, said = fetch("-v", "-o", "page", f"{pages}/large")
    assert (code, out) == (0, b"") and len(said.splitlines()) >= 4 and said.endswith(f"fetch: {4 << 20} bytes\n")
    assert page.read_bytes() == b"0123456789abcdef" * (1 << 18)
    page.write_bytes(b"old")
    code, _, said = fetch("-o", "page", f"{pages}/cut")
    assert code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["page"] and page.read_bytes() == b"old"


def test_what_goes_wrong(fetch, pages):
    code, out, said = fetch(f"{pages}/missing")
    assert (code, out) == (1, b"GET /missing None \n") and f"fetch: {pages}/missing: 404 Not Found\n" in said
    code, _, said = fetch("http://127.0.0.1:1/")
    assert code == 1 and "fetch: http://127.0.0.1:1/: connection refused connection-refused\n" in said
    assert fetch("-m", "0x", pages)[0] == 1
    for words in ([], ["-z", "x", "y"], ["--long"], ["-H", "no colon", pages], ["-m", "long", pages], ["-r", "101", pages]):
        code, _, said = fetch(*words)
        assert code == 1 and said.startswith("fetch: ") and "usage: fetch" in said
