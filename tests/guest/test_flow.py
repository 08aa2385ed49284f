# More of a stream with one wait, and streams that a coroutine feeds: every runner on every callee.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from limits import limited
from lists import listed
from paths import ROOT

COMPONENTS = ROOT / "build/debug/tests/guest"


@pytest.mark.parametrize("callee", ["weft", "raw"])
@pytest.mark.parametrize("runner, test", listed("flow"))
def test_flow(passes, test, runner, callee):
    passes(f"flow-{runner}-on-{callee}", test)


@pytest.mark.parametrize(
    "command, size, answer",
    [
        ("forward", 256000, None),
        ("forward", 0, None),
        ("1000000", 300000, "300000 0"),  # WEFT_OK
        ("200000", 300000, "200000 3"),  # WEFT_ELIMIT
        ("300000", 300000, "300000 3"),  # both: wasmtime's standard input does not tell
    ],
)
def test_streams_of_the_host(tools, command, size, answer):
    data = (bytes(range(1, 251)) * (size // 250 + 1))[:size]
    done = limited(
        [tools.wasmtime, "run", "-S", "p3", "-W", "component-model-async", COMPONENTS / "flow-host.wasm"],
        input=command.encode() + b"\n" + data,
        stderr=None,
        text=False,
    )
    assert done.returncode == 0
    assert (done.stdout == answer.encode()) if answer else (done.stdout == data)
