# docs/native.md, from its top: a user's project in a folder outside of Weft has the page's files, and runs its commands, which
# say what it shows. tests/build/test_users.py has the blocks of "Your own world".
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import shutil
import signal
import subprocess
import time

import pytest
from paths import BIN, ROOT
from users import Serving, do, shell

pytestmark = pytest.mark.xdist_group("native-page")  # one project for all

SECTIONS = dict(re.findall(r"^## (.+)\n((?:.*\n)*?)(?=## |\Z)", (ROOT / "docs/native.md").read_text(), re.M))
BLOCK = re.compile(r"^```\w+\n((?:.*\n)*?)```$|((?:^    .+\n)+)", re.M)  # of a fence, or of commands


def blocks(section):
    return [fenced or commands for fenced, commands in BLOCK.findall(SECTIONS.pop(section))]


GREET, DECODE, CMAKE, START = blocks("Your service")
(RUN,) = blocks("Run it")
SERVE, ASK = blocks("Serve it")
GDB, IN_GDB = blocks("Stop in it")
REPORT, MENDED = blocks("Sanitizers")
(SPOILT,) = blocks("What only a native host can")
FAST, RECORD, ASK_MUCH, TOP, VALGRIND = blocks("Where time goes")
FUZZ, FUZZ_CMAKE, FUZZING, FOUND = blocks("Fuzz")
assert len(blocks("Your own world")) == 4
PEER, ECHO, ECHO_GDB, IN_ECHO = blocks("A world all by script")


def test_no_other_blocks():
    assert not [section for section, text in SECTIONS.items() if BLOCK.search(text)]


def shows(block, said):
    """Each line of it was said, in this order, with anything for `...`; but for what is typed."""
    at = 0
    for line in block.splitlines():
        if not line.startswith("(gdb) "):
            pattern = re.escape(line.strip()).replace(re.escape("..."), ".*")
            found = re.compile(pattern).search(said, at)
            assert found, f"does not say `{line.strip()}`:\n{said}"
            at = found.end()


def typed(block):
    """Options of gdb for what a block has behind its prompts."""
    return " ".join(f"-ex '{command}'" for command in re.findall(r"^\(gdb\) (.*)", block, re.M))


@pytest.fixture(scope="session")
def folder(tmp_path_factory, repository, need):
    """The project as "Your service" builds it."""
    need("gcc")
    folder = tmp_path_factory.mktemp("mine")
    setup = "make -C weft setup"
    assert setup in START
    start = START.replace("url/of/weft", repository).replace(setup, f"ln -s {ROOT}/.tools weft/.tools")
    programs = f"weft_add_component(libc SOURCES {ROOT}/tests/build/user/libc.c)\n"
    for name, text in {"greet.c": GREET, "decode.c": DECODE, "CMakeLists.txt": CMAKE + FUZZ_CMAKE + programs, "fuzz.c": FUZZ}.items():
        (folder / name).write_text(text)
    do(start, folder)
    return folder


@pytest.fixture(scope="session")
def fast(folder):
    do(FAST, folder)
    return folder


def test_few_lines_to_a_breakpoint():
    assert len(START.splitlines()) == 5 and len((START + GDB + ASK).splitlines()) == 9


def test_run(folder):
    assert do(RUN, folder) == "hello\n"


def test_gdb(folder, need):
    need("gdb")
    command = GDB.replace("gdb ", "gdb -batch ", 1).replace("-ex run", f"-ex run {typed(IN_GDB)} -ex kill")
    assert "-batch" in command and typed(IN_GDB) in command
    with Serving(command, folder) as service:
        service.asked(ASK)
        shows(IN_GDB, service.ends()[1])


