# Events, mutexes and channels between tasks of one component, and cancels of one by another.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from lists import listed

TESTS = [
    "wake_one",
    "wake_by_sync",
    "wake_many",
    "wake_again",
    "wake_beside_host",
    "cancel_sleeper",
    "cancel_across",
    "mutex_is_fair",
    "mutex_cancelled",
    "outlive",
    "channel_order",
    "channel_close",
    "channel_cancelled",
]


@pytest.mark.parametrize("test", TESTS)
def test_sync(passes, test):
    passes("sync", test)


@pytest.mark.parametrize("runner, test", listed("sync", "raw"))
def test_sync_raw(passes, runner, test):
    passes(f"sync-{runner}", test)
