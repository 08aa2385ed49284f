# Watching a component: its figures, steps that take long, and the watchdog.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest


@pytest.mark.parametrize("test", ["figures", "steps", "watchdog"])
def test_watch(passes, test):
    passes("watch", test, "-S", "p3,cli")
