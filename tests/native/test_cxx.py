# What Weft says of tasks of C++ in the native host, and their exceptions, which WebAssembly has not; the guest suite's other
# tests of them run here as all of it does.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from guest.test_cxx import STOPS, dump_tells_the_wait, says
from native.composed import check_passes, weft_sim


@pytest.mark.parametrize("rule", STOPS)
def test_stops(build, rule):
    outcome = weft_sim(build, "cxx-broken", rule)
    assert outcome.returncode != 0 and says(outcome.stderr, STOPS[rule]), outcome.stderr


def test_dump(build):
    outcome = weft_sim(build, "cxx-broken", "dump")
    assert outcome.returncode == 0 and dump_tells_the_wait(outcome.stderr), outcome.stderr


@pytest.fixture
def with_exceptions(build):
    if build.name == "sim-clang":
        pytest.skip("clang's AddressSanitizer, linked to a host in C, knows no exceptions of what that loads")
    return build


def test_exceptions(with_exceptions):
    check_passes(with_exceptions, "cxx-throws", "caught")


def test_exception_that_nobody_awaits(with_exceptions):
    outcome = weft_sim(with_exceptions, "cxx-throws", "thrown")
    said = "weft: an exception left a task that C++ does not await: catch it there\n"
    assert outcome.returncode != 0 and said in outcome.stderr, outcome.stderr


def test_exception_that_passes_a_scope(with_exceptions):
    outcome = weft_sim(with_exceptions, "cxx-throws", "passes_scope")
    assert outcome.returncode != 0 and says(outcome.stderr, STOPS["scope_runs"]), outcome.stderr
