# What the tests of a topic of the guest suite are: those in the lists TESTS of its runners.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

from paths import ROOT


def listed(topic, *runners):
    """The pairs of a runner and one of its tests."""
    pairs = []
    for runner in runners or ("weft", "raw"):
        text = (ROOT / f"tests/guest/{topic}/{runner}_runner.c").read_text()
        pairs += [(runner, test) for test in re.findall(r"^    TEST\((\w+)\)", text, re.M)]
    return pairs
