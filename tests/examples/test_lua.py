# Lua's examples: a service whose handlers are files of Lua, and a crawler.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import contextlib
import http.client
import http.server
import shutil
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from hosts import host, pytest_generate_tests  # noqa: F401
from paths import ROOT

WAIT = 120  # seconds, for what comes in milliseconds
EXAMPLE = ROOT / "examples/lua"


class Site(http.server.BaseHTTPRequestHandler):
    """The pages of the server, by path; /both waits until two are asked for."""

    def do_GET(self):
        server = self.server
        with server.lock:
            server.asked[self.path] += 1
            server.now += 1
            server.most = max(server.most, server.now)
        if self.path.startswith("/both"):
            server.both.wait(WAIT)
        else:
            time.sleep(0.002)  # which gives too many at once the time to come
        with server.lock:
            server.now -= 1
        kind, body = server.pages.get(self.path, (None, "none"))
        self.send_response(200 if kind else 404)
        self.send_header("content-type", kind or "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.pages, server.asked, server.now, server.most = {}, Counter(), 0, 0
    server.lock, server.both = threading.Lock(), threading.Barrier(2)
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


# ---- The service ----


@pytest.fixture(scope="module")
def handlers(tmp_path_factory):
    return shutil.copytree(EXAMPLE / "handlers", tmp_path_factory.mktemp("lua") / "handlers")


@pytest.fixture(scope="module")
def service(host, handlers):  # noqa: F811
    settings = ["--env", "DEADLINE=5s", "--env", "MEMORY=1MiB"]
    with host.serve(host.example("lua-service"), "-S", "http", *settings, "--dir", f"{handlers}::handlers") as service:
        yield service
        assert not service.fault()


@pytest.fixture
def ask(service):
    def ask(path, body=None, **headers):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as connection:
            connection.request("POST" if body else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers["content-type"], answer.read().decode()

    return ask


def said(service, text):
    """Waits until the log has it: its lines are written when the host has its turn."""
    until = time.monotonic() + WAIT
    while text not in service.words():
        assert time.monotonic() < until, service.words()
        time.sleep(0.01)


def test_hello(ask):
    assert ask("/hello", **{"user-agent": "me"}) == (200, "text/plain; charset=utf-8", "hello, me\n")


def test_request(ask, handlers):
    (handlers / "sees.lua").write_text(
        'local r = ... return 201, table.concat({r.method, r.path, r.query, r.headers["x-mine"], r.body}, "|"), "text/x-mine"'
    )
    assert ask("/sees?a=b", "body", **{"x-mine": "1"}) == (201, "text/x-mine", "POST|/sees|a=b|1|body")
    assert ask("/sees", "x" * (1 << 20) + "x")[0] == 413


def test_two_fetches_at_once(ask, site):
    """From inside of pcall, on a stock host: the site answers when it has both."""
    site.pages = {"/both/1": ("text/plain", "one,"), "/both/2": ("text/plain", "two\n")}
    urls = quote(f"{site.url}/both/1 {site.url}/both/2")
    assert ask(f"/both?{urls}") == (200, "text/plain; charset=utf-8", "one,two\n")
    status, _, body = ask(f"/both?{quote('http://127.0.0.1:1/ http://127.0.0.1:1/')}")
    assert (status, body) == (502, "http://127.0.0.1:1/: connection refused\n")


def test_two_requests_at_once(ask, site, handlers):
    """Each waits for its own fetch, which the site answers when it has those of both."""
    (handlers / "fetches.lua").write_text("local request = ... return weft.http.fetch(request.body).body")
    site.pages = {"/both/1": ("text/plain", "1"), "/both/2": ("text/plain", "2")}
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda i: ask("/fetches", f"{site.url}/both/{i}"), (1, 2))
        assert [body for _, _, body in answers] == ["1", "2"]


def test_a_changed_file_is_seen(ask, handlers):
    for i in range(5):
        (handlers / "changes.lua").write_text(f"return 'version {i}'")
        assert ask("/changes")[2] == f"version {i}"
    (handlers / "changes.lua").unlink()
    assert ask("/changes")[0] == 404


@pytest.mark.parametrize("path", ["/", "/none", "/hello/", "/../handlers/hello", "/HELLO", "/hel%6Co", f"/{'x' * 1000}"])
def test_no_handler(ask, path):
    assert ask(path)[0] == 404


@pytest.mark.parametrize(
    "name, code, status, log",
    [
        ("broken", "return 'x' ..", 500, "handlers/broken.lua:1: unexpected symbol near <eof>"),
        ("fails", "local function f(t)\n return t.x\nend\nlocal x = f()\nreturn x", 500, "handlers/fails.lua:2: attempt to index a nil value (local 't')"),
        ("deep", "local function f(t)\n return t.x\nend\nlocal x = f()\nreturn x", 500, "handlers/deep.lua:4: in main chunk"),
        ("wrong", "return {}", 500, "a handler returns a body"),
        ("eats", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", 503, "not enough memory"),
        ("leaves", "os.exit(1)", 500, "attempt to call a nil value (field 'exit')"),
    ],
)
def test_a_handler_that_fails(ask, service, handlers, name, code, status, log):
    (handlers / f"{name}.lua").write_text(code)
    assert ask(f"/{name}")[0] == status
    said(service, log)
    assert ask("/hello")[0] == 200


def test_a_loop(host, handlers):  # noqa: F811
    """It is ended, and others are answered meanwhile: by its instance, or by another of wasmtime's."""
    (handlers / "loops.lua").write_text("while true do pcall(function() while true do end end) end")
    with host.serve(host.example("lua-service"), "-S", "http", "--env", "DEADLINE=1s", "--dir", f"{handlers}::handlers") as service:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as loops:
            loops.request("GET", "/loops")
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=WAIT)) as other:
                other.request("GET", "/hello")
                assert other.getresponse().status == 200
            assert loops.getresponse().status == 503
        said(service, "timed out")
        assert not service.fault()


