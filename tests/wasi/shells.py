# How the tests of files tell a component what to do.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import resource
import subprocess
import threading

import pytest

VERSION = "@0.3.2"
LIMIT = 300  # seconds without an answer
NOBODY = 65534
LONG = "n" * 300
TYPES = ["unknown", "regular", "directory", "link", "pipe", "socket", "characters", "blocks"]
KEEP, NOW = -(2**63), 2**63 - 1


def encoded(word):
    word = str(word) if isinstance(word, int) else word
    word = os.fsencode(word) if isinstance(word, str) else word
    return re.sub(rb"[^!-$&-~]", lambda byte: b"%%%02x" % byte[0][0], word)


def decoded(word):
    if word.startswith(b"#"):
        return int(word[1:])
    return re.sub(rb"%(..)", lambda it: bytes.fromhex(it[1].decode()), word)


def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def start_as_nobody(start, path):
    """The host has a home beside what is given."""
    for folder in [path, *path.parents[:3]]:
        folder.chmod(folder.stat().st_mode | 0o711)
    home = path / "home"
    home.mkdir()
    home.chmod(0o777)
    return start(preexec_fn=as_nobody, env={"HOME": home})


FEW = 48


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, FEW))


class Shell:
    """shell("open", 0, "d/file") is what the call has told: the name of its error first."""

    def __init__(self, host, component, options, **more):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = host.start(component, options=options, **pipes, **more)

    def __call__(self, *words):
        watchdog = threading.Timer(LIMIT, self.process.kill)
        watchdog.start()
        self.process.stdin.write(b"\t".join(map(encoded, words)) + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        watchdog.cancel()
        assert answer.endswith(b"\n"), "the component has ended"
        error, *told = answer[:-1].split(b"\t")
        return (error.decode(), *map(decoded, told))

    def info(self, *words):
        error, *told = self(*words)
        assert error == "OK", (words, error)
        kind, *numbers = told
        return dict(zip(["type", "size", "links", "accessed", "modified"], [TYPES[kind], *numbers]))

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(LIMIT) == 0


@pytest.fixture
def d(tmp_path):
    (tmp_path / "d").mkdir()
    return tmp_path / "d"


@pytest.fixture
def start(host, component, d):
    """start(d=path, ...) is a shell whose preopened directories are these; one that is called d is there by itself."""
    shells = []

    def started(directories=None, options=(), **more):
        directories = directories or {"d": d}
        given = [f"--dir={path}::{name}" for name, path in directories.items()]
        shells.append(Shell(host, component("fs-shell"), [*given, *options], **more))
        return shells[-1]

    yield started
    for shell in shells:
        if shell.process.poll() is None:
            shell.process.kill()
        shell.process.communicate()


@pytest.fixture
def shell(start):
    return start()
