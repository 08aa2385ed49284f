# Standard input, output and error, and how a command ends.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import subprocess

import pytest

FILTER = "console-filter"


@pytest.mark.parametrize("size", [0, 1, 65536, 3 << 20])
def test_passes_all(host, component, size):
    text = os.urandom(size)
    ended = host.run(component(FILTER), stdin=text)
    assert (ended.code, ended.err) == (0, "done\n")
    assert ended.out == text


def test_read_of_none(host, component):
    """It does not wait for what is to come."""
    with host.start(component("console-none"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"none\n"
        assert process.communicate(b"text")[0] == b"text"


def failed_by(ended, text):
    """In builds that show messages, they say why."""
    assert ended.code == 1
    place = r" \(last waited in filter__body at filter.c:\d+\)"
    assert not ended.err or re.fullmatch(f"weft: filter failed: {text}{place}\n", ended.err)


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


def test_prints(host, component):
    ended = host.run(component("console-print"))
    assert (ended.code, ended.out.decode(), ended.err) == (0, "".join(f"{n}\n" for n in range(100)), "OK\n")


def test_prints_where_nobody_reads(host, component):
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as nobody:
        ended = host.run(component("console-print"), stdout=nobody)
    assert (ended.code, ended.err) == (0, "EPIPE\n")


def test_prints_to_a_full_device(host, component):
    with open("/dev/full", "wb") as full:
        ended = host.run(component("console-print"), stdout=full)
    assert (ended.code, ended.err) == (0, "EIO\n")


def test_prints_take_turns(host, component):
    """Lines stay whole, and those of one coroutine in their order; a cancel leaves the next print alone."""
    ended = host.run(component("console-turns"))
    assert ended.code == 0
    before, _, begun = ended.err.partition("begin\n")
    assert before == "not printed\n"
    begun, _, rest = begun.partition("all\n")
    lines = begun.splitlines()
    assert len(lines) == 8 * 40
    order = {number: iter(range(40)) for number in range(8)}
    for line in lines:
        number, count, text = re.fullmatch(r"(\d) (\d+) <( *1)>", line).groups()
        assert int(count) == next(order[int(number)])
        assert len(text) == max(1, (int(number) * 97 + int(count) * 31) % 1500)
    assert rest.count("\ncancelled\n") == 30
    assert rest.endswith("\ncancelled\n" + "1".rjust(510) + f"\n0 0 <1>\n0 1 <{1:31}>\n0 2 <{1:62}>\nend\n")


def test_imports(component, imports):
    """A component imports what it calls."""
    version = "@0.3.2"
    assert imports(component(FILTER)) == {f"wasi:cli/{name}{version}" for name in ("types", "stdin", "stdout", "stderr")}
    assert imports(component("console-turns")) == {f"wasi:cli/{name}{version}" for name in ("types", "stdout", "stderr")}
    assert imports(component("console-say")) == {f"wasi:cli/{name}{version}" for name in ("types", "stdout")}


def test_outbox(host, component):
    ended = host.run(component("console-outbox"))
    lines = "".join(f"line {number}\n" for number in range(10000))
    assert (ended.code, ended.out.decode(), ended.err) == (0, f"{lines}the end\n", "")


def test_outbox_whose_reader_has_gone(host, component):
    """It fails by that, and does not wait."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        assert host.run(component("console-outbox"), stdout=pipe).code == 1
