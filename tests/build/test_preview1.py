# What a component cannot have of libc stops the build in words: which function, who calls it, and what to use instead.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import json
import subprocess
import sys

import pytest
from build.test_compile import C_COMPILERS
from paths import ROOT

ROWS = json.loads((ROOT / "cmake/preview1.json").read_text())
REACTOR = ["-g", "-w", "-mexec-model=reactor", "-fno-stack-protector", "-fsanitize-trap=undefined"]

# A call of a kind, as a function of the user's makes it.
CALLS = {
    "printf": ("stdio.h", 'printf("%d\\n", x)'),
    "puts": ("stdio.h", 'puts("text")'),
    "fputs": ("stdio.h", 'fputs("text", stderr)'),
    "perror": ("stdio.h", 'perror("text")'),
    "assert": ("assert.h", "assert(x)"),
    "getchar": ("stdio.h", "x = getchar()"),
    "read": ("unistd.h", "x = read(0, text, 9)"),
    "getenv": ("stdlib.h", 'x = *getenv("HOME")'),
    "time": ("time.h", "x = time(0)"),
    "clock_gettime": ("time.h", "struct timespec now; clock_gettime(CLOCK_MONOTONIC, &now); x = now.tv_nsec"),
    "usleep": ("unistd.h", "usleep(x)"),
    "fopen": ("stdio.h", 'x = (int)fopen("name", "r")'),
    "stat": ("sys/stat.h", 'struct stat it; x = stat("name", &it)'),
    "exit": ("stdlib.h", "exit(x)"),
    "getentropy": ("unistd.h", "x = getentropy(text, 9)"),
    "recv": ("sys/socket.h", "x = recv(x, text, 9, 0)"),
    "sched_yield": ("sched.h", "sched_yield()"),
}
SOURCE = """
#define _GNU_SOURCE
#include <{header}>
int x;
char text[9];
static __attribute__((noinline)) void work(void)
{{
    {call};
}}
__attribute__((export_name("f"))) void f(void)
{{
    work();
}}
"""


@pytest.fixture
def component(tools, need, run, tmp_path):
    """component(compiler, header, call, ...) is what component.py says of a module with that call."""

    def make(compiler, header, call, *options):
        need(C_COMPILERS[compiler][0])
        (tmp_path / "main.c").write_text(SOURCE.format(header=header, call=call))
        run([*C_COMPILERS[compiler], *REACTOR, tmp_path / "main.c", *options, "-o", tmp_path / "core.wasm"])
        command = [sys.executable, ROOT / "cmake/component.py", "--wasm-tools", tools.wasm_tools, tmp_path / "core.wasm"]
        done = subprocess.run([*map(str, command), str(tmp_path / "it.wasm")], text=True, capture_output=True)
        assert (done.returncode == 0) == (done.stderr == "")
        return done.stderr

    return make


@pytest.mark.parametrize("compiler", ["zig-wasm", "clang-wasm"])
@pytest.mark.parametrize("function", CALLS)
def test_call(component, compiler, function):
    (row,) = [row for row in ROWS if function in (row.get("shown"), *row["functions"])]
    said = component(compiler, *CALLS[function])
    assert said.splitlines() == [
        "weft: it cannot be a component: its libc asks for WASI preview 1, which the world of a component has not:",
        f"  {function}, called by work (main.c:8)",
        f"    instead: {row['instead']}",
        "  or, where plain C is to wait as it is: weft_add_component(... LIBC), or LIBRARIES weft::libc; see docs/libc.md",
    ]


def test_a_name_of_libcs(component):
    """A static function of the user's own may have the name of one of libc's."""
    link = "static __attribute__((noinline)) int link(int a) { return a * x; }"
    said = component("zig-wasm", f"stdio.h>\nextern int x;\n{link}\n#include <stddef.h", 'x = link(x); puts("text")')
    assert "puts, called by work" in said and "link" not in said, said


def test_snprintf(component):
    """Only Debian's libc asks for what it could print, and not with the library that it names."""
    call = ("stdio.h", 'snprintf(text, 9, "%d", x)')
    assert component("zig-wasm", *call) == ""
    assert component("clang-wasm", *call, "-lc-printscan-long-double") == ""
    said = component("clang-wasm", *call)
    assert "  snprintf, called by work (main.c:8)\n    instead: this libc complains" in said, said


def test_without_names(component):
    """Of a module that tells no names, the imports are left to be told."""
    said = component("clang-wasm", "stdio.h", 'puts("text")', "-Wl,--strip-all")
    assert "WASI preview 1" in said and "  fd_write, called by " in said, said


def test_no_row_is_idle():
    kinds = {name for row in ROWS for name in (row.get("shown"), *row["functions"])}
    tried = {row["instead"] for row in ROWS for name in CALLS if name in (row.get("shown"), *row["functions"])}
    untried = [row["functions"] for row in ROWS if row["instead"] not in tried]
    assert set(CALLS) <= kinds
    assert [functions[0] for functions in untried] == ["snprintf", "__init_ssp"]


def test_in_a_build(tools, tmp_path):
    """weft_add_component says it when the component is linked."""
    (tmp_path / "hello.wit").write_text("package t:t;\nworld hello { export greet: func(); }\n")
    (tmp_path / "main.c").write_text(
        '#include "hello.h"\n#include <stdio.h>\nvoid exports_hello_greet(void)\n{\n    puts("hello");\n}\n'
    )
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.25)\nproject(hello C)\nadd_subdirectory({ROOT} weft)\n"
        "weft_add_component(hello WIT hello.wit WORLD hello SOURCES main.c)\n"
    )
    toolchain = ROOT / "cmake/toolchains/zig.cmake"
    build = tmp_path / "build"
    options = ["-G", "Ninja", f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", "-DCMAKE_BUILD_TYPE=Debug"]
    subprocess.run(["cmake", "-S", tmp_path, "-B", build, *options], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["cmake", "--build", build], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode != 0 and "  puts, called by exports_hello_greet (main.c:5)\n" in done.stdout, done.stdout
