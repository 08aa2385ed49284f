# The stubs of a component: they define what its bindings leave undefined, and say what they can't.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import sys

import pytest
from limits import limited
from paths import ROOT

STUBS = ROOT / "sim/stubs"
WORLDS = [
    (wit, world)
    for wit in sorted([*ROOT.glob("tests/guest/*/*.wit"), *ROOT.glob("bench/*.wit")])
    for world in re.findall(r"^world ([\w-]+)", wit.read_text(), re.M)
    if "import wasi:" not in wit.read_text() and "error-context" not in wit.read_text()
]
M32 = ["gcc", "-m32", "-malign-double", f"-I{ROOT}/sim", f"-I{ROOT}/include"]


@pytest.fixture
def stubs(m32, tools, tmp_path):
    """stubs(wit, world, source) makes the stubs of a source; the CompletedProcess."""

    def make(wit, world, source):
        command = [sys.executable, STUBS, "--wit", wit, "--world", world, "--wasm-tools", tools.wasm_tools]
        command += ["--source", source, "--output", tmp_path / "stubs.c", "--", *M32]
        return limited(command)

    return make


@pytest.fixture
def bindings(run, tools, tmp_path):
    """bindings(wit, world) is the C file of the bindings."""

    def make(wit, world):
        run([tools.wit_bindgen, "c", wit, "--world", world, "--out-dir", tmp_path])
        return tmp_path / f"{world.replace('-', '_')}.c"

    return make


@pytest.mark.parametrize("wit, world", WORLDS, ids=[f"{wit.stem}-{world}" for wit, world in WORLDS])
def test_nothing_undefined(run, stubs, bindings, tmp_path, wit, world):
    source = bindings(wit, world)
    done = stubs(wit, world, source)
    assert done.returncode == 0, done.stdout
    run([*M32, "-w", "-c", source, "-o", tmp_path / "bindings.o"])
    run([*M32, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", tmp_path / "stubs.c", "-o", tmp_path / "stubs.o"])

    def symbols(option, name):
        return set(run(["nm", "--format=just-symbols", option, tmp_path / name]).split())

    # What is left is libc's and the user's: the exports, their callbacks and destructors.
    user = re.compile(r"exports(_[a-z0-9]+)+|_GLOBAL_OFFSET_TABLE_|abort|free|memcpy|realloc|strlen")
    left = symbols("--undefined-only", "bindings.o") - symbols("--defined-only", "stubs.o")
    assert [name for name in sorted(left) if not user.fullmatch(name)] == []


IMPORT = '__attribute__((__import_module__("{}"), __import_name__("{}"))) extern {};\n'


@pytest.mark.parametrize(
    "declaration, words",
    [
        (("$root", "[thread-index]", "uint32_t index(void)"), 'index imports "[thread-index]", which the native host does not'),
        (("weft:calls/peer", "[async-lower]gone", "int32_t gone(void)"), "which is not in the world"),
        (("weft:calls/peer", "[async-lower]add", "int32_t add(int32_t, int32_t)"), "are the bindings of this WIT?"),
        (("weft:calls/peer", "[stream-new-7]keep-end", "uint64_t end(void)"), "the WIT has no such stream there"),
        (("weft:calls/peer", "[resource-drop]coin", "void drop(int32_t)"), "has no resource coin in the WIT"),
        (
            ("weft:calls/peer", "[stream-read-0]keep-end", "uint32_t read(uint32_t, void *, uint32_t)"),
            '"[stream-read-0]keep-end" of "weft:calls/peer" is declared in both forms',
        ),
        (("$root", "[waitable-join]", "void join(struct pair it)"), "is no type of a core import or export"),
    ],
)
def test_what_is_not_supported(stubs, bindings, tmp_path, declaration, words):
    wit = ROOT / "tests/guest/calls/calls.wit"
    source = tmp_path / "more.c"
    source.write_text(f'#include "{bindings(wit, "runner")}"\n' + IMPORT.format(*declaration))
    done = stubs(wit, "runner", source)
    assert done.returncode != 0
    assert done.stdout.startswith("stubs of world runner: ") and words in done.stdout
