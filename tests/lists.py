# What the tests of a topic of the guest suite are: those in the lists TESTS of its runners; and which of them would say the same
# again.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

from paths import ROOT
from soak import SOAK


def listed(topic, *runners):
    """The pairs of a runner and one of its tests."""
    pairs = []
    for runner in runners or ("weft", "raw"):
        text = (ROOT / f"tests/guest/{topic}/{runner}_runner.c").read_text()
        pairs += [(runner, test) for test in re.findall(r"^    TEST\((\w+)\)", text, re.M)]
    return pairs


# Tests of components that have a level of optimisation of their own: each build makes the same of them.
ONE_BUILD = {"test_awaits", "test_part", "test_stack_is_small"}


def is_again(item):
    """The debug build on wasmtime runs all. The release, and the native host, have Weft in both roles in Weft on Weft, and the
    other pairs in `make soak`; there is no Weft in raw on raw."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    is_release = params.get("preset") == "release"
    if not is_release and "native" not in item.path.parts:
        return False
    callee = params.get("callee", "weft")
    runner = params.get("runner", "weft") if "callee" in params else "weft"
    return (runner == callee == "raw" if SOAK else "raw" in (runner, callee)) or (is_release and item.originalname in ONE_BUILD)