def test_serve_and_sanitizers(folder):
    with Serving(SERVE, folder) as service:
        assert service.asked(ASK).endswith("Ann Lee")
        code, said = service.ends()
        assert code != 0
        shows(REPORT, said)
    first, last = MENDED.splitlines()[0], MENDED.splitlines()[-1]
    mended = GREET[: GREET.index("    free(")] + MENDED + GREET[GREET.index(last) + len(last) + 1 :]
    assert GREET.count(first) == GREET.count("    free(") == 1
    (folder / "greet.c").write_text(mended)
    do("cmake --build build --target greet", folder)
    with Serving(f"exec {SERVE.strip()}", folder) as service:
        assert service.asked(ASK).endswith("Ann Lee")
        code, said = service.ends(signal.SIGINT)
        assert code == 0 and said.endswith("/\ngreeted Ann Lee\n"), said

    command, asks = SPOILT.splitlines()
    with Serving(f"exec {command.strip()}", folder) as service:
        answers = service.asked(asks.replace("curl", "curl -s -w '%{http_code};'"))
        assert "200;" in answers and "500;" in answers and answers.count(";") == 20
        code, said = service.ends(signal.SIGINT)
        assert code == 0 and "ERROR" not in said and "trap" not in said, said


def test_perf(fast):
    """Where the kernel lets a process be looked at."""
    if not shutil.which("perf") or shell("perf record -o /dev/null true", fast)[0]:
        pytest.skip("perf is not installed, or may not record")
    with Serving(RECORD, fast) as service:
        service.asked(ASK_MUCH)
        service.ends(signal.SIGINT)
    said = do(TOP, fast)
    assert re.search(r"greet\.so +\[\.\] decode", said) and "weft-native  libc.so.6" in said, said


def test_valgrind(fast):
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    code, said = shell(VALGRIND, fast)
    if "Fatal error at startup" in said:
        pytest.skip("valgrind lacks the symbols of the 32-bit libc: libc6-dbg:i386")
    assert (code, said) == (0, (fast / "greet.c").read_text())


def test_fuzz(folder, need):
    need("clang-22")
    code, said = shell(FUZZING, folder)
    assert code != 0
    shows(FOUND, said)
    (found,) = folder.glob("crash-*")
    assert "heap-buffer-overflow" in shell(f"fuzzed/fuzz {found}", folder)[1]


def test_echo(folder, need):
    """The example's native test, alone and in gdb."""
    assert PEER.strip() in (ROOT / "examples/echo/native/peer.c").read_text()
    do(ECHO, folder)
    *_, all_cases, one = ECHO.splitlines()
    assert do(f"{all_cases}\n{one}", folder) == ""
    shows(IN_ECHO, do(ECHO_GDB.replace(need("gdb"), "gdb -batch"), folder))


def test_libc(folder):
    """The table of what libc does natively."""
    (folder / "libc.txt").write_text("twelve bytes\n")
    run = "build/weft/sim/weft-native run --virtual-time --transcript --env WHOSE=given"

    def says(what, before=""):
        return do(f"{before} WHOSE=process {run} build/libc.so {what} 2>libc.log", folder)

    do("cmake --build build --target libc", folder)
    assert says("getenv") == "process\n"
    assert says("stat64") == " 17592186044416\n" and says("statx") == says("stat") == " 13\n"
    assert says("errno") == " 1\n" and says("pointer") == " 0\n"
    assert abs(int(says("time")) - time.time()) < 1000
    assert says("printf") == " 7\nprintf\n"
    assert says("read", "echo input |") == "input 5\n"
    assert shell(f"exec {run} build/libc.so exit", folder)[0] == 7
    assert shell(f"exec {run} build/libc.so abort", folder)[0] == -signal.SIGABRT


def test_libc_on_wasm(tools, tmp_path):
    """What it says of wasm32."""
    (tmp_path / "it.c").write_text(
        "#include <sys/types.h>\n"
        '_Static_assert(sizeof(time_t) == 8 && sizeof(off_t) == 8 && sizeof(long double) == 16, "");\n'
        "static void takes_two(int a, int b) { (void)a, (void)b; }\n"
        "int main(void) { void (*volatile it)(int, int) = takes_two; ((void (*)(void))it)(); }\n"
    )
    do(f"{BIN}/zig cc --target=wasm32-wasi -O0 -fno-sanitize=undefined it.c -o it.wasm", tmp_path)
    assert "indirect call type mismatch" in shell(f"{tools.wasmtime} run it.wasm", tmp_path)[1]
