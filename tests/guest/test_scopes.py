# Scopes, sleeps and deadlines, by themselves and on a virtual clock.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

SCOPES = [
    "join_all",
    "join_any",
    "join_one",
    "race",
    "end_siblings",
    "tell_parent",
    "used_again",
    "acknowledge",
    "joined_late",
    "fails_in_close",
    "go_on",
    "cancel_handles",
    "shield",
    "owner_cancelled",
    "allocated",
    "closed_together",
    "spawned_in_close",
    "spawned_in_cancel",
    "many",
    "task_scope",
]
TIME = [
    "sleeps",
    "many_sleeps",
    "deadlines",
    "deadline_unbegun",
    "deadline_met",
    "end_of_time",
    "rates",
]
TESTS = [("scopes", test) for test in SCOPES] + [("scopes-time", test) for test in TIME]


@pytest.mark.parametrize("component, test", TESTS)
def test_scopes(passes, component, test):
    passes(component, test)
