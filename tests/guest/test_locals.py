# Task-locals, by themselves.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = ["bind", "spawn", "outliving", "many", "sweep_bind", "sweep_spawn"]


@pytest.mark.parametrize("test", TESTS)
def test_locals(passes, test):
    passes("locals", test)
