# docs/tutorial/: each step is a user's project in a folder outside of Weft. It is built and run by the commands of its page, from the
# files that the page shows, and says what the page says.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
import shutil
import signal
from pathlib import Path

import pytest
from paths import BIN, ROOT
from users import Serving, do, shell

TUTORIAL = ROOT / "docs/tutorial"
INDEX = (TUTORIAL / "README.md").read_text()
BUILT = shutil.ignore_patterns("build", "native", "target")  # by somebody who tried a page in the tree
STEPS = sorted(path.parent.name for path in TUTORIAL.glob("*/README.md"))
EXPORTS = re.search(r"^((?:    export .*\n)+)", INDEX, re.M)[1]
SHOWN = re.compile(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", re.S)
BLOCK = re.compile(r"^```(\w+)\n((?:.*\n)*?)```$|^((?:    .+\n)+)", re.M)  # of a fence, or of commands


def blocks(page):
    """Pairs of commands and of what they say, which is the fence `text` behind them. Either may be empty."""
    pairs = []
    for language, fenced, commands in BLOCK.findall(page):
        if commands:
            pairs.append((commands, ""))
        elif language == "text":
            before = pairs.pop()[0] if not pairs[-1][1] else ""
            pairs.append((before, fenced))
    return pairs


class Server(Serving):
    """A server of a page, at a free port in place of the page's."""

    def __init__(self, step, commands):
        self.step = step
        *before, last = (step.exports + commands).splitlines()
        self.address = re.search(r"127\.0\.0\.1:\d+", last)[0]
        last = f"exec {last.strip().replace(self.address, '127.0.0.1:0')}"
        super().__init__("\n".join([*before, last]), step.folder)

    def asked(self, commands):
        """What the page's client says."""
        return self.step.do(commands.replace(self.address, f"127.0.0.1:{self.port}"))

    def said(self):
        return self.words().replace(f"127.0.0.1:{self.port}", self.address)


class Hanging(Serving):
    """A program of a page that does not end by itself: it runs until it has said as many lines as the page shows."""

    def __init__(self, step, commands, output):
        self.READY = r"(.*\n)" * output.count("\n")
        super().__init__(f"{step.exports}exec {commands.strip()}", step.folder)


class Step:
    """A step's folder in a copy of all, for a step may take a program of one before; and the blocks of its page."""

    def __init__(self, name, folder, prefix):
        self.folder = shutil.copytree(TUTORIAL, folder / "tutorial", ignore=BUILT) / name
        self.blocks = blocks((self.folder / "README.md").read_text())
        (folder / "weft").symlink_to(ROOT)
        self.exports = EXPORTS.replace("$PWD/installed", str(prefix)).replace("$PWD/weft/.tools/bin", str(BIN))

    def do(self, commands):
        return do(self.exports + commands, self.folder)

    def shell(self, commands):
        return shell(self.exports + commands, self.folder)


@pytest.fixture
def step(tmp_path, need, installed):
    """step("01-hello") is that Step."""

    def make(name):
        need("gcc")
        installed("install")
        return Step(name, tmp_path, installed("install-native"))

    return make


def says(block, said):
    """The block is what was said, with anything for `...`."""
    pattern = re.escape(block.strip()).replace(re.escape("..."), ".*")
    assert re.fullmatch(pattern, said.strip(), re.S), f"{block}\n-- but it says --\n{said}"


def test_index_has_each_step():
    linked = re.findall(r"\]\((\d\d-[a-z-]+)/README\.md\)", INDEX)
    assert linked == STEPS == sorted(path.name for path in TUTORIAL.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", STEPS)
def test_page_shows_its_files(name):
    page = (TUTORIAL / name / "README.md").read_text()
    shown = SHOWN.findall(page)
    assert shown and page.count("<!-- from") == len(shown)
    for file, code in shown:
        assert code in (ROOT / file).read_text(), f"{name} shows {file} as it is not"


@pytest.mark.parametrize("name", STEPS)
def test_program_is_short(name):
    for path in [*(TUTORIAL / name).glob("*.c"), *(TUTORIAL / name).glob("*.py")]:
        assert len(path.read_text().splitlines()) <= 100, path


@pytest.mark.parametrize("name", ["01-hello", "02-await", "03-together", "04-timeout", "05-cancel", "06-streams", "10-fiber", "11-native-test"])
def test_runs(step, name):
    it = step(name)
    for commands, output in it.blocks:
        said = it.do(commands)
        if output:
            says(output, said)
    assert any(output for _, output in it.blocks)


def test_tcp(step):
    it = step("07-tcp")
    (build, _), (serve, listens), (ask, answer) = it.blocks
    it.do(build)
    with Server(it, serve) as server:
        says(answer, server.asked(ask))
        says(listens, server.said())


def test_http_client(step):
    it = step("08-http-client")
    (build, _), (serve, asked), (ask, answer), (ask_none, refused) = it.blocks
    it.do(build)
    with Server(it, serve) as server:
        says(answer, server.asked(ask))
        says(asked, server.said())
        nobody = server.port
    says(refused.replace("127.0.0.1:8000", f"127.0.0.1:{nobody}"), it.do(ask_none.replace("127.0.0.1:8000", f"127.0.0.1:{nobody}")))


def test_share(step):
    it = step("09-share")
    (build, _), (serve, _), (ask, answer) = it.blocks
    it.do(build)
    with Server(it, serve) as server:
        says(answer, server.asked(ask))


def test_fuzz(step, need):
    need("clang-22")
    it = step("12-fuzz")
    (build, _), (fuzz, found), (again, the_same), (mended, nothing) = it.blocks
    it.do(build)
    for commands, output in (fuzz, found), (again, the_same):
        code, said = it.shell(commands)
        assert code != 0
        says(output, said)
    says(nothing, it.do(mended))


def test_inside(step):
    it = step("13-inside")
    (build, _), (hang, dump), (trace, salad) = it.blocks
    it.do(build)
    with Hanging(it, hang, dump) as kitchen:
        says(dump, kitchen.words())
    says(salad, it.do(trace))


def test_small(step):
    it = step("14-small")
    (build, _), (count, sizes), (run, hello) = it.blocks
    it.do(build)
    for line, said in zip(sizes.splitlines(), it.do(count).splitlines(), strict=True):
        (size, name), (size_now, name_now) = line.split(), said.split()
        assert name == name_now and abs(int(size_now) / int(size) - 1) < 0.1, f"the page says {line}, and it is {said}"
    says(hello, it.do(run))


def test_compose(step, need):
    need("wasm-ld-22")
    if not Path("/usr/lib/rustlib/src/rust/library/core/src/lib.rs").exists():
        need("rust-web-src")
    it = step("15-compose")
    built = ROOT / "build/debug/tests/rust/target"  # tests/rust has built the same crates there
    built.mkdir(parents=True, exist_ok=True)
    (it.folder / "price/target").symlink_to(built)
    for commands, output in it.blocks:
        said = it.do(commands)
        if output:
            says(output, said)


def test_deploy(step):
    it = step("16-deploy")
    (build, _), (serve, _), (ask, answer), (ask_none, status), (_, log) = it.blocks
    it.do(build)
    with Server(it, serve) as server:
        says(answer, server.asked(ask))
        says(status, server.asked(ask_none))
        assert server.ends(signal.SIGINT)[0] == 0
        says(log, server.said())
