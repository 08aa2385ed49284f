# Copies over streams: every status and count, both orders, drops, cancels; on four kinds of payload.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from paths import ROOT

# Both runners have the tests of these files.
FILES = [ROOT / "tests/guest/streams" / name for name in ("copies.h", "drops.h", "cancels.h")]
TESTS = [test for file in FILES for test in re.findall(r"^CASE\((\w+)\)", file.read_text(), re.MULTILINE)]


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner", ["weft", "raw"])
@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("topic", ["streams", "words", "points", "units"])
def test_streams(passes, topic, test, runner, callee):
    passes(f"{topic}-{runner}-on-{callee}", test)


@pytest.mark.parametrize("callee", ["weft", "raw"])
def test_units_of_weft(passes, callee):
    passes(f"units-weft-on-{callee}", "clamp")
