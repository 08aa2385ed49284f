# The guest suite on the hostile build: a runtime that makes what is rare frequent. See tests/hostile/hostile.h.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from native import suite
from native.composed import check_passes

for topic, name, function in suite.functions():
    globals()[f"test_{topic}_{name}"] = function

LEFT_OUT = suite.LEFT_OUT | suite.ONCE | {
    r"sync-\w+ (channel_cancelled|wake_many)": "counts bells, and how many ring at a time is by chance",
}

# Tests that look at the order in which coroutines of a task run, or take it that a child runs as soon as it is called.
IN_ORDER = (
    r"scopes(-time)? .*|locals sweep_bind|cancel-.* (shield_none|shield_of_child|(sweep_)?unwound_any)|flow-.* sweep_forward_slow|"
    r"sync-\w+ outlive|coroutines-typed-.* (fails_too|news)"
)


@pytest.fixture
def passes(hostile, monkeypatch):
    def check(component, test, *options):
        why = suite.reason(component, test, LEFT_OUT)
        if why:
            pytest.skip(why)
        if re.fullmatch(IN_ORDER, f"{component} {test}"):
            monkeypatch.setenv("WEFT_HOSTILE_IN_ORDER", "1")
        check_passes(hostile, component, test)

    return check


# And a host that lets everything wait, in those scenarios that expect no status, and no handle, that this changes.
@pytest.mark.parametrize("scenario", ["call", "insist", "starting", "writes", "writes_owned", "nested"])
@pytest.mark.parametrize("how", ["late", "hold", "slow-cancel", "partial"])
def test_pending(hostile, how, scenario):
    options = ("--like-wasmtime", "--always", how)
    check_passes(hostile, "awaits-host-on-weft", f"{scenario}_cancel", *options)


# A host that answers each cancel late: who stops a call waits for that, and others go on.
@pytest.mark.parametrize("test", ["call_stops", "stop_gives_up", "stop_gives_up_asked", "streams"])
def test_late_cancel(hostile, test):
    check_passes(hostile, "cancel-async-on-weft", test, "--like-wasmtime", "--always", "slow-cancel")
