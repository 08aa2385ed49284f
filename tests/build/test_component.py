# weft_add_component() at each build type: what a component imports, and what a misuse in it shows.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from limits import limited
from paths import ROOT

PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(hello C)
add_subdirectory({ROOT} weft)
weft_add_component(hello WIT {ROOT}/tests/build/hello/hello.wit WORLD hello SOURCES {ROOT}/tests/build/hello/hello.c OPTIONS)
"""
STDERR = {"wasi:io/error@0.2.12", "wasi:io/streams@0.2.12", "wasi:cli/stderr@0.2.12"}
MESSAGE = "weft: hello_misuse: "


@pytest.fixture
def hello(cmake, tmp_path):
    def build(build_type, options=""):
        (tmp_path / "CMakeLists.txt").write_text(PROJECT.replace("OPTIONS", options))
        cmake(tmp_path, tmp_path / "build", f"-DCMAKE_BUILD_TYPE={build_type}")
        return tmp_path / "build/hello.wasm"

    return build


@pytest.mark.parametrize("build_type", ["Debug", "RelWithDebInfo", "Release", "MinSizeRel", ""])
def test_build_types(hello, imports, invoke, build_type):
    component = hello(build_type)
    assert set(imports(component)) == (STDERR if build_type == "Debug" else set())
    assert invoke(component, "add(40, 2)") == (0, "42\n")

    code, output = invoke(component, "misuse()")
    assert code != 0 and "unreachable" in output
    assert (MESSAGE in output) == (build_type == "Debug")
    assert ("weft_misuse_closed" in output) == (build_type != "MinSizeRel")


def test_options(hello, imports, invoke):
    component = hello("Release", "STDERR ON STRIP all")
    assert set(imports(component)) == STDERR
    code, output = invoke(component, "misuse()")
    assert code != 0 and MESSAGE in output and "weft_misuse_closed" not in output

    component = hello("Debug", "STDERR OFF")
    assert imports(component) == []


def test_change_of_the_wit_is_built(run, cmake, tmp_path, imports):
    """A package of WASI comes along, and a changed WIT makes new bindings."""
    (tmp_path / "wit").mkdir()
    wit = tmp_path / "wit/clock.wit"
    world = "package t:t;\nworld clock {{ import wasi:clocks/types@0.3.2; import {}; export now: func() -> u64; }}\n"
    wit.write_text(world.format("wasi:clocks/monotonic-clock@0.3.2"))
    source = tmp_path / "clock.c"
    source.write_text(
        '#include "clock.h"\nuint64_t exports_clock_now(void) { return wasi_clocks_monotonic_clock_now(); }\n'
    )
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.25)\nproject(clock C)\nadd_subdirectory({ROOT} weft)\n"
        "weft_add_component(clock WIT wit WORLD clock SOURCES clock.c)\n"
    )
    cmake(tmp_path, tmp_path / "build", "-DCMAKE_BUILD_TYPE=Release")
    assert "wasi:clocks/monotonic-clock@0.3.2" in imports(tmp_path / "build/clock.wasm")

    wit.write_text(world.format("wasi:clocks/system-clock@0.3.2"))
    source.write_text(
        '#include "clock.h"\nuint64_t exports_clock_now(void) { return wasi_clocks_system_clock_get_resolution(); }\n'
    )
    run(["cmake", "--build", tmp_path / "build"])
    assert "wasi:clocks/system-clock@0.3.2" in imports(tmp_path / "build/clock.wasm")
    assert "no work to do" in run(["cmake", "--build", tmp_path / "build"])


MISTAKES = """
#include "w.h"
#include <weft/weft.h>

typedef struct { weft_coro co; weft_subtask call; uint32_t result; } task;

WEFT_ASYNC(task)
{
    WEFT_BEGIN;
    WHERE
    WEFT_RETURN_VOID(co, exports_w_run);
    WEFT_END;
}

WEFT_EXPORT(w, exports_w_run, task, (void));
"""
CALL = "w_peer(&self->result)"
WAIT = f"weft_subtask_call(co, &self->call, {CALL})"


@pytest.mark.parametrize(
    "mistake, words",
    [
        (f"{CALL};", "'nodiscard' attribute: this is the status of a call: WEFT_AWAIT(weft_subtask_call("),
        (f"{WAIT};", "ignoring return value"),
        (f"uint32_t sum = 1; WEFT_AWAIT({WAIT}); self->result += sum;", "variable 'sum' may be uninitialized"),
    ],
)
def test_mistakes_are_errors(cmake, tmp_path, mistake, words):
    """What is dropped without a wait, and a local variable across one, stop a build without options of its own."""
    source = tmp_path / "w.c"
    source.write_text(MISTAKES.replace("WHERE", f"WEFT_AWAIT({WAIT});"))
    (tmp_path / "w.wit").write_text("package t:t;\nworld w { import peer: async func() -> u32; export run: async func(); }\n")
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.25)\nproject(w C)\nadd_subdirectory({ROOT} weft)\n"
        "weft_add_component(w WIT w.wit WORLD w SOURCES w.c)\n"
    )
    cmake(tmp_path, tmp_path / "build", "-DCMAKE_BUILD_TYPE=Debug")
    source.write_text(MISTAKES.replace("WHERE", mistake))
    done = limited(["cmake", "--build", tmp_path / "build"])
    assert done.returncode != 0 and words in done.stdout, done.stdout
