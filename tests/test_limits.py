# A hang is told by processor time, or by standing still; slow work is neither.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import sys

import pytest
from limits import Hangs, limited

WORK = "import time\nwhile time.process_time() < {}:\n    pass\nprint('done')"


def hangs(command, **limits):
    with pytest.raises(Hangs) as failed:
        limited(command, **limits)
    return str(failed.value)


def test_endless_work():
    assert "used 1 s of processor time" in hangs([sys.executable, "-c", WORK.format(1e9)], processor=1)
    # Also in a process that it starts, as a shell tells it.
    assert "used 1 s of processor time" in hangs(["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", WORK.format(1e9)], processor=1)


def test_endless_wait():
    said = hangs(["sh", "-c", "echo so far; exec sleep 1000"], still=1)
    assert "has not moved for 1 s" in said and "so far" in said


def test_work_that_takes_long():
    """Its own work, and that of others that it waits for, are not told from none by the clock."""
    work = [sys.executable, "-c", WORK.format(1.5)]
    for command in (work, ["sh", "-c", '"$@"; true', "sh", *work]):
        assert limited(command, still=0.5).stdout == "done\n"


def test_input():
    assert limited(["cat"], input="text").stdout == "text"
    assert limited(["sh", "-c", "sleep 2; cat"], input="text", still=1).stdout == "text"
