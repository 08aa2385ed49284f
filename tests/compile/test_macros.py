# Every public macro compiles without a warning, as C11 and as C++, on every compiler.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re

import pytest
from build.test_compile import C_COMPILERS, CXX_COMPILERS, LEVELS, NO_EXCEPTIONS, TRACE, WARNINGS, to_object
from limits import limited
from paths import ROOT

HERE = ROOT / "tests/compile"
SOURCES = ["ends.c", "fibers.c", "lua.c", "together.c", "typed.c", "wasi.c", "wasi_net.c"]

# What a user's project may warn of besides: the code that Weft's macros make is clean.
MORE_WARNINGS = [*WARNINGS, "-Wshadow"]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("checks", ["-DWEFT_CHECKS=1", "-DWEFT_CHECKS=0"])
@pytest.mark.parametrize("compiler, level", LEVELS)
def test_macros(run, need, tmp_path, compiler, checks, level, source):
    command = C_COMPILERS[compiler]
    need(command[0])
    flags = ["-std=c11", level, checks, *MORE_WARNINGS, "-Wnested-externs", f"-I{ROOT}/include", *to_object(command), HERE / source]
    run([*command, *flags, "-o", tmp_path / "macros.o"])


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("standard", ["-std=c++17", "-std=c++20"])
@pytest.mark.parametrize("compiler", CXX_COMPILERS)
def test_macros_cxx(run, need, tmp_path, compiler, standard, source):
    command = CXX_COMPILERS[compiler]
    need(command[0])
    for trace in TRACE:
        flags = [standard, "-O2", trace, *MORE_WARNINGS, f"-I{ROOT}/include", *to_object(command), "-x", "c++", HERE / source]
        run([*command, *flags, "-o", tmp_path / "macros.o"])


@pytest.mark.parametrize("compiler", CXX_COMPILERS)
def test_tasks(run, need, tmp_path, compiler):
    command = CXX_COMPILERS[compiler]
    need(command[0])
    for trace in TRACE:
        flags = ["-std=c++20", "-O2", trace, *MORE_WARNINGS, *NO_EXCEPTIONS.get(compiler, []), f"-I{ROOT}/include"]
        run([*command, *flags, *to_object(command), HERE / "cxx.cpp", "-o", tmp_path / "tasks.o"])


EXPORT = "weft_step run; WEFT_EXPORT_STEP(w, exports_double, root, run, (uint32_t n), (void)n);"
ASYNC = "struct frame { weft_coro co; uint8_t n; }; WEFT_ASYNC(frame) { WEFT_BEGIN; WEFT_END; }"
CXX_GUARDS = {
    "the frame is no frame: give a pointer to one": f"{ASYNC} void f(weft_coro *it); void f(weft_coro *it) {{ WEFT_BLOCK_ON(frame, it); }}",
    "no member named": f"{ASYNC} WEFT_EXPORT(w, exports_double, frame, (uint32_t n), .y = n);",
    "weft_coro__WEFT_ASYNC_is_missing_above": "void f(weft_coro *it); void f(weft_coro *it) { WEFT_BLOCK_ON(weft_coro, it); }",
    "more than 16 fields are to be set": f"{ASYNC} WEFT_EXPORT(w, exports_double, frame, (uint32_t){', .n = 1' * 17});",
    "not the payload type of w_stream_u32_read: take that of its pointer, or the macro of its kind": "WEFT_STREAM(words, w_stream_u32, int32_t);",
    "words is no stream of bytes: WEFT_LINES takes one of uint8_t, int8_t or char": "WEFT_STREAM(words, w_stream_u32, uint32_t); WEFT_LINES(words);",
    "the first member of a frame is `weft_coro co`": f"struct root {{ int n; weft_coro co; }}; {EXPORT}",
    "a frame is plain data, as nobody constructs its members: point to other data": f"struct text {{ ~text(); }}; struct root {{ weft_coro co; text n; }}; {EXPORT}",
}


