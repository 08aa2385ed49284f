# Standard input, output and error, and how a command ends.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os

import pytest

FILTER = "console-filter"


@pytest.mark.parametrize("size", [0, 1, 65536, 3 << 20])
def test_passes_all(host, component, size):
    text = os.urandom(size)
    ended = host.run(component(FILTER), stdin=text)
    assert (ended.code, ended.err) == (0, "done\n")
    assert ended.out == text


def failed_by(ended, text):
    """In builds that show messages, they say why."""
    assert ended.code == 1
    assert ended.err in ("", f"weft: filter failed: {text}\n")


def test_no_space(host, component):
    with open("/dev/full", "wb") as full:
        failed_by(host.run(component(FILTER), stdin=b"text", stdout=full), "input or output failed")


def test_nobody_reads(host, component):
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as nobody:
        failed_by(host.run(component(FILTER), stdin=b"text", stdout=nobody), "the other end is gone")


def test_input_is_a_folder(host, component, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        failed_by(host.run(component(FILTER), stdin=folder), "input or output failed")
    finally:
        os.close(folder)


def test_imports(component, imports):
    """A component imports what it calls."""
    version = "@0.3.2"
    assert imports(component(FILTER)) == {f"wasi:cli/{name}{version}" for name in ("types", "stdin", "stdout", "stderr")}
