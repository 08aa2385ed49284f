# A user's project, in a folder of its own, gets Weft in each way that docs/building.md tells, with each toolchain, and runs. The
# CMakeLists.txt, the Makefiles and the commands are those of that page and of docs/native.md.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from paths import BIN, ROOT
from users import Serving, do, shell

from tools.service import Service

USER = ROOT / "tests/build/user"
BUILDING, NATIVE = (ROOT / "docs/building.md").read_text(), (ROOT / "docs/native.md").read_text()
BLOCK = re.compile(r"```(?:cmake|make)\n([^`]*)```\n\n((?:    [^\n]+\n)+)")  # a file, and the commands below it
PROGRAM, MAKE_PROGRAM = BLOCK.findall(BUILDING.partition("## Your own program")[2].partition("## Your own component")[0])
SUBDIRECTORY, FETCHED, INSTALLED, MAKE = BLOCK.findall(BUILDING.partition("## Your own component")[2])
(MAKE_NATIVE,) = BLOCK.findall(NATIVE.partition("## Your own world")[2])
NATIVE_TEST = re.search(r"```cmake\n(if\(WEFT_NATIVE\)[^`]*)```", NATIVE)[1]
WITH_SANITIZERS = re.search(r" (-DWEFT_SANITIZE=\S*)", NATIVE)[1]
WITH_CLANG = re.search(r'`(CC="clang[^`]*)`', BUILDING)[1]
PRELOAD = re.search(r"`(LD_PRELOAD=[^`]*)`", NATIVE)[1]
INVOKE = re.search(r"\n    (wasmtime run .*--invoke .*)\n", BUILDING)[1]
WEFT_NATIVE, WEFT_SIM = re.findall(r"\n    (weft-(?:native|sim) .*)(?=\n)", NATIVE)

TOOLS = ("zig", "wit-bindgen", "wasm-tools")
COMPILERS = {"zig": str(BIN / "zig"), "clang": "clang-22", "wasi-sdk": "clang-22", "native": "gcc"}


@pytest.fixture
def project(tmp_path, need, repository, installed):
    """project(way, toolchain) makes a user's project, and returns its folder and the commands that build it."""

    def make(way, toolchain, prefix=None, file=None, addition=""):
        need(COMPILERS[toolchain])
        folder = tmp_path / "mine"
        shutil.copytree(USER, folder)
        text, commands = way[0] + addition, way[1]
        if re.search(r"\bDIR\b", text + commands) and not prefix:
            prefix = installed("install-native" if toolchain == "native" else "install")
        if file:
            commands = re.sub(r"TOOLCHAIN_FILE=\S+", f"TOOLCHAIN_FILE={file}", commands)
        places = {"path/to/weft": ROOT, "url/of/weft": repository, "DIR": prefix, "zig.cmake": f"{toolchain}.cmake"}
        for place, filling in places.items():
            text = re.sub(rf"\b{re.escape(place)}\b", str(filling), text)
            commands = re.sub(rf"\b{re.escape(place)}\b", str(filling), commands)
        (folder / ("CMakeLists.txt" if commands.startswith("    cmake") else "Makefile")).write_text(text)
        return folder, commands

    return make


@pytest.mark.parametrize("toolchain", ["zig", "clang"])
@pytest.mark.parametrize("way", [SUBDIRECTORY, FETCHED, INSTALLED], ids=["subdirectory", "fetched", "installed"])
def test_cmake(project, way, toolchain):
    fibers = (f"weft_add_component({it} SOURCES {ROOT}/examples/calc/calc.c FIBERS {it})\n" for it in ("asyncify", "threads"))
    folder, commands = project(way, toolchain, addition="".join(fibers))
    do(commands, folder)
    assert do(INVOKE, folder) == "4\n"


SAYS = 'weft.all(function() weft.sleep(0.001) io.write("wai") end, function() weft.sleep(0.002) print("ted") end)'


