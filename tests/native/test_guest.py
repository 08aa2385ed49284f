# The guest suite in the native host: the same components with the same tests, composed in one process, under sanitizers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from native.composed import check_passes
from native.suite import LEFT_OUT, functions, reason

# The suite's own tests are collected here, too; `passes` is then this folder's.
for topic, name, function in functions():
    globals()[f"test_{topic}_{name}"] = function


@pytest.fixture
def passes(build):
    """passes(component, test) fails unless the guest says that its test passed. Options are wasmtime's."""

    def check(component, test, *options):
        why = reason(component, test, LEFT_OUT)
        if why:
            pytest.skip(why)
        check_passes(build, component, test)

    return check
