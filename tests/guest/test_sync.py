# Events, mutexes and channels between tasks of one component, and cancels of one by another.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from lists import listed


@pytest.mark.parametrize("runner, test", listed("sync"))
def test_sync(passes, runner, test):
    passes(f"sync-{runner}", test)
