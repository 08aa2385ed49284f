# Headers and sources compile without a warning on every compiler, and the archive stays freestanding.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import pytest
from paths import BIN, ROOT

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wimplicit-fallthrough", "-Werror"]
GCC = ["-Wjump-misses-init"]
CLANG = ["-Wconditional-uninitialized"]
WASM = ["--target=wasm32-wasi", "-Wno-deprecated"]  # clang calls the name of Debian's triple an old one

C_COMPILERS = {
    "gcc": ["gcc", *GCC],
    "clang": ["clang-22", *CLANG],
    "clang-wasm": ["clang-22", *WASM, *CLANG],
    "zig": [BIN / "zig", "cc", *CLANG],
    "zig-wasm": [BIN / "zig", "cc", *WASM, *CLANG],
}
CXX_COMPILERS = {
    "g++": ["g++"],
    "clang++": ["clang++-22"],
    "zig-c++": [BIN / "zig", "c++"],
    "zig-c++-wasm": [BIN / "zig", "c++", *WASM],
}

# What gcc warns of depends on what it optimises.
LEVELS = [("gcc", "-O0"), ("gcc", "-Os"), *((compiler, "-O2") for compiler in C_COMPILERS)]

PUBLIC = ROOT / "include/weft"
NO_EXCEPTIONS = {"zig-c++-wasm": ["-fno-exceptions"]}  # which its library has none of
HEADERS = sorted(str(path.relative_to(PUBLIC)) for path in [*PUBLIC.glob("*.h"), *PUBLIC.glob("wasi/*.h")])
CXX_HEADERS = sorted(str(path.relative_to(PUBLIC)) for path in [*PUBLIC.glob("*.hpp"), *PUBLIC.glob("cpp/*.hpp")])
SOURCES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "src").glob("*.c"))
SOURCES += ["src/trace_json/trace_json.c"]
TRACE = ["-DWEFT_TRACE=0", "-DWEFT_TRACE=1"]


def to_object(command):
    """The options to compile. clang has said all before it makes code; zig cc, which is clang, cannot be told so."""
    return ["-fsyntax-only"] if "clang" in str(command[0]) else ["-c"]


def compile_all(run, need, folder, command, sources, *options):
    """Compiles the sources, each by itself, in one run of the compiler; zig cc would link them."""
    need(command[0])
    sources = list(sources)
    for some in [[source] for source in sources] if "zig" in str(command[0]) else [sources]:
        for trace in TRACE:
            run([*command, trace, *options, *WARNINGS, f"-I{ROOT}/include", *to_object(command), *some], cwd=folder)


@pytest.fixture
def alone(tmp_path):
    """alone(suffix) is a source for each header, which has no other."""

    def write(suffix, headers=HEADERS):
        for header in headers:
            source = tmp_path / f"{header.replace('/', '-')}.{suffix}"
            source.write_text(f"#include <weft/{header}>\nextern int not_an_empty_file;\n")
            yield source

    return write


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_header_of_the_native_host(run, need, compiler):
    """A test of a component may be C++."""
    command = [need(CXX_COMPILERS[compiler][0]), "-std=c++17", *WARNINGS, f"-I{ROOT}/include", f"-I{ROOT}/sim"]
    run([*command, "-fsyntax-only", "-x", "c++", "-"], input="#include <weft_sim.h>\n")


@pytest.mark.parametrize("compiler", C_COMPILERS)
def test_headers_alone_c11(run, need, tmp_path, alone, compiler):
    compile_all(run, need, tmp_path, C_COMPILERS[compiler], alone("c"), "-std=c11")


@pytest.mark.parametrize("compiler", CXX_COMPILERS)
def test_headers_alone_cxx17(run, need, tmp_path, alone, compiler):
    compile_all(run, need, tmp_path, CXX_COMPILERS[compiler], alone("cc"), "-std=c++17")


@pytest.mark.parametrize("compiler", CXX_COMPILERS)
def test_headers_alone_cxx20(run, need, tmp_path, alone, compiler):
    options = ["-std=c++20", *NO_EXCEPTIONS.get(compiler, [])]
    compile_all(run, need, tmp_path, CXX_COMPILERS[compiler], alone("cc", CXX_HEADERS), *options)


@pytest.mark.parametrize("compiler, level", LEVELS)
def test_sources(run, need, tmp_path, compiler, level):
    sources = (ROOT / source for source in SOURCES)
    compile_all(run, need, tmp_path, C_COMPILERS[compiler], sources, "-std=c11", level)


@pytest.mark.parametrize("build_type", ["Debug", "Release", "MinSizeRel"])
def test_symbols(run, need, tmp_path, build_type):
    """The archive needs built-ins of the component model and memory, no more, and defines only names with our prefix."""
    nm = need("llvm-nm-22")
    run(
        ["cmake", "-S", ROOT, "-B", tmp_path, "-G", "Ninja", f"-DCMAKE_BUILD_TYPE={build_type}"]
        + [f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/toolchains/zig.cmake", "-DWEFT_EXAMPLES=OFF", "-DWEFT_LTO=OFF"]
    )
    run(["cmake", "--build", tmp_path, "--target", "weft"])

    def names(option):
        symbols = run([nm, "--format=just-symbols", option, tmp_path / "libweft.a"]).split("\n")
        return {name for name in symbols if name and not name.endswith(":")}

    defined = names("--defined-only") & names("--extern-only")
    undefined = names("--undefined-only") - defined
    assert [name for name in sorted(defined) if not name.startswith("weft_")] == ["wasip3_task_set"]
    golden = (ROOT / "tests/build/undefined.txt").read_text().splitlines()
    assert sorted(undefined) == [line for line in golden if not line.startswith("#")]


def test_context_slot(run, need, tmp_path):
    """The slot that finds a task again is the host's, or a thread-local where the libc keeps the host's for itself."""
    nm = need("llvm-nm-22")

    def names(*options):
        command = [*C_COMPILERS["zig-wasm"], "-std=c11", "-O2", f"-I{ROOT}/include", *options]
        run([*command, "-c", ROOT / "src/turn.c", "-o", tmp_path / "turn.o"])
        return run([nm, "--format=just-symbols", "--undefined-only", tmp_path / "turn.o"]).split()

    slot = {"__context_get_0", "__context_set_0"}
    assert slot <= set(names())
    threads = set(names("-D__wasm_libcall_thread_context__", "-matomics", "-mbulk-memory"))
    assert not slot & threads and "__tls_base" in threads
