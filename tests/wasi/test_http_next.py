# Middleware in front of a service: what it does not touch goes through as it is.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest
from paths import ROOT

from wasi import http_asks
from wasi.http_asks import Peer, raw, reply, request


@pytest.fixture(scope="session")
def service(host, component, tools, run, tmp_path_factory):
    both = host.composed(tools, run, tmp_path_factory.mktemp("next"), component("http-gate"), component("http-cases"))
    with host.serve(*both) as service:
        yield service


@pytest.fixture
def ask(service):
    yield lambda *what, **more: http_asks.ask(service, *what, **more)
    assert not service.fault()


def test_as_it_is(ask):
    status, headers, text = ask("/describe?a=b", "PUT", b"x", {"x-one": "mine"})
    assert (status, headers["content-length"], "x-gate" in headers) == (200, str(len(text)), False)
    assert text.decode().splitlines()[:4] == ["method: PUT", "path: /describe", "query: a=b", "x-one: mine"]


def test_with_headers(ask):
    status, headers, text = ask("/describe?a=b", "BREW", b"x", {"x-gate": "more"})
    assert (status, headers["x-gate"]) == (200, "more")
    assert text.decode().splitlines()[:4] == ["method: BREW", "path: /describe", "query: a=b", "x-one: by the gate"]


def test_with_other_headers(ask):
    more = {"x-gate": "set", "x-one": "mine", "x-two": "mine", "x-three": "mine", "x-four": "mine"}
    lines = ask("/describe", headers=more)[2].decode().splitlines()
    given = sorted(line for line in lines if line.startswith("header x-") and "gate" not in line)
    assert given == ["header x-error=EHEADER", "header x-four=mine", "header x-one=mine", "header x-two=set"]
    assert "header x-one=by the gate" in lines


def test_changed(ask):
    status, headers, text = ask("/echo", "POST", b"aBcD" * 10000, {"x-gate": "look"})
    assert (status, text) == (200, b"AbCd" * 10000)


def test_refused(ask):
    assert ask("/describe", headers={"x-gate": "refuse"})[::2] == (403, b"Forbidden")


@pytest.mark.parametrize("how", [{}, {"x-gate": "more"}, {"x-gate": "look"}], ids=["as it is", "with headers", "changed"])
@pytest.mark.parametrize("size", [0, 1, 2 << 20])
def test_bodies(ask, size, how):
    body = os.urandom(size)
    got = ask("/echo", "POST", body, how)[2]
    if how.get("x-gate") == "look":
        got = bytes(byte ^ 0x20 for byte in got)
    assert got == body


@pytest.mark.parametrize("how", [[], ["x-gate: more"], ["x-gate: look"]], ids=["as it is", "with headers", "changed"])
@pytest.mark.parametrize("path", ["/cut", "/fails", "/nothing"])
def test_failures_behind_it(service, path, how):
    """A reply that is cut stays cut, and one that is none is a 500."""
    text = raw(service, request(path, *how))
    if path == "/cut":
        assert not text.endswith(b"0\r\n\r\n")
    else:
        assert text.startswith(b"HTTP/1.1 500 ")
    assert not service.fault()


def test_body_that_the_next_one_fetches(host, component, tools, run, tmp_path):
    """Whole, through both."""
    both = host.composed(tools, run, tmp_path, component("http-gate"), component("http-fetch"))
    body = os.urandom(3 << 20)
    with Peer(reply(body)) as peer, host.serve(*both, "-S", "http") as service:
        for how in {}, {"x-gate": "more"}:
            assert http_asks.ask(service, f"/?proxy=1&url={peer.at}", headers=how)[2] == body
        assert not service.fault()


def test_imports(component, imports):
    assert imports(component("http-gate")) == {
        "wasi:http/types@0.3.2",
        "wasi:http/handler@0.3.2",
    }


@pytest.mark.parametrize("block", [1, 2])
def test_no_memory(service, block):
    """For the request with its headers, and for the response with its own."""
    answer = raw(service, request("/describe", f"x-gate: no-memory-{block}"))
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert raw(service, request("/describe", "x-gate: no-memory-9")).startswith(b"HTTP/1.1 200 ")


@pytest.fixture(scope="session")
def through(host, tools, run, tmp_path_factory):
    """In front of a service that replies with what another host answers, as it is."""
    folder, built = tmp_path_factory.mktemp("through"), ROOT / "build/release/tests/wasi"
    gate, handler, both = built / "http-gate.wasm", folder / "handler.wasm", folder / "both.wasm"
    handler.write_bytes((built / "handler-0.3.2.wasm").read_bytes())  # names of files become those of instances
    run([tools.wasm_tools, "compose", gate, "-d", handler, "-o", both])
    with host.serve(both, "-S", "http") as service:
        yield service


@pytest.mark.parametrize("status, how, answered", [(600, [], 600), (600, ["x-gate: more"], 500), (599, ["x-gate: more"], 599)])
def test_a_status_that_no_component_may_make(through, status, how, answered):
    """It goes through as it is, and fails by WEFT_EINVAL if headers are to be added."""
    with Peer(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n".encode()) as peer:
        answer = raw(through, request(f"/through/{peer.at.removeprefix('http://')}", *how))
    assert answer.startswith(f"HTTP/1.1 {answered} ".encode())
    assert not through.fault()