@pytest.mark.parametrize("words", CXX_GUARDS)
@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_guards_cxx(need, compiler, words):
    """What C++ is told of in other ways than C."""
    command = CXX_COMPILERS[compiler]
    flags = ["-std=c++17", f"-I{ROOT}/include", f"-I{HERE}", "-fsyntax-only", "-x", "c++", "-"]
    source = f'#include "bindings.h"\n#include <weft/weft.h>\n{CXX_GUARDS[words]}\n'
    done = limited([need(command[0]), *flags], input=source)
    assert done.returncode != 0 and words in done.stdout.replace("‘", "`").replace("’", "`"), done.stdout


NUMBER = "static weft::task<int> number() { co_return 1; }"
TASK_GUARDS = {
    "await the task, or start it in a scope": f"{NUMBER} void f(); void f() {{ number(); }}",
    "the frame of a task begins with `weft_coro co; weft_cxx cxx;`": "struct it { weft_coro co; int n; weft_cxx cxx; }; WEFT_TASK(it) { co_return; }",
    "a frame is plain data": "struct text { ~text(); }; struct it { weft_coro co; weft_cxx cxx; text t; }; WEFT_TASK(it) { co_return; }",
    "await_transform": f"struct no {{}}; {NUMBER} weft::task<> f(); weft::task<> f() {{ co_await no(); }}",
}


@pytest.mark.parametrize("words", TASK_GUARDS)
@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_guards_of_tasks(need, compiler, words):
    flags = ["-std=c++20", "-Werror", f"-I{ROOT}/include", "-fsyntax-only", "-x", "c++", "-"]
    source = f"#include <weft/weft.hpp>\n{TASK_GUARDS[words]}\n"
    done = limited([need(CXX_COMPILERS[compiler][0]), *flags], input=source)
    assert done.returncode != 0 and words in done.stdout.replace("‘", "`").replace("’", "`"), done.stdout


def test_no_exceptions_on_wasm(need):
    command = CXX_COMPILERS["zig-c++-wasm"]
    done = limited([*command, "-std=c++20", f"-I{ROOT}/include", "-c", HERE / "cxx.cpp", "-o", "/dev/null"])
    assert done.returncode != 0 and "the C++ library for WebAssembly has no exceptions: compile with -fno-exceptions" in done.stdout


def test_tasks_are_complete():
    """Each public macro and class of C++ is used there."""
    used = (HERE / "cxx.cpp").read_text()
    code = "".join(re.sub(r"//.*", "", path.read_text()) for path in [*ROOT.glob("include/weft/*.hpp"), *ROOT.glob("include/weft/cpp/*.hpp")])
    macros = set(re.findall(r"^#define (WEFT_[A-Z]\w*)\(", code, re.M))
    names = set(re.findall(r"^(?:template <.*> )?(?:class (?:\[\[.*\]\] )?|using )(\w+)(?: [:=].*)?$", code, re.M))
    assert len(macros) > 5 and len(names) > 15
    made = {"ok_of", "ok_code", "failure", "attempt_of", "memory", "movable"}  # by functions, and bases
    missing = [name for name in sorted(macros | names - made) if not re.search(rf"\b{name}\b", used)]
    assert missing == []


def test_macros_are_complete():
    """Each public name of the headers that is a macro with parameters, or a function, is used in one of the sources."""
    used = "".join((HERE / source).read_text() for source in SOURCES)
    headers = "".join(path.read_text() for path in (ROOT / "include/weft").rglob("*.h"))
    code = re.sub(r"//.*", "", headers)
    macros = re.findall(r"^#define (weft_[a-z]\w*|WEFT_[A-Z]\w*)\(", code, re.M)
    declaration = r"^(?:static inline )?(?!typedef)[a-z][\w ]*[ *](weft_[a-z]\w*)\([^;{]*\)(?: __attribute__.*)?;?$"
    functions = re.findall(declaration, code, re.M)
    private = {"weft_alloc", "weft_free", "weft_report"}  # hooks: the user's to define
    private |= {"weft_task_new", "weft_task_start", "weft_task_callback"}  # the macros of exports call them
    private |= {name for name in functions if name.startswith("weft_misuse_")}
    assert len(macros) > 20 and len(functions) > 10
    missing = [name for name in sorted({*macros, *functions} - private) if not re.search(rf"\b{name}\b", used)]
    assert missing == []