# ---- The crawler ----


def crawl(host, *arguments):  # noqa: F811
    options = ["-S", "http,inherit-network,allow-ip-name-lookup", "--dir", "."]
    return host.run(host.example("lua-script"), "crawler.lua", *map(str, arguments), options=options, cwd=EXAMPLE)


def test_crawler(host, site):  # noqa: F811
    pages = 40
    for i in range(pages):  # each leads to some others, and most are led to by several
        links = [f"/page/{(3 * i + 1) % pages}", f"{(i * 7 + 2) % pages}#there", f"{site.url}/page/{i // 2}", "http://elsewhere.invalid/", "mailto:me"]
        site.pages[f"/page/{i}"] = ("text/html; charset=utf-8", "".join(f'<p><a class="x" href="{link}">it</a>\n' for link in links))
    site.pages["/page/1"] = ("text/html", "<a href='/gone'>gone</a> <a href='/text'>a text</a> <A HREF = '../page/4'>4</A> <a href='/both/1'>1</a> <a href='/both/2'>2</a>")
    site.pages["/both/1"] = site.pages["/both/2"] = ("text/plain", "asked for at the same time")
    site.pages["/text"] = ("text/plain", '<a href="/not/a/link">no link</a>')
    done = crawl(host, f"{site.url}/page/0", 3)
    assert (done.code, done.err) == (0, "")
    *lines, last = done.out.decode().splitlines()
    assert last == "bad links: 1" and f"404\t{site.url}/gone" in lines
    found = {f"/page/{i}" for i in reached(site)} | {"/text", "/gone", "/both/1", "/both/2"}
    assert site.asked == dict.fromkeys(found, 1)
    assert sorted(line.split("\t")[1].removeprefix(site.url) for line in lines) == sorted(found)
    assert site.most <= 3


def reached(site):
    """The numbers of the pages that are to be had from page 0 on, by the rule above."""
    count = sum(path.startswith("/page/") for path in site.pages)
    seen, queue = {0}, [0]
    while queue:
        i = queue.pop()
        to = {4} if i == 1 else {(3 * i + 1) % count, (i * 7 + 2) % count, i // 2}
        queue += to - seen
        seen |= to
    return seen


def test_crawler_fails(host):  # noqa: F811
    done = crawl(host)
    assert done.code == 1 and "usage: crawler.lua URL [WORKERS]" in done.err and "crawler.lua:3: in main chunk" in done.err


def test_crawler_is_short():
    lines = (EXAMPLE / "crawler.lua").read_text().splitlines()
    assert len([line for line in lines if not line.startswith("--")]) <= 40
