# The guest suite in the native host: the same components with the same tests, composed in one process. On the build `sim`,
# test_agreement.py runs it; here it runs on the others, of `make coverage` and `make soak`.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from native.composed import check_passes
from native.conftest import PRESETS, built
from native.suite import LEFT_OUT, ONCE, functions, reason

OTHERS = [preset for preset in PRESETS if preset != "sim"]

# The suite's own tests are collected here, too; `passes` is then this folder's.
for topic, name, function in functions() if OTHERS else ():
    globals()[f"test_{topic}_{name}"] = function


@pytest.fixture(params=OTHERS)
def build(request):
    return built(request.param)


@pytest.fixture
def passes(build):
    """passes(component, test) fails unless the guest says that its test passed. Options are wasmtime's."""

    def check(component, test, *options):
        why = reason(component, test, LEFT_OUT | ONCE)
        if why:
            pytest.skip(why)
        check_passes(build, component, test)

    return check
