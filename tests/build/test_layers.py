# The layers of src/: a file calls its own layer and lower ones. What a lower one calls of a higher is weak, and stands in
# src/upcalls.h.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import subprocess

from build.test_compile import WARNINGS
from paths import ROOT

# Lowest first, as in docs/architecture.md.
LAYERS = [
    {"memory", "report", "misuse", "text", "error", "version"},
    {"pool", "wake", "coro"},
    {"op", "subtask", "owned", "future", "gone"},
    {"unwind", "turn", "task", "blocking", "limit", "cancel", "cancel_call"},
    {"scope", "sync", "once", "local", "select", "time", "rate", "flow", "lines"},
    {"wasip3_task", "embedded"},
    {"inspect", "dump", "trace", "trace_hooks", "frames", "watch"},
]
MARKERS = {"weft__turns"}  # data: it links a file that nothing calls by name


def symbols(need, tmp_path):
    """For each file of src/ what it defines, and what it refers to strongly."""
    sources = sorted((ROOT / "src").glob("*.c"))
    flags = ["-std=c11", "-m32", "-O2", *WARNINGS, f"-I{ROOT}/include", "-c"]
    subprocess.run([need("gcc"), *flags, *sources], cwd=tmp_path, check=True)
    defines, defaults, refers = {}, {}, {}
    for source in sources:
        said = subprocess.run(["nm", f"{source.stem}.o"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
        found = re.findall(r"^[0-9a-f ]* ([A-Za-z]) (\w+)$", said, re.M)
        for kind, name in found:
            if kind in "TDBR":
                defines[name] = source.stem
            elif kind == "W":  # what a caller is content with; a file above may take its place
                defaults[name] = source.stem
        refers[source.stem] = {name for kind, name in found if kind == "U"} - MARKERS
    return defines | defaults, refers


def test_nothing_calls_upwards(need, tmp_path):
    defines, refers = symbols(need, tmp_path)
    level = {name: at for at, layer in enumerate(LAYERS) for name in layer}
    assert set(level) == set(refers)
    upwards = [
        f"{file} ({name}) -> {defines[name]}"
        for file, names in sorted(refers.items())
        for name in sorted(names)
        if name in defines and level[defines[name]] > level[file]
    ]
    assert upwards == []


def test_no_circle(need, tmp_path):
    defines, refers = symbols(need, tmp_path)
    below = {file: {defines[name] for name in names if name in defines} - {file} for file, names in refers.items()}
    while free := {file for file, others in below.items() if not others & set(below)}:
        below = {file: others for file, others in below.items() if file not in free}
    assert below == {}


def names_in(folder, pattern, *left_out):
    files = [path for path in (ROOT / folder).rglob("*.[ch]") if not set(left_out) & set(path.parts)]
    return {path.relative_to(ROOT).as_posix(): found for path in files if (found := re.findall(pattern, path.read_text()))}


def test_who_asks_for_a_cancel_can_wait_for_it(need, tmp_path):
    """Also if it uses nothing but the lines of cancel.h for streams and futures."""
    symbols(need, tmp_path)
    (tmp_path / "cancel_call.o").unlink()
    subprocess.run("ar rc all.a *.o && ld -m elf_i386 -r -u weft__op_request_cancel all.a -o asks", shell=True, cwd=tmp_path, check=True)
    said = subprocess.run(["nm", "asks"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert re.search(r" [TW] weft__cancel_outcome$", said, re.M)


def test_public_headers_have_few_private_names():
    """What a user opens has no private name but what C forces on it."""
    found = names_in("include", r"\b(?:weft|WEFT)__\w+", "detail")
    assert len(set().union(*found.values())) <= 40


def test_tasks_stand_on_public_names():
    """But the private macros that weft.hpp and wasi.hpp have themselves."""
    text = "".join(path.read_text() for path in (ROOT / "include").rglob("*.hpp"))
    own = set(re.findall(r"^#define (WEFT__\w+)", text, re.M))
    assert set(re.findall(r"\b(?:weft|WEFT)__\w+", text)) - own == set()


def test_one_file_makes_symbols_weak():
    assert list(names_in("include", r"pragma weak|\(\(weak")) == ["include/weft/detail/weak.h"]
    assert names_in("src", r"pragma weak|\(\(weak") == {}


def test_no_assembler():
    """But to spoil the stack, whose stores nobody sees, and for other names of what the C++ library calls and libc has."""
    assert list(names_in("include", "__asm__")) == ["include/weft/detail/missing.h"]
    assert set(names_in("src", "__asm__")) == {"src/frames.c", "src/cxx/cxx.c"}


def test_structs_that_have_another_layout(need, tmp_path):
    """In the native world no struct of libc can be named that -malign-double lays out otherwise than libc has it."""
    command = [need("gcc"), "-m32", "-malign-double", "-D_GNU_SOURCE", f"-I{ROOT}/sim", "-fsyntax-only"]
    for struct, is_fine in {"statx": True, "timespec": True, "stat": False, "flock": False, "stat64": False}.items():
        (tmp_path / "it.c").write_text(f'#include "world/internal.h"\nstruct {struct} it;\n')
        said = subprocess.run([*command, tmp_path / "it.c"], capture_output=True, text=True).stderr
        assert ("poisoned" in said) != is_fine, said
