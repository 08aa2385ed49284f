# The host's clock, the time of day and ticks; tests/native/test_date.py compares dates with libc's.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import time
from datetime import UTC, datetime
from email.utils import formatdate

import pytest


def test_ticks(host, component):
    ended = host.run(component("clock-ticks"))
    assert (ended.code, ended.err) == (0, "")


def test_times(host, component):
    before = time.time()
    ended = host.run(component("clock-times"))
    assert (ended.code, ended.err) == (0, "")
    now, http, iso = ended.out.decode().split("|")
    assert before <= float(now) <= time.time()
    assert http == formatdate(int(float(now)), usegmt=True)
    assert iso == datetime.fromtimestamp(int(now[:-10]), UTC).strftime("%Y-%m-%dT%H:%M:%S") + now[-10:-6] + "Z"


@pytest.mark.parametrize("how", ["sleeps", "polls"])
def test_sleeps(host, component, how):
    """tests/native/test_faults.py has it in virtual time."""
    ended = host.run(component("clock-sleeps"), how, "20ms")
    took, _ = ended.out.decode().split()
    assert (ended.code, ended.err) == (0, "") and int(took) >= 20 * 10**6


def test_century(host, component):
    assert host.run(component("clock-old")).code == 0


def test_imports(component, imports):
    """A program that takes the time of day imports no other clock."""
    assert imports(component("clock-old")) == {"wasi:clocks/system-clock@0.3.2"}
    clocks = {f"wasi:clocks/{name}@0.3.2" for name in ("monotonic-clock", "system-clock")}
    assert imports(component("clock-times")) == clocks | {f"wasi:cli/{name}@0.3.2" for name in ("types", "stdout")}
