# Tests in C that have a program run in the world of weft-native, and answer a part of it by scripts.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

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
