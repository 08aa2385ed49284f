# Tests in C that have a program run in the world of weft-native, and answer a part of it by scripts.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import socket
import subprocess
import threading

import pytest
from limits import limited

from wasi.sockets import accepted, listening, unused


@pytest.fixture
def built(build):
    def program(name):
        if not (build / "tests/native" / name).exists():
            pytest.skip("one build of the program is enough")
        return build / "tests/native" / name

    return program


def test_names(built):
    program = built("taken-over-test")
    with listening() as server:
        commands = f"connect-name example.org:{server.getsockname()[1]}\nwrite hello\nfinish\n"
        ended = limited([program], input=commands, stderr=subprocess.PIPE)
        with accepted(server) as peer:
            assert peer.recv(100) == b"hello"
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "0 OK \n5 OK \n0 OK \n", "asked for example.org\n")


def said(*command):
    ended = limited(command)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


SITE = """\
GET example.org/
GET example.org/slow
GET example.org/flaky
GET example.org/flaky
"""


@pytest.mark.parametrize("seed", range(9))
def test_site(built, seed):
    lines = said(built("script-site"), seed).splitlines()
    lines.remove("found")
    assert lines == SITE.splitlines()


def test_client(built, tmp_path):
    (tmp_path / "page.txt").write_text("hello\n")
    answers = "200 ok\n\n200 hello\n\n206 ell\n405 Method Not Allowed\n403 Forbidden\n"
    assert said(built("script-client"), tmp_path) == answers


def test_peer(built):
    address = unused()
    heard = "welcome\nBob is here\nBob: hello\nwelcome\nBob has left\n"
    assert said(built("script-peer"), address.split(":")[1]) == f"listening at {address}\n{heard}"


# What is the component's request, and what it makes of the answer: of both, what a host would send.
TAKEN = {
    "POST /on": ("asked: POST: mine", "answer: 200: hello"),
    "GET /page/80": ("asked: GET: ", "answer: 200: hello"),
    "GET /wrap/80": ("asked: GET: ", "answer: 200: hello"),
    "GET /get/80": ("asked: GET: ", "answer: 200: hello"),
    "GET /short/80": ("asked: POST: four: HTTP-protocol-error", "answer: 200: hello"),
    "GET /long/80": ("asked: POST: fo", "answer: 200: hello"),
    "GET /upload": ("asked: POST: four: connection-terminated", "answer: 200: ETIMEDOUT"),
    "GET /cancel": ("asked: POST: four: connection-terminated", "answer: 200: 38"),  # internal-error
}


@pytest.mark.parametrize("asked", TAKEN)
def test_bodies_taken(built, asked):
    assert tuple(said(built("script-asks"), *asked.split(), "taken").splitlines()) == TAKEN[asked]


def test_bodies_not_asked_for(built):
    lines = said(built("script-asks-bare"), "POST", "/", "taken").splitlines()
    assert lines == ["asked: POST: mine", "answer: 200: hello"]


@pytest.mark.parametrize("way, cut", [("page", "HTTP-response-body-size"), ("wrap", "HTTP-protocol-error")])
def test_bodies_of_others(built, way, cut):
    with listening() as server:
        for length, end in ((5, ""), (100, f": {cut}")):
            answers = threading.Thread(target=answer, args=(server, length))
            answers.start()
            port = server.getsockname()[1]
            assert said(built("script-asks"), "GET", f"/{way}/{port}", "world") == f"answer: 200: hello{end}\n"
            answers.join()


def answer(server, length):
    with accepted(server) as peer:
        peer.recv(4096)
        peer.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\nhello".encode())
        peer.shutdown(socket.SHUT_WR)


def test_no_status_of_a_reply(built):
    """A host answers in its place."""
    assert said(built("script-asks"), "GET", "/early", "world") == "answer: 500: \n"


@pytest.mark.parametrize("authority, told", [((), "no scheme none"), (("10.0.0.1",), "a scheme 10.0.0.1")])
def test_head(built, authority, told):
    assert said(built("script-asks"), "GET", "/look", "world", *authority) == f"answer: 200: {told} x-own=1\n"


def test_failure(built):
    """Of the script: that of the test."""
    ended = limited([built("script-asks"), "GET", f"/page/{unused().split(':')[1]}", "world"])
    assert (ended.returncode, ended.stdout) == (1, "answer: 0: : connection-refused\n")
