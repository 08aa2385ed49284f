# Values: sim/values.c and sim/tool/wave_*.c by themselves, a test a process; and what weft-sim reads and prints as wasmtime does.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import subprocess

import pytest
from limits import limited
from paths import ROOT

TESTS = [
    (part, test)
    for part in ("values", "wave")
    for test in re.findall(r'\{"(\w+)", \w+\}', (ROOT / f"tests/native/{part}.c").read_text().split("} tests[] = {")[1])
]


@pytest.mark.parametrize("part, test", TESTS)
def test_by_itself(run, build, part, test):
    run([build / f"tests/native/{part}-test", test])


TYPES = re.findall(r"^    TEST\((\w+)\)", (ROOT / "tests/native/types/runner.c").read_text(), re.M)


@pytest.mark.parametrize("test", TYPES)
def test_types(run, build, test):
    sides = [build / f"tests/native/types/types-{side}.so" for side in ("runner", "callee")]
    assert run([build / "sim/weft-sim", *sides, "--", f'run("{test}")']) == "ok\n"


NUMBERS = "{a: 1, b: -2, c: 3, d: -4, e: 5, f: -6, g: 7, h: -8, i: 0.5, j: -1e-7, k: '\\u{20ac}', l: true}"

# Calls of functions that return what they are given.
CALLS = [
    "all(255, -128, 65535, -32768, 4294967295, -2147483648, 18446744073709551615, -9223372036854775808, 0.1, 1e21, '\"', false)",
    "all(0, 0, 0, 0, 0, 0, 0, 0, nan, -inf, '\\n', true)",
    "all(0, 0, 0, 0, 0, 0, 0, 0, 0.000244140625, 5.684341886080802e-14, 'x', true)",
    "weft:types/peer.all(0, 0, 0, 0, 0, 0, 0, 0, 3.4028235e38, 5e-324, '\u00f6', true)",
    f'many({NUMBERS}, "it\'s \\u{{0}} \\"quoted\\" \\\\ \U0001f9f5", [1, 2, 3,], 4)',
    f'many({NUMBERS}, """\n  one\n   two\n  """, [], 4) // the end',
    "shapes(nothing, i(-1))",
    "shapes(f(1.5), d(16777217))",
    'shapes(l(1), t("t"))',
    "narrow-down(f(0.30000001))",
    'nested([[some("a"), none, "b"], [], [some("")]])',
    "later({color: green, few: {c, a}, more: {f16, f0}, outcome: ok([1, 2])})",
    "later({outcome: err({}), more: {}, few: {b}, %color: blue})",
    "later({color: red, few: {}, more: {}, outcome: [3]})",
    "hand([])",
]

# And what is no call: the function, the values, or how they are written.
NO_CALLS = [
    "nothing()",
    "look(1)",
    "narrow-down",
    "narrow-down(i(1)) more",
    "narrow-down(i(1)",
    "narrow-down()",
    "narrow-down(i(1), i(1))",
    "narrow-down(i)",
    "narrow-down(i(-1))",
    "narrow-down(i(4294967296))",
    "narrow-down(i(1.5))",
    "narrow-down(g(1))",
    "shapes(nothing(1), nothing)",
    "shapes(t(x), nothing)",
    "nested([[some(1)]])",
    "later({color: green, few: {c, a}, more: {f16, f0}})",
    "later({color: pink, few: {}, more: {}, outcome: ok([])})",
    "later({color: red, few: {d}, more: {}, outcome: ok([])})",
]


@pytest.fixture(scope="session")
def invoke(tools, tmp_path_factory):
    """What wasmtime prints when it invokes that, or None if it does not."""
    wasm = ROOT / "build/debug/tests/native/types/types-callee.wasm"
    if not wasm.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("not built: run `make test`")
    compiled = tmp_path_factory.mktemp("types") / "types.cwasm"
    subprocess.run([tools.wasmtime, "compile", wasm, "-o", compiled], check=True)

    def check(call):
        command = [tools.wasmtime, "run", "--allow-precompiled", "--invoke", call, compiled]
        done = limited(command, stderr=subprocess.PIPE)
        return done.stdout if done.returncode == 0 else None

    return check


def native(build, call):
    command = [build / "sim/weft-sim", build / "tests/native/types/types-callee.so", "--", call]
    return limited(command, stderr=subprocess.PIPE)


@pytest.mark.parametrize("call", CALLS)
def test_prints_as_wasmtime(invoke, build, call):
    assert native(build, call).stdout == invoke(call)


@pytest.mark.parametrize("call", NO_CALLS)
def test_refuses_as_wasmtime(invoke, build, call):
    assert invoke(call) is None
    done = native(build, call)
    assert done.returncode == 1 and done.stderr.startswith(f"weft-sim: {call}: "), done.stderr


ADD, BLOCK = "add(40, 2)", "block()"


def test_calls_after_calls(build):
    """Each call goes to the same instance, after the one before; what is left then is told."""
    command = [build / "sim/weft-sim", build / "tests/guest/calls-weft-callee.so", "--"]
    done = limited([*command, ADD, "add-later(1, 2)", BLOCK, "unblock()"])
    assert (done.returncode, done.stdout) == (0, "42\n3\n()\n()\n")
    done = limited([*command, ADD, BLOCK], stderr=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (5, "42\n()\n")
    assert done.stderr == "weft-sim: these are left:\ninstance 1 (callee): backpressure is 1\n"


def test_usage(run, build):
    usage = run([build / "sim/weft-sim", "--help"])
    assert usage.startswith("usage: weft-sim ")
    done = limited([build / "sim/weft-sim"], stderr=subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", usage)
    # The page names the same options.
    page = (ROOT / "docs/sim.md").read_text()
    assert set(re.findall(r"--[a-z-]+", page.split("\n## weft-sim\n")[1].split("\n## ")[0])) >= set(re.findall(r"--[a-z-]+", usage)) - {"--invoke"}
