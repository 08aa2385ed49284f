# The documents say what is so: code that they show stands in the files, and what they point to exists.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
from pathlib import Path

import pytest
from paths import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/native.md", "docs/guide.md", "docs/fibers.md", "docs/libc.md", "docs/lua.md", "docs/service.md", "docs/architecture.md", "docs/costs.md", "docs/soak.md"]


def test_readme_shows_the_examples():
    shown = re.findall(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    user = ["tests/build/user/wit/mine.wit", "tests/build/user/main.c"]
    assert [name for name, _ in shown] == ["examples/echo/echo.c", "examples/hello/hello.c", "examples/cat/cat.c", *user]
    for name, code in shown:
        assert code in (ROOT / name).read_text(), f"README's part of {name} is not as in the file"


@pytest.mark.parametrize("page", ["docs/fibers.md", "docs/libc.md"])
def test_page_shows_the_file(page):
    ((name, code),) = re.findall(r"<!-- from (\S+) -->\n```c\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert code in (ROOT / name).read_text()


def test_examples_are_short():
    for name in ("echo", "cat"):
        assert len((ROOT / f"examples/{name}/{name}.c").read_text().splitlines()) < 120


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links(document):
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / Path(document).parent / target).exists(), f"{document} links to {target}"
    for targets in re.findall(r'make test TESTS=("[^"]+"|[^\s`]+)', text):
        for target in targets.strip('"').split():
            assert (ROOT / target).exists(), f"{document} names {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = re.findall(r"(?:^    |`)make ([a-z][a-z-]+)", (ROOT / document).read_text(), re.M)
    assert set(named) <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_of_the_api(document):
    """Every weft_ and WEFT_ name that a document uses, but of a file, is one of the headers', the build's or the examples'."""
    sources = [*ROOT.glob("include/weft/**/*.h"), *ROOT.glob("src/**/*.c"), *ROOT.glob("cmake/*.cmake")]
    sources += [*ROOT.glob("sim/**/*.h"), *ROOT.glob("sim/stubs/*.py"), *ROOT.glob("wasi/*.c"), *ROOT.glob("fiber/*.c"), ROOT / "CMakeLists.txt", ROOT / "Makefile"]
    sources += [ROOT / "tests/hosts.py"]
    known = "\n".join([path.read_text() for path in sources] + ["weft_SOURCE_DIR"])  # CMake's, of a project(weft)
    made = set(re.findall(r"RULE\((\w+)", known))
    for name in set(re.findall(r"\b(?:weft|WEFT)_\w+\b(?!\.c\b)", (ROOT / document).read_text())):
        rule = re.fullmatch(r"weft_misuse_(\w+)", name)
        assert name in known or (rule and rule[1] in made), f"{document} uses {name}"
