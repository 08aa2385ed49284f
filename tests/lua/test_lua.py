# Scripts that wait, by each way in which they can: yields of Lua's, and fibers of each kind. Each script tells "ok", and nothing of
# the state's memory is left.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import http.server
import shutil
import threading

import pytest
from hosts import Native, Wasmtime, hosts
from paths import ROOT
from soak import much

SCRIPTS = ROOT / "tests/lua/scripts"
WAYS = {"wasmtime": ("none", "asyncify", "threads"), "native": ("none", "fibers")}


def pytest_generate_tests(metafunc):
    ways = [f"{host}-{way}" for host in hosts(metafunc.config) for way in WAYS[host]]
    metafunc.parametrize("way", ways, indirect=True, scope="session")


@pytest.fixture(scope="session")
def way(request, tools):
    """The host, its way to wait, and its component."""
    name, _, kind = request.param.partition("-")
    host = Native() if name == "native" else Wasmtime(tools.wasmtime)
    if name == "wasmtime":
        host.flags = ["-S", "p3,cli,http,inherit-network,allow-ip-name-lookup", "-W", "component-model-async,component-model-threading"]
    else:
        host.flags = ["-S", "http,inherit-network,allow-ip-name-lookup"]
    host.kind = kind
    return host


@pytest.fixture
def run(way, tmp_path):
    for script in SCRIPTS.iterdir():
        shutil.copy(script, tmp_path)

    def run(script, *arguments):
        done = way.run(way.built(f"tests/lua/lua-{way.kind}"), f"{script}.lua", *arguments, options=["--dir", "."], cwd=tmp_path)
        assert done.err.endswith("left: 0\n"), done.err
        return done

    return run


def ok(done):
    assert (done.out, done.err, done.code) == (b"ok\n", "left: 0\n", 0)


def test_at_once(run):
    ok(run("at_once"))


def test_anywhere(run, way):
    ok(run("anywhere", "" if way.kind == "none" else "fibers"))


def test_hostile(run, way):
    ok(run("hostile", "" if way.kind == "none" else "fibers"))


def test_memory(run):
    done = run("memory")
    assert done.out == b"ok\n" and done.err.startswith("ENOMEM: not enough memory\n"), done.err


@pytest.mark.parametrize("what, step, least", [("lua", 1, 300), ("weft", 1, 20), ("limit", much(7, 401), 40000)])
def test_each_allocation_fails(way, tmp_path, what, step, least):
    """One of Lua's, with what it asks for again behind it; one of Weft's; or all above a limit, from none on. A run ends by an error that
    says so, or right. Nothing is left: no bytes, no handles."""
    shutil.copy(SCRIPTS / "much.lua", tmp_path)
    done = way.run(way.built(f"tests/lua/sweep-{way.kind}"), "much.lua", what, str(step), options=["--dir", "."], cwd=tmp_path)
    assert (done.err, done.code) == ("", 0)
    assert int(done.out) > least


def test_no_stack(run, way):
    """No fiber begins; without fibers there is none to begin."""
    done = run("fails", "", "", "", str((1 << 46) + 0xF0000000))
    assert done.err.startswith("failed: " if way.kind == "none" else "ENOMEM: \n"), done.err


@pytest.mark.parametrize("after", range(1, 500, much(7, 61)))
def test_cancelled(run, after):
    assert run("cancelled", "", str(after)).err.startswith("ECANCELED: all closed\n")


@pytest.mark.parametrize("after", range(1, 100, much(7, 33)))
def test_cancelled_while_it_prints(run, way, after):
    assert run("printing", "" if way.kind == "none" else "fibers", str(after)).err.startswith("ECANCELED: all closed\n")


def test_a_loop(run):
    assert run("loops", "", "", "50").err.startswith("ETIMEDOUT: ")


def test_a_loop_that_catches_its_cancel(run):
    """Its own limit ends it."""
    assert run("loops", "", "100", "1000").err.startswith("ECANCELED: cancelled")


def test_a_failure(run):
    done = run("fails")
    assert done.err.startswith("failed: fails.lua:1: attempt to index a nil value (local 't')\nstack traceback:"), done.err
    assert "fails.lua:4: in main chunk" in done.err


def test_no_script(run):
    assert run("none").err.startswith("failed: cannot open none.lua")


def test_files(run):
    ok(run("files"))


class Answers(http.server.BaseHTTPRequestHandler):
    both = None

    def do_GET(self):
        if self.path.startswith("/never"):
            self.server.over.wait()
        else:
            self.server.both.wait(60)
        body = self.path[1:].encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        body = b" ".join([self.command.encode(), body, self.headers.get("x-mine", "").encode()])
        self.send_response(201)
        self.send_header("x-back", "yes")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.both, server.over = threading.Barrier(2), threading.Event()
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.over.set()
    server.shutdown()
    server.server_close()


def test_fetches(run, site):
    ok(run("fetches", site))


def test_net(run):
    ok(run("net"))
