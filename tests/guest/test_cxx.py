# Tasks of C++, on both hosts: what they give, how they fail, and what a cancel and a lack of memory leave behind.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from limits import limited
from paths import ROOT

LISTS = dict(re.findall(r"define (\w+)_TESTS\(TEST\)((?:[\s\\]+TEST\(\w+\))+)", (ROOT / "tests/guest/cxx/tests.h").read_text()))
SWEPT, PLAIN = (re.findall(r"TEST\((\w+)\)", LISTS[kind]) for kind in ("SWEPT", "PLAIN"))
TESTS = [f"{test}_whole" for test in SWEPT + PLAIN]
TESTS += [name for test in SWEPT for name in (f"sweep_{test}_whole", f"starve_{test}")]


@pytest.mark.parametrize("test", TESTS)
def test_cxx(passes, test):
    passes("cxx", test)


# What the test of a rule, or of one more way to break it, says behind `weft: `.
BEGUN = "the task is awaited or started already, or has no frame: await it once, and look at it before"
RUNS = "the task is moved or destroyed while it runs: await it, or close its scope, before"
BOUND = "weft::task: the coroutine ended with a binding: unbind it in the finaliser; in C++ it is a weft::local"
NO_CODE = "the failure has the code 0: fail by a weft_error, or a code above 0"
STOPS = {
    "task_begun": f"weft::task: {BEGUN}",
    "task_begun_child": f"weft::child: {BEGUN}",
    "task_runs": f"weft::running: {RUNS}",
    "task_runs_awaited": f"weft::task: {RUNS}",
    "task_runs_moved": f"weft::task: {RUNS}",
    "scope_runs": "weft::scope: the scope is destroyed while children run: co_await weft_scope_close before, and let no exception pass it",
    "room_taken": "weft::room: the room is destroyed before the task in it: let it outlive that",
    "no_code": f"weft::fail: {NO_CODE}",
    "no_code_result": f"weft::result: {NO_CODE}",
    "still_bound": BOUND,
    "still_bound_failed": BOUND,
}
LINES = (ROOT / "tests/guest/cxx/broken.cpp").read_text().splitlines()
(WAIT,) = [number for number, line in enumerate(LINES, 1) if "seen in the dump" in line]


def says(text, line):
    return re.search(rf"^weft: {re.escape(line)}( \(in .*\))?$", text, re.M)


def dump_tells_the_wait(text):
    return re.search(rf"^weft:  +.*\bwaits\b.* at broken\.cpp:{WAIT}: waits in weft_event_wait at \d+", text, re.M)


class TestSaid:
    @pytest.fixture
    def preset(self):
        """These need messages, which a release does not have."""
        return "debug"

    @pytest.mark.parametrize("rule", STOPS)
    def test_stops(self, guest, rule):
        outcome = guest("cxx-broken", rule)
        assert outcome.code != 0 and says(outcome.text, STOPS[rule]), outcome.text
        assert f"weft_misuse_{re.match('[a-z]+_[a-z]+', rule)[0]}" in outcome.text

    def test_dump(self, guest):
        outcome = guest("cxx-broken", "dump")
        assert outcome.code == 0 and dump_tells_the_wait(outcome.text), outcome.text


@pytest.mark.parametrize("call, result", [("double(4)", "8"), ("nothing()", "()")])
def test_exports(tools, preset, call, result):
    command = [tools.wasmtime, "run", "-W", "component-model-async", "--invoke", call, ROOT / f"build/{preset}/tests/guest/cxx.wasm"]
    done = limited(command)
    assert (done.returncode, done.stdout) == (0, f"{result}\n")
