# A limit on the concurrent calls of an export, under load.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

TESTS = ["one_at_a_time", "sixteen", "unlimited", "changed", "cancelled", "others_wait", "few", "sweep_few"]


@pytest.mark.parametrize("test", TESTS)
def test_limit(passes, test):
    passes("limit", test)
