# Which tests of the guest suite the native host runs, too, and on which components.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import importlib
import inspect
import itertools
import re

from paths import ROOT
from soak import much

# What is left out, by a pattern of "component test", and why.
LEFT_OUT = {
    r"coroutines-\w+-(O0|Oz|lto) .*": "levels of optimisation that a native build leaves out",
    r"coroutines-.* (deep_\w+|chain_of_100000|many_yields|tree)": "AddressSanitizer keeps locals elsewhere than on the stack",
    r"misuse-release .*": "it is misuse-debug without names",
    r"limit-weft unlimited": "measures WebAssembly's memory",
    much(r"fair lines_deadline.*", r"fair \w+_deadline.*"): "the native host's clock stands while bytes move: a deadline takes seconds, or minutes",
    r"fibers-threads .*": "natively there is one kind of fibers, which runs as fibers-asyncify",
    r"heapless .*": "natively, a component has the heap of its process",
}

# On the builds beside `sim`.
ONCE = {
    r"fibers-asyncify asleep": "clang's AddressSanitizer takes a megabyte and a half for each stack",
    r".*-unchecked .*": "`sim` alone has it without checks",
    r"misuse-raw .*": "there is no Weft in it",
}


def reason(component, test, left_out):
    """Why a test is left out, or None."""
    return next((why for pattern, why in left_out.items() if re.fullmatch(pattern, f"{component} {test}")), None)


def functions():
    """(topic, name, function) of each function of the suite that only asks whether a guest passes; the others look at what
    wasmtime or the WebAssembly tools say."""
    for topic in sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests/guest").glob("test_*.py")):
        module = importlib.import_module(f"guest.test_{topic}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and "passes" in (asked := inspect.signature(function).parameters):
                if not {"guest", "run", "tools"} & set(asked):
                    yield topic, name.removeprefix("test_"), function


def scenarios():
    """(component, test, wasmtime's options) of each time that such a function asks."""
    found = []
    for _, _, function in functions():
        choices = []
        for mark in getattr(function, "pytestmark", []):
            names = [name.strip() for name in mark.args[0].split(",")]
            choices.append([dict(zip(names, it if len(names) > 1 else (it,))) for it in mark.args[1]])
        for chosen in itertools.product(*choices):
            arguments = {name: it for part in chosen for name, it in part.items()}
            function(passes=lambda component, test, *options: found.append((component, test, options)), **arguments)
    return [it for it in dict.fromkeys(found) if not reason(*it[:2], LEFT_OUT)]