@pytest.mark.parametrize("toolchain, fibers", [("zig", "none"), ("zig", "asyncify"), ("zig", "threads"), ("clang", "none"), ("native", "none"), ("native", "threads")])
def test_lua(project, installed, tools, toolchain, fibers):
    """An installed weft::lua, by each way in which scripts wait, runs a script."""
    component = f"weft_add_component(script SOURCES {ROOT}/examples/lua/script.c LIBRARIES weft::lua FIBERS {fibers})\n"
    folder, commands = project(INSTALLED, toolchain, addition=component)
    do(commands, folder)
    (folder / "says.lua").write_text(SAYS)
    options = "-S p3,cli,http -W component-model-async,component-model-threading"
    run = f"{tools.wasmtime} run {options} --dir . build/script.wasm"
    if toolchain == "native":
        run = f"{installed('install-native')}/bin/weft-native run --dir . build/script.so"
    assert do(f"{run} says.lua", folder) == "waited\n"


def test_lua_without_setjmp(project):
    component = f"weft_add_component(script SOURCES {ROOT}/examples/lua/script.c LIBRARIES weft::lua)\n"
    folder, commands = project(SUBDIRECTORY, "clang", addition=component)
    code, said = shell(commands.strip().splitlines()[0], folder)
    assert code != 0 and "weft_add_component(script): this weft was made without weft::lua" in " ".join(said.split())


@pytest.mark.parametrize("toolchain", ["zig", "clang"])
def test_make(project, toolchain):
    folder, commands = project(MAKE, toolchain)
    do(f"{commands.strip()} {WITH_CLANG if toolchain == 'clang' else ''}", folder)
    assert do(INVOKE, folder) == "4\n"


def test_make_with_messages(project, imports):
    folder, commands = project(tuple(part.replace("libs weft)", "libs weft_stderr)") for part in MAKE), "zig")
    do(commands, folder)
    assert do(INVOKE, folder) == "4\n"
    assert "wasi:cli/stderr@0.2.12" in imports(folder / "build/mine.wasm")


@pytest.mark.parametrize("toolchain", ["zig", "clang"])
@pytest.mark.parametrize("way", [PROGRAM, MAKE_PROGRAM], ids=["subdirectory", "make"])
def test_program(project, tools, way, toolchain):
    """A program without a WIT."""
    folder, commands = project(way, toolchain)
    shutil.copy(ROOT / "examples/hello/hello.c", folder)
    do(f"{commands.strip()} {WITH_CLANG if toolchain == 'clang' and way == MAKE_PROGRAM else ''}", folder)
    with Service(tools.wasmtime, folder / "build/hello.wasm") as service:
        assert do(f"curl -s http://127.0.0.1:{service.port}/", folder) == "hello\n"


def test_wasi_sdk(project, wasi_sdk):
    folder, commands = project(INSTALLED, "wasi-sdk", file=wasi_sdk)
    do(commands, folder)
    assert do(INVOKE, folder) == "4\n"


def test_what_clang_made_links_with_zig(project, need, tmp_path):
    need("clang-22")
    build, prefix = tmp_path / "weft", tmp_path / "prefix"
    do(f"cmake --preset install -B {build} -DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/toolchains/clang.cmake", ROOT)
    do(f"cmake --build {build}; cmake --install {build} --prefix {prefix}", ROOT)
    folder, commands = project(INSTALLED, "zig", prefix)
    do(commands, folder)
    assert do(INVOKE, folder) == "4\n"


@pytest.mark.parametrize("way", [SUBDIRECTORY, FETCHED, INSTALLED], ids=["subdirectory", "fetched", "installed"])
def test_native(project, installed, way):
    """The host runs the component, alone and in a test, and programs without a WIT; sanitizers see what the user's own code does."""
    programs = "".join(f"weft_add_component({name} SOURCES {ROOT}/examples/{name}/{name}.c)\n" for name in ("cat", "hello"))
    programs += f"weft_add_component(calc SOURCES {ROOT}/examples/calc/calc.c FIBERS asyncify)\n"
    folder, commands = project(way, "native", addition=NATIVE_TEST + programs)
    configure, build = commands.strip().splitlines()
    do(f"{configure} {WITH_SANITIZERS}; {build}", folder)
    prefix = "PATH=build/weft/sim:$PATH"
    if way == INSTALLED:
        prefix = f"PATH={installed('install-native')}/bin:$PATH {PRELOAD}"
    calls = ["build/mine-test", f"{prefix} {WEFT_NATIVE}", f"{prefix} {WEFT_SIM}"]
    assert [do(call, folder) for call in calls] == ["4\n"] * 3
    assert do(f"echo words | {prefix} weft-native run build/cat.so", folder) == "words\n"
    with Serving(f"{prefix} exec weft-native serve build/hello.so", folder) as service:
        assert service.asked("curl -s http://127.0.0.1:8080/") == "hello\n"
        assert service.ends(signal.SIGINT)[0] == 0

    source = (folder / "main.c").read_text()
    broken = source.replace("i < self->text.len", "i <= self->text.len")
    assert broken != source
    (folder / "main.c").write_text(broken)
    do(build, folder)
    for call in calls:
        code, said = shell(call, folder)
        assert code != 0 and "AddressSanitizer: heap-buffer-overflow" in said and "letters__body" in said, said


