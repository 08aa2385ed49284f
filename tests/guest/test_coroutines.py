# Coroutines by themselves, at four levels of optimisation and without checks, on stacks too small for recursion.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest

LEVELS = ["O0", "O2", "Oz", "lto", "unchecked"]
SMALL_STACK = ["-W", "max-wasm-stack=16384"]  # bytes; the stack for C's own locals is 64 KiB, by the link

FLOW = [
    "frames",
    "loops",
    "branches",
    "switches",
    "evaluated_once",
    "few_labels",
    "ways_out",
    "deep_2000",
    "deep_100000",
    "tree",
    "many_yields",
    "yield_delivers",
    "fields_survive",
]
CANCEL = [
    "at_each_await",
    "of_itself",
    "before_first_step",
    "again_after_cancel",
    "twice",
    "in_finaliser",
    "in_childs_finaliser",
    "child_ends_first",
    "chain_of_5",
    "chain_of_100000",
    "middle_only",
    "few_labels",
]
WAITS = ["read", "write_all", "write_all_ways", "drop_closes", "any", "ready"]
TYPED = ["calls", "again", "unzeroed", "large", "mutual", "fails_too", "errors", "deadlines", "spawns", "news", "feeds", "blocks"]
STEP = ["empty", "waits", "spawned", "fails", "cancelled", "inside_another", "cancelled_inside_another"]

PARTS = {"flow": FLOW, "cancel": CANCEL, "waits": WAITS, "typed": TYPED, "step": STEP}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("part, test", [(part, test) for part, tests in PARTS.items() for test in tests])
def test_part(passes, part, test, level):
    passes(f"coroutines-{part}-{level}", test, *SMALL_STACK)


@pytest.mark.parametrize("test", ["", "fails"])
def test_at_once(passes, test):
    passes("coroutines-at-once", test)


@pytest.mark.parametrize("level", LEVELS)
def test_stack_is_small(guest, passes, level):
    """A thousand plain calls need more than the small stack has: the tests above would notice a call per await."""
    outcome = guest(f"coroutines-flow-{level}", "plain_recursion", *SMALL_STACK)
    assert outcome.code == 134 and "wasm trap: call stack exhausted" in outcome.text, outcome.text
    passes(f"coroutines-flow-{level}", "plain_recursion")
