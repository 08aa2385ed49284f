# The guest suite in the native host: the same components with the same tests, composed in one process, under sanitizers.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import importlib
import inspect
import re

import pytest
from native.composed import weft_sim
from paths import ROOT

# Tests of these modules of the suite that only ask whether a guest passes are collected here, too; `passes` is then
# this folder's. The others look at what wasmtime or the WebAssembly tools say.
TOPICS = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests/guest").glob("test_*.py"))

# What is left out, by a pattern of "component test", and why.
LEFT_OUT = {
    r"coroutines-\w+-(Oz|lto) .*": "levels of optimisation that a native build leaves out",
    r"coroutines-.* (deep_\w+|chain_of_100000|many_yields|tree)": "AddressSanitizer keeps locals elsewhere than on the stack",
    r"limit-weft unlimited": "measures WebAssembly's memory",
}


def reason(component, test):
    return next((why for pattern, why in LEFT_OUT.items() if re.fullmatch(pattern, f"{component} {test}")), None)


for topic in TOPICS:
    module = importlib.import_module(f"guest.test_{topic}")
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("test_") and "passes" in (asked := inspect.signature(function).parameters):
            if not {"guest", "run", "tools"} & set(asked):
                globals()[f"test_{topic}_{name.removeprefix('test_')}"] = function


@pytest.fixture
def passes(build):
    """passes(component, test) fails unless the guest says that its test passed. Options are wasmtime's."""

    def check(component, test, *options):
        why = reason(component, test)
        if why:
            pytest.skip(why)
        outcome = weft_sim(build, component, test)
        if outcome.returncode != 0 or outcome.stdout.strip() != "ok":
            pytest.fail(f"{component}: {test}: exit {outcome.returncode}\n{outcome.stdout}{outcome.stderr}", pytrace=False)

    return check