def test_make_native(project, installed):
    folder, commands = project(MAKE_NATIVE, "native")
    do(commands, folder)
    prefix = installed("install-native")
    for call in WEFT_NATIVE, WEFT_SIM:
        assert do(f"PATH={prefix}/bin:$PATH {call}", folder) == "4\n"
    flags = f"$(PKG_CONFIG_PATH={prefix}/lib/weft/native/pkgconfig pkg-config --cflags --libs weft_world)"
    do(f"gcc test.c build/mine.so {flags} -Wl,-rpath,build -rdynamic -o build/mine-test", folder)
    assert do("build/mine-test", folder) == "4\n"


def test_one_prefix_holds_both(installed):
    assert installed("install") == installed("install-native")
    prefix = installed("install")
    assert (prefix / "share/doc/weft/LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    for platform, names in (
        ("wasm32", {"weft", "weft_stderr", "weft_no_heap", "weft_cxx", "weft_wasi", "weft_fiber_threads", "weft_libc"}),
        ("native", {"weft", "weft_sim", "weft_wasi", "weft_world", "weft_fiber_native", "weft_libc"}),
    ):
        packages = prefix / f"lib/weft/{platform}/pkgconfig"
        assert {path.stem for path in packages.iterdir()} == names
        for name in names:
            flags = do(f"pkg-config --libs {name}", prefix, PKG_CONFIG_PATH=str(packages)).split()
            files = [prefix / f"lib/weft/{platform}/lib{flag[2:]}.a" for flag in flags if flag.startswith("-lweft")]  # of others, wasi-libc's
            files += [Path(flag) for flag in flags if flag.startswith("/")]
            assert files and all(path.is_file() for path in files), flags


def test_not_installed_for_native(project, installed, tmp_path):
    prefix = shutil.copytree(
        installed("install"), tmp_path / "prefix", symlinks=True, ignore=shutil.ignore_patterns("weft-native*")
    )
    folder, commands = project(INSTALLED, "native", prefix)
    code, said = shell(commands, folder)
    assert code != 0 and "run `make install-native`" in said


def test_clone_with_tools_in_path(repository, tmp_path):
    """What the set-up brings beside the tools is found by them: the parser of HTTP, and zlib."""
    do(f"git clone -q {repository} weft", tmp_path)
    do("cmake -S weft -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DWEFT_EXAMPLES=ON -DCMAKE_TOOLCHAIN_FILE=cmake/toolchains/native.cmake", tmp_path)


@pytest.mark.parametrize("has, lacks", [([], "zig"), (["zig"], "wit-bindgen")])
def test_fetched_without_tools(project, tmp_path, has, lacks):
    """One command is what it says: the set-up of what was fetched."""
    folder, commands = project(FETCHED, "zig")
    path = tmp_path / "bin"
    path.mkdir()
    for name in has:
        (path / name).symlink_to(BIN / name)
    others = [part for part in os.environ["PATH"].split(":") if not any(shutil.which(name, path=part) for name in TOOLS)]
    code, said = shell(commands, folder, PATH=":".join([str(path), *others]))
    said = " ".join(said.split())
    assert code != 0 and f"weft: The {lacks} executable was not found" in said
    assert f"run `python3 {folder}/build/_deps/weft-src/tools/setup.py`" in said
