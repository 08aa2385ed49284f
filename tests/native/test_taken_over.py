# A test in C that has a program run in the world of weft-native, and answers one of its interfaces by a script.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import subprocess

import pytest
from limits import limited

from wasi.sockets import accepted, listening


def test_taken_over(build):
    program = build / "tests/native/taken-over-test"
    if not program.exists():
        pytest.skip("one build of the program is enough")
    with listening() as server:
        commands = f"connect-name example.org:{server.getsockname()[1]}\nwrite hello\nfinish\n"
        ended = limited([program], input=commands, stderr=subprocess.PIPE)
        with accepted(server) as peer:
            assert peer.recv(100) == b"hello"
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "0 OK \n5 OK \n0 OK \n", "asked for example.org\n")
