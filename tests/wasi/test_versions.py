# The library beside a world of the user's own, at every version of WASI 0.3 on either side.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import http.server
import threading
import urllib.request

import pytest
from paths import ROOT

TOOLCHAIN = ROOT / "cmake/toolchains/zig.cmake"
PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(versions C)
add_subdirectory({ROOT} weft)
add_subdirectory({ROOT}/tests/wasi wasi)
"""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"the page")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session", params=["0.3.0", "0.3.2"])
def built(request, run, tmp_path_factory):
    """The components with a library of that version, and the version."""
    if request.param == "0.3.2":
        return ROOT / "build/debug/tests/wasi", request.param
    folder = tmp_path_factory.mktemp("versions")
    (folder / "CMakeLists.txt").write_text(PROJECT)
    options = [f"-DCMAKE_TOOLCHAIN_FILE={TOOLCHAIN}", "-DCMAKE_BUILD_TYPE=Debug", f"-DWEFT_WASI_VERSION={request.param}"]
    run(["cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", *options])
    beside = [f"{world}-{version}" for world in ("beside", "files", "handler") for version in ("0.3.0", "0.3.2")]
    run(["cmake", "--build", folder / "build", "--target", *beside, "console-filter", "http-gate"])
    return folder / "build/wasi", request.param


@pytest.mark.parametrize("users", ["0.3.0", "0.3.2"])
def test_beside(host, built, users):
    folder, _ = built
    ended = host.run(folder / f"beside-{users}.wasm", options=["--invoke", 'say("word ")'])
    assert (ended.code, ended.out, ended.err) == (0, b"word word 5\n", "")


@pytest.mark.parametrize("users", ["0.3.0", "0.3.2"])
def test_handles_pass_both_ways(host, built, users):
    folder, _ = built
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as page, host.serve(folder / f"handler-{users}.wasm", "-S", "http") as it:
        threading.Thread(target=page.serve_forever, daemon=True).start()
        at = f"127.0.0.1:{page.server_address[1]}"
        with urllib.request.urlopen(f"http://127.0.0.1:{it.port}/fetch", at.encode(), timeout=60) as answer:
            assert answer.read() == b"the page"
        page.shutdown()


@pytest.mark.parametrize("users", ["0.3.0", "0.3.2"])
def test_descriptors_pass_both_ways(host, built, users, tmp_path):
    folder, _ = built
    (tmp_path / "a").write_text("1234567")
    ended = host.run(folder / f"files-{users}.wasm", options=["--dir", tmp_path, "--invoke", "look()"])
    assert (ended.code, ended.out, ended.err) == (0, b"7\n", "")


def test_alone(host, built, imports):
    folder, version = built
    assert host.run(folder / "console-filter.wasm", stdin=b"text").out == b"text"
    assert imports(folder / "http-gate.wasm") == {f"wasi:http/{name}@{version}" for name in ("types", "handler")}
    assert f"wasi:cli/stdout@{version}" in imports(folder / "console-filter.wasm")
