# A limit on the concurrent calls of an export, under load.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from lists import listed


@pytest.mark.parametrize("runner, test", listed("limit"))
def test_limit(passes, runner, test):
    passes(f"limit-{runner}", test)
